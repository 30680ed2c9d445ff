// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {bringIn, type Why} from '../../src/app/bringing_in.ts';
import {enter, lock, type Owner} from '../../src/app/tablet.ts';
import {Api, Refused} from '../../src/net/api.ts';
import {Http, type Network, Unreachable} from '../../src/net/http.ts';
import {type Bytes, toBase64Url} from '../../src/store/bytes.ts';
import {unwrapRecovery, type RecoveryWrap} from '../../src/store/keyring.ts';
import {Lodging, type Opened} from '../../src/store/lodging.ts';
import {LARGEST_FILE, writeRescueFile} from '../../src/store/rescue_file.ts';
import type {Salvaged} from '../../src/store/salvage.ts';
import {uuid7} from '../../src/sync/ids.ts';
import {writeOperation} from '../../src/sync/operation.ts';
import {DEVICE, makeMachine, makeRecoveryKey, makeTablet, NOW, PERSON, PIN, reopen, RUN, type TestMachine, VISIT} from '../store/makers.ts';

const BROKEN = '01930000-0000-7000-8000-0000000000d2';
const ORGANISATION = '01930000-0000-7000-8000-0000000000f1';
const OWNER: Owner = {person: PERSON, organisation: ORGANISATION, roles: ['engineer'], signIn: 'aisyah', device: DEVICE, code: '7K3', status: 'active'};
const PHOTO = Uint8Array.from({length: 600_000}, (_, at) => at % 251);

/** The tablet that cannot send, what the server opens for its owner, and the tablet in the hand. */
let broken: Opened;
let recover: (device: string, envelope: RecoveryWrap) => Promise<{key: string; jwk: Opened['signer']['jwk']}>;
let hand: Opened;
let machine: TestMachine;
let made = 0;

beforeEach(async () => {
  const {jwk, secret} = await makeRecoveryKey();
  broken = await new Lodging(PERSON, makeMachine()).furnish(PIN, BROKEN, jwk);
  recover = async (device, envelope) => ({key: toBase64Url(await unwrapRecovery(envelope, device, secret)), jwk: broken.signer.jwk});
  const photo = await broken.store.photos.put(VISIT, PHOTO, 'image/jpeg');
  await broken.store.keep(answer('p1'), [photo]);
  await broken.store.keep(answer('p2'));
  await broken.store.keepSetting('recovery_key', jwk);
  ({machine, ...hand} = await makeTablet());
  await enter(hand, OWNER);
});

afterEach(lock);

function answer(item: string) {
  made += 1;
  const id = uuid7(NOW + made, new Uint8Array(10).fill(made));
  const text = writeOperation({id, type: 'answer.set', v: 1, entity: ['run', RUN], base: 0, args: {item, value: 'pass'}, at: '2026-11-24T01:00:00.000Z', mono: 1, off: null});
  return {id, kind: 'run', entity: RUN, text};
}

interface Changes extends Partial<Pick<Salvaged, 'signer' | 'operations' | 'unreadable'>> {
  readonly organisation?: string;
  readonly person?: string;
}

async function saved({organisation = ORGANISATION, person = PERSON, ...changes}: Changes = {}): Promise<Blob> {
  const salvage = broken.store.salvage();
  const found = {...await salvage.read(), ...changes};
  if (found.recoveryKey === null) throw new Error('nothing to seal to');
  const {file} = await writeRescueFile(salvage, found, {organisation, person, device: BROKEN, recoveryKey: found.recoveryKey, now: NOW, random: makeMachine().random});
  return file;
}

async function refusal(file: Blob, by = recover): Promise<Why> {
  return bringIn(file, {recover: by}).then(() => { throw new Error('it was brought in'); }, ({why}: {why: Why}) => why);
}

async function changed(file: Blob, at: number): Promise<Blob> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return new Blob([bytes]);
}

const texts = ({store}: Opened) => [...store.memory.outbox.values()].map(({text}) => text);
const photosOf = ({store}: Opened) => store.photos.bytes(VISIT, [...store.memory.blobs.values()][0]?.sha256 ?? '') as Promise<Bytes>;

