/** What the database of one person looks like, version by version. */

/** A store, or what a later version adds to one. */
export interface StoreForm {
  /** Of a store that is new. */
  readonly keyPath?: string | readonly string[];
  readonly autoIncrement?: boolean;
  /** By name: the property, and whether it names one record. */
  readonly indexes?: Readonly<Record<string, {readonly on: string; readonly unique?: boolean}>>;
}

/**
 * One step per version, in order. A step says what is added, by the store's name; nothing can be taken away. It is data and not
 * code, so that a new version of the app can hand its plan to the old one, which tries it on a copy before it gives way.
 */
export type Plan = readonly Readonly<Record<string, StoreForm>>[];

/** One person's database. A step is never changed once shipped; a new form is a new step at the end, and only adds. */
export const LODGING: Plan = [
  {
    meta: {keyPath: 'key'},
    rows: {keyPath: ['kind', 'id'], indexes: {visit: {on: 'visit'}}},
    outbox: {keyPath: 'n', indexes: {id: {on: 'id', unique: true}}},
    inbox: {keyPath: 'n'},
    drafts: {keyPath: 'id'},
    blobs: {keyPath: 'name'},
    chunks: {keyPath: ['name', 'at']},
    diag: {keyPath: 'n', autoIncrement: true},
  },
];

/** Raised when the meaning of the encrypted parts changes; part of what every ciphertext is bound to. */
export const FORMAT = 1;

/** What a version of the app does to the database, in its own words. */
export interface Form {
  /** Of what lies inside the ciphertext. */
  readonly format: number;
  readonly plan: Plan;
}

export const FORM: Form = {format: FORMAT, plan: LODGING};
