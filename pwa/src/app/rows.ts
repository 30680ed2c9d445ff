/**
 * The shapes of the wire that screens read: fields of each kind, as the server's schemas give them.
 * Times are RFC 3339 UTC, dates civil strings, ids UUIDv7; null where unknown. Unknown keys of a newer server are ignored.
 */
export interface Words {
  readonly en: string;
  readonly ms: string;
  readonly zh: string;
}

export type VisitState = 'planned' | 'assigned' | 'under_way' | 'completed' | 'cancelled';
export type MarkName = 'confirmed' | 'released' | 'received' | 'seen' | 'accepted' | 'travelling' | 'at_desk' | 'working' | 'paused' | 'resumed' | 'finished' | 'left';

export interface Visit {
  readonly number: string;
  readonly client: string | null;
  readonly client_name: string | null;
  readonly site: string;
  readonly site_name: string | null;
  readonly legal_entity: string | null;
  readonly title: string | null;
  readonly kind: 'maintenance' | 'support' | 'both' | 'unplanned' | null;
  readonly state: VisitState;
  readonly starts_at: string | null;
  readonly ends_at: string | null;
  readonly engineers: readonly string[];
  readonly lead: string | null;
  readonly tickets: readonly string[];
  readonly marks: readonly {readonly id: string; readonly mark: MarkName; readonly at: string; readonly by: string; readonly confidence: string}[];
  readonly flags: readonly string[];
  readonly outcome: string | null;
  readonly unplanned: boolean;
  readonly cancel_reason: string | null;
  readonly briefing: string | null;
  readonly signed: {readonly record: string | null; readonly at: string; readonly outcome: string | null; readonly sha256: string | null} | null;
  readonly report: string | null;
}

export interface Run {
  readonly visit: string;
  /** The checklist's digest. */
  readonly checklist: string;
  readonly asset: string | null;
  readonly answers: Readonly<Record<string, unknown>>;
  readonly remarks: Readonly<Record<string, string>>;
  readonly waivers: Readonly<Record<string, {readonly rule: string; readonly witness: string | null}>>;
  readonly authors: Readonly<Record<string, {readonly by: string; readonly at: string}>>;
  readonly dropped: string | null;
  readonly position: number;
}

export type TicketState = 'new' | 'open' | 'waiting' | 'resolved' | 'closed' | 'reopened';

export interface Ticket {
  readonly number: string;
  readonly kind: 'incident' | 'request' | 'change' | 'problem' | 'alert';
  readonly site: string;
  readonly client: string | null;
  readonly asset: string | null;
  readonly title: string;
  readonly description: string | null;
  readonly impact: 'high' | 'medium' | 'low';
  readonly urgency: 'high' | 'medium' | 'low';
  readonly priority: 'P1' | 'P2' | 'P3' | 'P4';
  readonly state: TicketState;
  readonly tier: 'L1' | 'L2' | 'L3';
  readonly category: string | null;
  readonly channel: string | null;
  readonly reporter: string | null;
  readonly assignee: string | null;
  readonly opened_at: string;
  readonly first_response_at: string | null;
  readonly resolved_at: string | null;
  readonly restored_at: string | null;
  readonly waiting_for: string | null;
  readonly cause: string | null;
  readonly action: string | null;
  readonly prevention: string | null;
  readonly came_from: {readonly visit: string; readonly run: string | null; readonly item: string | null} | null;
  readonly walk_up: boolean;
  readonly notes: readonly {readonly id: string; readonly at: string; readonly by: string; readonly text: string; readonly visible: 'internal' | 'client'}[];
  readonly timeline: readonly {readonly at: string; readonly who: string | null; readonly text: string}[];
  /** `was` and `now` hold the changed fields only; `by` is null for a job. */
  readonly events: readonly {readonly at: string; readonly by: string | null; readonly deed: string; readonly was: Readonly<Record<string, unknown>>; readonly now: Readonly<Record<string, unknown>>; readonly reason: string | null}[];
}

