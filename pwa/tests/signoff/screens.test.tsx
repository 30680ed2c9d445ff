// @vitest-environment happy-dom
import {FDBObjectStore} from '../store/fake_stores.ts';
import 'fake-indexeddb/auto';
import {createHash} from 'node:crypto';
import {cleanup, fireEvent, render, screen, waitFor} from '@testing-library/preact';
import {afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import type {Visit} from '../../src/app/rows.ts';
import {opened, tablet} from '../../src/app/tablet.ts';
import {viewNow} from '../../src/app/view.ts';
import type {Change} from '../../src/exchange/types.ts';
import SignScreen from '../../src/features/signoff/sign_screen.tsx';
import VisitScreen from '../../src/features/visit/visit_screen.tsx';
import {makeChange, PERSON, SITE, type TestMachine, VISIT} from '../store/makers.ts';
import {closeTablet, deeds, openTablet, restart, rows, TICKET} from '../features/open_tablet.ts';

const ENTITY = '01930000-0000-7000-8000-000000000e01';
const ORGANISATION = '01930000-0000-7000-8000-000000000e02';
const CONTACT = '01930000-0000-7000-8000-000000000e03';
const SECOND = '01930000-0000-7000-8000-0000000000a9';
const WIDTH = 400;

const person = makeChange({k: 'person', id: PERSON, v: {name: 'Aisyah', skills: [], base: null, employer: ENTITY, active: true}});
const organisation = makeChange({k: 'organisation', id: ORGANISATION, v: {name: 'Tanjong', demo: false, recovery_key: null, privacy_notice: 'privacy-sg@1'}});
const entity = makeChange({k: 'legal_entity', id: ENTITY, v: {name: 'Tanjong Pte Ltd', registration: null, tax_number: null, address: null, country: 'SG', currency: 'SGD', privacy_contact: null}});
const contact = makeChange({k: 'contact', id: CONTACT, v: {site: SITE, client: 'c', name: 'Mei Ling', capacity: 'Manager', email: null, phone: null, language: 'en', may_sign: true, active: true}});
const ticket = (over: Record<string, unknown> = {}) => rows.ticket({state: 'resolved', action: 'Roller replaced', cause: 'Worn', resolved_at: '2026-11-24T02:00:00.000Z', ...over});
const site = rows.site();
const ALL: readonly Change[] = [person, organisation, entity, contact, site, rows.asset(), ticket(), rows.visit({tickets: [TICKET]})];

beforeAll(() => {
  // happy-dom lays nothing out and has no canvas.
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', {configurable: true, get: () => WIDTH});
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', {configurable: true, get: () => 220});
  const nothing = () => undefined;
  HTMLCanvasElement.prototype.getContext = (() => new Proxy({}, {get: () => nothing, set: () => true})) as never;
});

const put = FDBObjectStore.prototype.put;
afterEach(() => {
  FDBObjectStore.prototype.put = put;
  closeTablet();
});

const button = (name: string) => screen.getByRole('button', {name}) as HTMLButtonElement;
const tap = (name: string) => fireEvent.click(button(name));
const choose = (name: string) => fireEvent.click(screen.getByRole('radio', {name}));
const write = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), {target: {value}});
const page = () => document.querySelector('article.shown');
const lines = () => [...page()?.querySelectorAll('h1, h2, p, li') ?? []].map(({textContent}) => textContent);
const screenText = () => document.body.textContent ?? '';

async function prepare(visit = VISIT): Promise<void> {
  render(<SignScreen rest={[visit]} />);
  await screen.findByRole('button', {name: 'Hand the tablet to the client'});
  await waitFor(() => expect((screen.getByRole('radio', {name: 'Completed'}) as HTMLInputElement).checked).toBe(true));
}

async function handOver(visit = VISIT): Promise<void> {
  await prepare(visit);
  tap('Hand the tablet to the client');
  await waitFor(() => expect(page()).not.toBeNull());
}

function stroke(...points: readonly (readonly [number, number])[]): void {
  const canvas = document.querySelector('canvas')!;
  const at = ([clientX, clientY]: readonly [number, number], buttons: number) => ({clientX, clientY, buttons, pointerId: 1});
  fireEvent.pointerDown(canvas, at(points[0]!, 1));
  for (const point of points) fireEvent.pointerMove(window, at(point, 1));
  fireEvent.pointerUp(window, at(points.at(-1)!, 0));
}

