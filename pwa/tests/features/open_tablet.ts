import {cleanup} from '@testing-library/preact';
import {type Operation} from '../../src/sync/operation.ts';
import {enter, lock, opened} from '../../src/app/tablet.ts';
import {speak} from '../../src/i18n/i18n.ts';
import type {Change} from '../../src/exchange/types.ts';
import {DEVICE, makeChange, makeTablet, PERSON, reopen, RUN, SITE, type TestMachine, VISIT} from '../store/makers.ts';

export const ASSET = '01930000-0000-7000-8000-0000000000d1';
export const TICKET = '01930000-0000-7000-8000-0000000000e1';
export const COLLEAGUE = '01930000-0000-7000-8000-000000000002';
export const DIGEST = 'a'.repeat(64);

const OWNER = {person: PERSON, organisation: 'o', roles: ['engineer'], signIn: 'aisyah', device: DEVICE, code: '7K3', status: 'active'} as const;
const words = (en: string) => ({en, ms: en, zh: en});

/** A checklist with one of everything that behaves: a condition, limits, what a failure asks for, a photo. */
export const CHECKLIST = {
  format: 1, id: 'cabinet', title: words('Cabinet'), kind: 'preventive',
  sections: [{id: 'all', title: words('All'), items: [
    {id: 'fans', type: 'pass_fail', label: words('Fans turn'), severity: 'major', required: true, on_fail: {require: ['remark'], suggest: 'ticket', next: words('Order a fan')}},
    {id: 'noise', type: 'yes_no', label: words('Is it loud'), when: {item: 'fans', is: 'fail'}},
    {id: 'heat', type: 'number', label: words('Heat'), unit: '°C', decimals: 1, limits: {warn: {max: '27'}, fail: {max: '35'}}, reading: true},
    {id: 'picture', type: 'photo', label: words('The open cabinet'), min: 1, max: 2, required: true},
  ]}],
};

export const rows = {
  visit: (over: Record<string, unknown> = {}) => makeChange({k: 'visit', id: VISIT, v: {
    number: 'V-7K3-1', client: 'c', client_name: 'Kopi Sudut', site: SITE, site_name: 'Bishan outlet', title: 'Round', kind: 'maintenance', state: 'under_way', starts_at: '2026-11-24T01:00:00.000Z',
    ends_at: '2026-11-24T03:00:00.000Z', engineers: [PERSON], lead: PERSON, tickets: [], flags: [], outcome: null, unplanned: false, cancel_reason: null, briefing: null, signed: null, report: null, legal_entity: null,
    marks: [{id: 'm1', mark: 'received', at: '2026-11-24T00:10:00.000Z', by: PERSON, confidence: 'tablet'}, {id: 'm2', mark: 'seen', at: '2026-11-24T00:11:00.000Z', by: PERSON, confidence: 'tablet'}], ...over,
  }}),
  run: (over: Record<string, unknown> = {}) => makeChange({k: 'run', id: RUN, v: {visit: VISIT, checklist: DIGEST, asset: ASSET, answers: {}, remarks: {}, waivers: {}, authors: {}, dropped: null, position: 0, ...over}}),
  checklist: (definition: unknown = CHECKLIST, digest = DIGEST) => makeChange({k: 'checklist', id: '01930000-0000-7000-8000-0000000000f1', v: {digest, slug: 'cabinet', title: words('Cabinet'), kind: 'preventive', definition, state: 'published'}}),
  site: (over: Record<string, unknown> = {}) => makeChange({k: 'site', id: SITE, v: {client: 'c', client_name: 'Kopi Sudut', name: 'Bishan outlet', address: '1 Bishan Place', district: 'Bishan', region: null, calendar: null, access_notes: null, opening_hours: null, rules: [], phone: null, sheet: {}, ...over}}),
  asset: () => makeChange({k: 'asset', id: ASSET, v: {client: 'c', site: SITE, type: 'server', tag: 'SRV-1', serial: 'S1', maker: 'Dell', model: 'R740', name: 'Main', place: null, stage: 'in_service', warranty_until: null, end_of_support: null}}),
  colleague: () => makeChange({k: 'person', id: COLLEAGUE, v: {name: 'Nurul', skills: [], base: null, employer: null, active: true}}),
  ticket: (over: Record<string, unknown> = {}) => makeChange({k: 'ticket', id: TICKET, v: {
    number: 'T-9G4-1', kind: 'incident', site: SITE, client: 'c', asset: ASSET, title: 'Printer jams', description: null, impact: 'low', urgency: 'medium', priority: 'P4', state: 'open', tier: 'L1', category: 'hardware',
    channel: 'phone', reporter: null, assignee: null, opened_at: '2026-11-23T01:00:00.000Z', first_response_at: null, resolved_at: null, restored_at: null, waiting_for: null, cause: null, action: null, prevention: null,
    came_from: null, walk_up: false, notes: [], timeline: [], events: [], ...over,
  }}),
};

/** A person's open tablet that holds these rows, speaking English. */
export async function openTablet(...changes: readonly Change[]): Promise<TestMachine> {
  await speak('en');
  const {machine, ...opening} = await makeTablet();
  await opening.store.commit([{kind: 'stage', changes: [...changes]}, {kind: 'apply', limit: 5_000, generation: 1}, {kind: 'meta', set: {head: 10}}]);
  await enter(opening, OWNER);
  return machine;
}

/** The same tablet after the battery was pulled. */
export async function restart(machine: TestMachine): Promise<void> {
  cleanup();
  lock();
  await enter(await reopen(machine), OWNER);
}

export function closeTablet(): void {
  cleanup();
  lock();
}

/** What the person did, in order: type and arguments as they will be sent. */
export function deeds(): {type: string; entity: readonly string[]; args: Record<string, unknown>}[] {
  return [...opened().store.memory.outbox.values()].map(({text}) => JSON.parse(text) as Operation).map(({type, entity, args}) => ({type, entity, args: {...args}}));
}