describe('a rescue file on another tablet of the same person', () => {
  test('comes behind what was done here, under this tablet’s numbers, byte for byte, with its photos', async () => {
    const mine = await hand.store.keep(answer('mine'));

    const done = await bringIn(await saved(), {recover});

    expect(done).toEqual({operations: {fresh: 2, already: 0}, photos: {fresh: 1, already: 0}, left: 0, damaged: false});
    expect(texts(hand)).toEqual([mine.text, ...texts(broken)]);
    expect([...hand.store.memory.outbox.keys()]).toEqual([1, 2, 3]);
    expect([...hand.store.memory.outbox.values()].every(({result}) => result === null), 'all of it is still to be sent').toBe(true);
    expect([...hand.store.memory.blobs.values()]).toMatchObject([{visit: VISIT, state: 'waiting', size: PHOTO.length}]);
    expect(await photosOf(hand)).toEqual(PHOTO);
  });

  test('lies on the disk: it is there after the battery was pulled', async () => {
    await bringIn(await saved(), {recover});
    lock();

    const again = await reopen(machine);

    expect(texts(again)).toEqual(texts(broken));
    expect(await photosOf(again)).toEqual(PHOTO);
    expect(again.store.memory.meta.nextN).toBe(3);
  });

  test('brought in twice is here once, and what has its outcome keeps it', async () => {
    const file = await saved();
    await bringIn(file, {recover});
    const [first] = hand.store.memory.outbox.values();
    await hand.store.commit([{kind: 'settle', results: [{n: 1, id: first?.id ?? '', status: 'applied', seq: 5} as never], links: ['l1'], at: NOW}]);

    const done = await bringIn(file, {recover});

    expect(done).toMatchObject({operations: {fresh: 0, already: 2}, photos: {fresh: 0, already: 1}});
    expect(texts(hand)).toEqual(texts(broken));
    expect(hand.store.memory.outbox.get(1)?.result).toMatchObject({status: 'applied'});
  });

  test('that broke off for want of room goes on where it stopped', async () => {
    const file = await saved();
    machine.roomLeft = 1_000_000;
    expect(await refusal(file)).toBe('no_room');
    machine.roomLeft = null;

    const done = await bringIn(file, {recover});

    expect(done).toMatchObject({operations: {fresh: 0, already: 2}, photos: {fresh: 1}});
    expect(await photosOf(hand)).toEqual(PHOTO);
  });

  test('that is cut off behind its operations brings what came before, and says so', async () => {
    const file = await saved();

    const done = await bringIn(file.slice(0, file.size - 300_000), {recover});

    expect(done).toMatchObject({operations: {fresh: 2}, photos: {fresh: 0}, damaged: true});
    expect(hand.store.memory.blobs.size).toBe(0);
  });

  test('says what the other tablet could not read and what is no operation', async () => {
    const operations: Salvaged['operations'] = [[1, '{"id":"x"}'], [2, texts(broken)[1] ?? '']];

    expect(await bringIn(await saved({operations, unreadable: 3}), {recover})).toMatchObject({operations: {fresh: 1}, left: 4});
  });
});

test('the office is asked over the wire, as the app asks it', async () => {
  const asked: string[] = [];
  const fetch = async (url: URL, init: RequestInit): Promise<Response> => {
    asked.push(`${init.method} ${url.pathname}`);
    return new Response(JSON.stringify(await recover(BROKEN, JSON.parse(init.body as string))), {headers: {'Content-Type': 'application/json'}});
  };
  const server = {now: machine.now, newId: () => RUN, origin: 'https://s.example', fetch} as unknown as Network;

  expect(await bringIn(await saved(), new Api(new Http(server)))).toMatchObject({operations: {fresh: 2}});
  expect(asked).toEqual([`POST /api/v1/devices/${BROKEN}/recover`]);
});

describe('nothing comes from a file', () => {
  afterEach(() => { expect(hand.store.memory.outbox.size).toBe(0); });

  test('of another kind', async () => {
    expect(await refusal(new Blob(['a letter to the editor, which is long enough to hold a header']))).toBe('not_a_file');
    expect(await refusal(new Blob([]))).toBe('not_a_file');
  });

  test('larger than any that a tablet writes', async () => {
    const file = await saved();
    Object.defineProperty(file, 'size', {value: LARGEST_FILE + 10_000});

    expect(await refusal(file)).toBe('not_a_file');
  });

  test('of another organisation, or another person', async () => {
    expect(await refusal(await saved({organisation: DEVICE}))).toBe('other_organisation');
    expect(await refusal(await saved({person: DEVICE}))).toBe('other_person');
    expect(await refusal(await saved(), () => Promise.reject(new Refused(404, {code: 'not_found'})))).toBe('other_person');
  });

  test('that the tablet did not sign, or somebody else did', async () => {
    expect(await refusal(await saved({signer: null}))).toBe('unsigned');
    expect(await refusal(await saved({signer: hand.signer}))).toBe('damaged');
  });

  test('with a changed byte, wherever it is', async () => {
    const file = await saved();
    const line = (await file.text()).indexOf('\n', 20);
    for (const at of [20, line + 5, line + 40, line + 300]) expect(await refusal(await changed(file, at)), `byte ${at}`).toMatch(/damaged|other_organisation/);
  });

  test('while the office cannot be asked, or wants the password first', async () => {
    const file = await saved();

    expect(await refusal(file, () => Promise.reject(new Unreachable('network', 'no network')))).toBe('no_network');
    expect(await refusal(file, () => Promise.reject(new Refused(401, {code: 'sign_in_again'})))).toBe('sign_in');
    expect(await refusal(file, () => Promise.reject(new Refused(409, {code: 'wrong_state'})))).toBe('not_in_service');
  });
});