async function draw(): Promise<void> {
  stroke([20, 20], [200, 60]);
  await waitFor(() => expect(document.querySelector('canvas')?.dataset['ink']).toBe('drawn'));
}

async function signAs(name: string): Promise<string> {
  tap('Sign');
  write('Full name', name);
  await draw();
  tap('Sign');
  return receipt();
}

async function receipt(): Promise<string> {
  await waitFor(() => expect(document.querySelector('[data-receipt]')).not.toBeNull());
  return document.querySelector<HTMLElement>('[data-receipt]')?.dataset['receipt'] ?? '';
}

interface Recorded {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly record: Record<string, unknown> & {device: {seq: number; prev: string}; documents: {kind: string; sha256: string}[]};
}

/** The records that were kept, in order. */
function records(): Recorded[] {
  return deeds().filter(({type}) => type === 'visit.sign').map(({args}) => {
    const bytes = Buffer.from((args['envelope'] as {payload: string}).payload, 'base64url');
    return {bytes, sha256: createHash('sha256').update(bytes).digest('hex'), record: JSON.parse(bytes.toString()) as Recorded['record']};
  });
}

async function document_(kind: string, {record}: Recorded): Promise<Record<string, unknown> | null> {
  const named = record.documents.find((each) => each.kind === kind);
  if (named === undefined) return null;
  const bytes = await opened().store.photos.bytes(String(record['visit']), named.sha256);
  return JSON.parse(new TextDecoder().decode(bytes!)) as Record<string, unknown>;
}

describe('an accepted visit', () => {
  beforeEach(async () => { await openTablet(...ALL); });

  test.each([['English', 'Sign', 'Full name'], ['Bahasa Melayu', 'Tandatangan', 'Nama penuh'], ['中文', '签名', '姓名']])('in %s: the page that was read is the page that is kept, line by line', async (language, sign, name) => {
    await prepare();
    choose(language);
    await waitFor(() => expect((screen.getByRole('radio', {name: language}) as HTMLInputElement).checked).toBe(true));
    tap('Hand the tablet to the client');
    await waitFor(() => expect(page()).not.toBeNull());
    const read = lines();
    tap(sign);
    write(name, 'Mei Ling');
    await draw();
    tap(sign);
    await receipt();
    const shown = await document_('shown', records()[0]!);
    expect((shown?.['lines'] as {text: string}[]).map(({text}) => text)).toEqual(read);
    expect(read.length).toBeGreaterThan(8);
  });

  test('stands signed on the tablet at once, every document waits to be sent, and the receipt is the record’s', async () => {
    await handOver();
    const code = await signAs('Mei Ling');
    const [signed] = records();
    expect(signed?.record).toMatchObject({outcome: 'accepted', declined: null, identified_by: 'seen_in_person', visit: VISIT, entity: ENTITY, notice: 'privacy-sg@1', base: 10});
    const blobs = opened().store.memory.blobs;
    expect(signed?.record.documents.map(({kind}) => kind)).toEqual(['shown', 'visit', 'signer', 'ink', 'ticket']);
    for (const {sha256} of signed!.record.documents) expect(blobs.get(`${VISIT}/${sha256}`)).toMatchObject({filetype: 'application/json', state: 'waiting'});
    expect(code).toMatch(/^[A-Z2-7]{4}-[A-Z2-7]{4}$/);
    expect(viewNow().get<Visit>('visit', VISIT)).toMatchObject({state: 'completed', signed: {outcome: null}});
    cleanup();
    render(<VisitScreen rest={[VISIT]} />);
    expect(screen.getByText('The sign-off is recorded')).toBeTruthy();
    expect(screen.queryByRole('button', {name: 'Sign-off with the client'})).toBeNull();
  });

  test('needs a name and more than a dot', async () => {
    await handOver();
    tap('Sign');
    stroke([20, 20], [21, 20]);
    tap('Sign');
    expect(await screen.findByText('Please write your name.')).toBeTruthy();
    expect(screen.getByText('Please draw your signature: a dot is not enough.')).toBeTruthy();
    write('Full name', 'Mei Ling');
    tap('Sign');
    expect(records()).toEqual([]);
  });

  test('a picked contact is named with what the agreement says of them; a name typed over is somebody else', async () => {
    await handOver();
    tap('Sign');
    choose('Mei Ling, Manager');
    await draw();
    cleanup();
    await handOver();
    tap('Sign');
    await waitFor(() => expect((screen.getByLabelText('Full name') as HTMLInputElement).value).toBe('Mei Ling'));
    write('Full name', 'Tan Ah Kow');
    tap('Sign');
    await receipt();
    expect(records()[0]?.record['authorised']).toBeNull();
    expect(await document_('signer', records()[0]!)).toMatchObject({name: 'Tan Ah Kow', contact: null});
  });

  test('what the exchange brings meanwhile changes neither the page nor what is signed', async () => {
    await handOver();
    const read = lines();
    await opened().store.commit([{kind: 'stage', changes: [{...ticket({title: 'Another title'}), s: 11, ver: 11}]}, {kind: 'apply', limit: 5_000, generation: 1}, {kind: 'meta', set: {head: 11}}]);
    expect(viewNow().head).toBe(11);
    expect(lines()).toEqual(read);
    await signAs('Mei Ling');
    expect(records()[0]?.record).toMatchObject({base: 10, anchor: {position: 10}});
    expect(((await document_('shown', records()[0]!))?.['lines'] as {text: string}[]).map(({text}) => text)).toEqual(read);
  });

  test('the client finds nothing else of the app, and going back locks the tablet', async () => {
    const Gate = () => (tablet.value === null ? <p>Locked</p> : <SignScreen rest={[VISIT]} />);
    render(<Gate />);
    await waitFor(() => expect((screen.getByRole('radio', {name: 'Completed'}) as HTMLInputElement).checked).toBe(true));
    tap('Hand the tablet to the client');
    await waitFor(() => expect(page()).not.toBeNull());
    expect(document.querySelectorAll('a, header, .header__status')).toHaveLength(0);
    expect(screen.getAllByRole('button').map(({textContent}) => textContent)).toEqual(['Back to the engineer', 'I do not sign', 'Sign']);
    dispatchEvent(new PopStateEvent('popstate'));
    expect(tablet.value).toBeNull();
    expect(await screen.findByText('Locked')).toBeTruthy();
  });
});