export interface Site {
  readonly client: string;
  readonly client_name: string;
  readonly name: string;
  readonly address: string | null;
  readonly district: string | null;
  readonly region: string | null;
  readonly calendar: string | null;
  readonly access_notes: string | null;
  readonly opening_hours: string | null;
  readonly rules: readonly string[];
  readonly phone: string | null;
  readonly sheet: Readonly<Record<string, string>> | null;
}

export interface Contact {
  readonly site: string | null;
  readonly client: string | null;
  readonly name: string;
  readonly capacity: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly language: 'en' | 'ms' | 'zh';
  readonly may_sign: boolean;
  readonly active: boolean;
}

export interface Asset {
  readonly client: string | null;
  readonly site: string;
  readonly type: string | null;
  readonly tag: string | null;
  readonly serial: string | null;
  readonly maker: string | null;
  readonly model: string | null;
  readonly name: string | null;
  readonly place: string | null;
  readonly stage: 'planned' | 'deployed' | 'in_service' | 'under_repair' | 'retired' | 'disposed' | null;
  readonly warranty_until: string | null;
  readonly end_of_support: string | null;
}

export interface Checklist {
  readonly digest: string;
  readonly slug: string;
  readonly title: Words;
  readonly kind: string;
  /** What `checklists/parse.ts` reads. */
  readonly definition: unknown;
  readonly state: 'published' | 'retired';
}

export interface Photo {
  readonly visit: string;
  readonly on: {readonly run: string; readonly item: string} | {readonly ticket: string} | {readonly visit: string};
  readonly sha256: string;
  readonly size: number;
  readonly w: number;
  readonly h: number;
  readonly caption: string | null;
  readonly visible: 'client' | 'internal';
  readonly state: 'waiting' | 'stored' | 'unreadable';
  readonly taken_at: string | null;
  readonly by: string;
  readonly removed: string | null;
}

export interface TimeEntry {
  readonly visit: string | null;
  readonly ticket: string | null;
  readonly person: string;
  readonly kind: 'remote' | 'phone' | 'on_site' | 'travel' | 'desk' | 'vendor_hold';
  readonly starts_at: string;
  readonly ends_at: string | null;
  readonly minutes: number | null;
  readonly note: string | null;
  readonly removed: string | null;
}

export interface Note {
  readonly visit: string;
  readonly text: string;
  readonly by: string;
  readonly at: string;
}

export interface PersonRow {
  readonly name: string;
  readonly skills: readonly string[];
  readonly base: string | null;
  readonly employer: string | null;
  readonly active: boolean;
}

export interface Conflict {
  readonly visit: string;
  readonly kind: string;
  readonly entity: string;
  readonly field: string;
  readonly current: {readonly value: unknown; readonly by: string; readonly at: string};
  readonly candidate: {readonly value: unknown; readonly by: string; readonly at: string; readonly op: string};
  readonly state: 'open' | 'decided';
  readonly choice: 'current' | 'candidate' | null;
  readonly decided_by: string | null;
}

export interface Reading {
  readonly site: string;
  readonly asset: string;
  readonly item: string;
  readonly checklist_slug: string;
  readonly label: Words;
  readonly unit: string | null;
  /** The last eight, newest last. */
  readonly values: readonly {readonly at: string; readonly value: string; readonly visit: string}[];
}

export interface History {
  readonly site: string;
  readonly visit: string;
  readonly number: string;
  readonly on: string;
  readonly kind: string;
  readonly outcome: string | null;
  readonly engineers: readonly string[];
  readonly summary: string | null;
}

export interface Report {
  readonly visit: string;
  readonly number: string;
  readonly revision: number;
  readonly state: 'waiting' | 'ready' | 'failed';
  readonly public_id: string | null;
}

/** What the agreement promises at a site: hours per priority, and minutes per clock. */
export interface Coverage {
  readonly site: string;
  readonly number: string;
  readonly windows: Readonly<Record<string, string>>;
  readonly targets: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  readonly until: string | null;
}
