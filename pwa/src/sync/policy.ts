/** Which merge class a field has, which audience a row belongs to: data of sync/policy.json (rules S12, S18). */
import page from '../../../sync/policy.json' with {type: 'json'};

export type MergeClass = 'append' | 'evidence' | 'planning' | 'low_stakes' | 'state';

export const FIELDS = page.fields as Readonly<Record<string, MergeClass>>;
const AUDIENCES = page.audiences as Readonly<Record<string, {of: string; by?: string; else?: string}>>;

/** The class of a field; `answers.p3` has that of `answers`. Throws for one that policy.json lacks. */
export function classOf(kind: string, field: string): MergeClass {
  const name = `${kind}.${field.split('.', 1)[0]}`;
  const found = FIELDS[name];
  if (found === undefined) throw new RangeError(name);
  return found;
}

/**
 * The audience that a row of the wire belongs to: org, u, s:<site>, v:<visit>, null for an unknown kind.
 * On a tablet every row of a person is its own person's, so `u` needs no id.
 */
export function audienceOf(kind: string, entity: string, value: Readonly<Record<string, unknown>>): string | null {
  const rule = AUDIENCES[kind];
  if (rule === undefined) return null;
  if (rule.by === undefined) return rule.of;
  const owner = rule.by === 'id' ? entity : value[rule.by];
  return typeof owner === 'string' && owner !== '' ? `${rule.of}:${owner}` : rule.else ?? null;
}