describe('without a signature', () => {
  beforeEach(async () => { await openTablet(...ALL); });

  test('declining needs a reason; page, code and words are kept, and no ink', async () => {
    await handOver();
    tap('I do not sign');
    tap('Record that I do not sign');
    expect(await screen.findByText('Please choose a reason.')).toBeTruthy();
    expect(records()).toEqual([]);
    choose('The hours are not right');
    write('In your words', 'We saw you for an hour.');
    const read = lines();
    tap('Record that I do not sign');
    await receipt();
    expect(screenText()).toContain('It is recorded that you did not sign.');
    const [declined] = records();
    expect(declined?.record).toMatchObject({outcome: 'declined', declined: 'hours', authorised: null});
    expect(await document_('reason', declined!)).toMatchObject({code: 'hours', text: 'We saw you for an hour.'});
    expect(((await document_('shown', declined!))?.['lines'] as {text: string}[]).map(({text}) => text)).toEqual(read);
    expect(declined?.record.documents.some(({kind}) => kind === 'ink' || kind === 'signer')).toBe(false);
    expect(viewNow().get<Visit>('visit', VISIT)?.state).toBe('completed');
  });

  test('nobody there is an outcome of its own, without name, remark and identity', async () => {
    await prepare();
    tap('Nobody is here to sign');
    fireEvent.click(await screen.findByRole('button', {name: 'Record that nobody was here', hidden: true}));
    await waitFor(() => expect(records()).toHaveLength(1));
    expect(records()[0]?.record).toMatchObject({outcome: 'absent', declined: null, identified_by: null, authorised: null});
    expect(records()[0]?.record.documents.map(({kind}) => kind)).toEqual(['shown', 'visit', 'ticket']);
    expect(tablet.value).not.toBeNull();
  });
});

