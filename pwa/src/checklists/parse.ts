/** From plain JSON values to a Definition, or every fault with its path (rules C1, C2, C12). */

import type {Scope} from './conditions.ts';
import {KINDS, MAX_BYTES, MAX_ITEMS, MAX_SECTIONS} from './definition.ts';
import type {Definition, Section} from './definition.ts';
import {canonicalBytes} from './digest.ts';
import {InvalidDefinition} from './faults.ts';
import {readItem} from './items.ts';
import {NO_FIELDS, Reader, isObject, under} from './reader.ts';

/** Read a plain form. Throws InvalidDefinition with every fault; the size is judged last, alone. */
export function parseDefinition(raw: unknown): Definition {
  const reader = new Reader();
  const definition = readDefinition(reader, raw);
  if (reader.faults.length === 0 && canonicalBytes(raw).length > MAX_BYTES) reader.fault('', 'too_large');
  if (definition === null || reader.faults.length > 0) throw new InvalidDefinition(reader.faults);
  return definition;
}

function readDefinition(reader: Reader, raw: unknown): Definition | null {
  const required = ['format', 'id', 'title', 'kind', 'sections'];
  const fields = reader.fields(raw, '', required, ['note', 'applies_to', 'references']);
  if (fields === null) return null;
  if (fields.has('format') && fields.get('format') !== 1) reader.fault('format', 'unsupported_format');
  const sections = fields.has('sections') ? readSections(reader, fields.get('sections')) : [];
  return {
    id: reader.take(fields, 'id', '', (value, at) => reader.id(value, at), ''),
    title: reader.take(fields, 'title', '', (value, at) => reader.labels(value, at), {}),
    note: reader.take(fields, 'note', '', (value, at) => reader.note(value, at), null),
    kind: reader.take(fields, 'kind', '', (value, at) => reader.oneOf(value, at, KINDS), ''),
    assetTypes: reader.take(fields, 'applies_to', '', (value, at) => readAssetTypes(reader, value, at), null),
    references: reader.take(fields, 'references', '', (value, at) => reader.references(value, at), []),
    sections,
    items: sections.flatMap((section) => section.items),
  };
}

function readAssetTypes(reader: Reader, raw: unknown, path: string): string[] | null {
  const fields = reader.fields(raw, path, ['asset_types']);
  if (fields === null || !fields.has('asset_types')) return null;
  const entries = reader.entries(fields.get('asset_types'), under(path, 'asset_types'), 50);
  return entries.map(([entry, at]) => reader.id(entry, at));
}

function readSections(reader: Reader, raw: unknown): Section[] {
  const entries = reader.entries(raw, 'sections', MAX_SECTIONS);
  const items = (Array.isArray(raw) ? raw : []).flatMap(itemsOf);
  if (items.length > MAX_ITEMS) {
    reader.fault('sections', 'too_many_items');
    return [];
  }
  const ids = items.map((item) => (isObject(item) ? item['id'] : null));
  const scope: Scope = {written: new Set(ids.filter((id) => typeof id === 'string')), earlier: new Map()};
  const seen = new Set<string>();
  return entries.map(([entry, path]) => readSection(reader, entry, path, scope, seen));
}

function itemsOf(section: unknown): unknown[] {
  const items = isObject(section) ? section['items'] : null;
  return Array.isArray(items) ? items : [];
}

function readSection(reader: Reader, raw: unknown, path: string, scope: Scope, seen: Set<string>): Section {
  const fields = reader.fields(raw, path, ['id', 'title', 'items'], ['note']) ?? NO_FIELDS;
  const id = reader.take(fields, 'id', path, (value, at) => reader.id(value, at), '');
  if (id && seen.has(id)) reader.fault(under(path, 'id'), 'duplicate_id');
  seen.add(id);
  const entries = fields.has('items') ? reader.entries(fields.get('items'), under(path, 'items'), MAX_ITEMS) : [];
  return {
    id,
    title: reader.take(fields, 'title', path, (value, at) => reader.labels(value, at), {}),
    note: reader.take(fields, 'note', path, (value, at) => reader.note(value, at), null),
    items: entries.map(([entry, at]) => readItem(reader, entry, at, scope)).filter((item) => item !== null),
  };
}