describe('what stands in the way is said', () => {
  const conflict = (state: string) => makeChange({k: 'conflict', id: '01930000-0000-7000-8000-000000000f09', v: {visit: VISIT, kind: 'run', entity: 'r', field: 'answers.fans', current: {value: 'pass', by: PERSON, at: 'x'}, candidate: {value: 'fail', by: PERSON, at: 'x', op: 'o'}, state, choice: null, decided_by: null}});

  test.each([
    ['an open conflict', [conflict('open')], 'The office must decide first. Then the client can sign.'],
    ['a signed visit', [rows.visit({state: 'completed', signed: {record: 'r', at: 'x', outcome: 'accepted', sha256: 's'}})], 'Saved on this tablet, signed by its key.'],
  ])('%s', async (_, changes, words) => {
    await openTablet(...ALL.filter(({k}) => changes.every((change) => change.k !== k)), ...changes);
    render(<SignScreen rest={[VISIT]} />);
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.queryByRole('button', {name: 'Hand the tablet to the client'})).toBeNull();
  });

  test.each(['site', 'legal_entity', 'organisation'])('a missing %s', async (kind) => {
    await openTablet(...ALL.filter(({k}) => k !== kind));
    render(<SignScreen rest={[VISIT]} />);
    expect(screen.queryByRole('button', {name: 'Hand the tablet to the client'})).toBeNull();
    expect(screenText()).toContain('Nothing can be signed before that.');
  });

  test('a decided conflict and an unfinished checklist do not stop it, the latter is warned of', async () => {
    await openTablet(...ALL, conflict('decided'), rows.run(), rows.checklist());
    await prepare();
    expect(screen.getByText('1 checklist is not finished')).toBeTruthy();
  });
});

describe('nothing is lost', () => {
  let machine: TestMachine;
  beforeEach(async () => { machine = await openTablet(...ALL, {...rows.visit({number: 'V-7K3-2'}), id: SECOND}); });

  test('a lock in the client’s hands keeps name and ink, until the page is another', async () => {
    await handOver();
    tap('Sign');
    write('Full name', 'Mei Ling');
    await draw();
    cleanup();
    await waitFor(async () => expect(await opened().store.draft(VISIT)).toMatchObject({'sign.name': 'Mei Ling', 'sign.ink': expect.stringContaining('strokes') as string}));

    await restart(machine);
    await handOver();
    tap('Sign');
    expect((screen.getByLabelText('Full name') as HTMLInputElement).value).toBe('Mei Ling');
    expect(document.querySelector('canvas')?.dataset['ink']).toBe('drawn');

    cleanup();
    await prepare();
    write('Still open, in your words', 'The fan');
    tap('Hand the tablet to the client');
    await waitFor(() => expect(page()).not.toBeNull());
    tap('Sign');
    expect((screen.getByLabelText('Full name') as HTMLInputElement).value).toBe('Mei Ling');
    expect(document.querySelector('canvas')?.dataset['ink']).toBe('empty');
  });

  test('the visit’s own drafts live beside it', async () => {
    await opened().store.keepDraft(VISIT, {note: 'Ask for the key'});
    await handOver();
    await signAs('Mei Ling');
    cleanup();
    await waitFor(async () => expect(await opened().store.draft(VISIT)).toEqual({note: 'Ask for the key'}));
  });

  test('when the disk refuses, nothing is signed, the person is told, and it can be signed after', async () => {
    await handOver();
    tap('Sign');
    write('Full name', 'Mei Ling');
    await draw();
    const {store} = opened();
    FDBObjectStore.prototype.put = function (this: IDBObjectStore, ...args: Parameters<typeof put>) {
      if (this.name === 'meta') throw new DOMException('no room', 'QuotaExceededError');
      return put.apply(this as never, args);
    } as typeof put;
    tap('Sign');
    await waitFor(() => expect(button('Sign').disabled).toBe(false));
    expect([deeds(), [...store.memory.blobs], await store.setting('signoff-series')]).toEqual([[], [], null]);
    FDBObjectStore.prototype.put = put;
    tap('Sign');
    await receipt();
    expect(records()[0]?.record.device.seq).toBe(1);
  });

  test('a tablet that is too full for photos still signs', async () => {
    machine.roomLeft = 1_000_000;
    await handOver();
    await signAs('Mei Ling');
    expect(records()).toHaveLength(1);
  });

  test('two records of one tablet are a chain', async () => {
    await handOver();
    await signAs('Mei Ling');
    cleanup();
    await handOver(SECOND);
    await signAs('Mei Ling');
    const [first, second] = records();
    expect([first?.record.device.seq, second?.record.device.seq]).toEqual([1, 2]);
    expect(second?.record.device.prev).toBe(first?.sha256);
  });
});
