import {IDBFactory, IDBKeyRange} from 'fake-indexeddb';
import type {Change} from '../../src/exchange/types.ts';
import type {Machine} from '../../src/store/database.ts';
import {type PublicJwk, publicJwk} from '../../src/store/keyring.ts';
import {Lodging, type Opened} from '../../src/store/lodging.ts';
import type {ReadyOperation} from '../../src/store/store.ts';
import {uuid7} from '../../src/sync/ids.ts';

export const PERSON = '01930000-0000-7000-8000-000000000001';
export const DEVICE = '01930000-0000-7000-8000-00000000000d';
export const VISIT = '01930000-0000-7000-8000-0000000000a1';
export const SITE = '01930000-0000-7000-8000-0000000000b1';
export const RUN = '01930000-0000-7000-8000-0000000000c1';
export const PIN = '204060';
export const NOW = Date.UTC(2026, 10, 24, 1, 0);

export interface TestMachine extends Machine {
  /** Milliseconds that the store waited, in order. */
  readonly waits: number[];
  /** Every random value that was handed out, so that a test can look for keys on the disk. */
  readonly handedOut: Uint8Array<ArrayBuffer>[];
  roomLeft: number | null;
}

/** A tablet in a process: its own disk, a clock that stands, dice that count. */
export function makeMachine(indexedDB: IDBFactory = new IDBFactory()): TestMachine {
  let seed = 1;
  const handedOut: Uint8Array<ArrayBuffer>[] = [];
  const waits: number[] = [];
  const machine: TestMachine = {
    indexedDB, IDBKeyRange, waits, handedOut, roomLeft: null,
    now: () => NOW,
    mono: () => 1_000,
    random: (length) => {
      const bytes = Uint8Array.from({length}, () => { seed = (seed * 48_271) % 2_147_483_647; return seed & 255; });
      handedOut.push(bytes);
      return bytes;
    },
    wait: async (ms) => { waits.push(ms); },
    room: async () => machine.roomLeft,
  };
  return machine;
}

/** The organisation's recovery key: the public half as tablets get it, and the secret that the server keeps. */
export async function makeRecoveryKey(): Promise<{jwk: PublicJwk; secret: CryptoKey}> {
  const pair = await crypto.subtle.generateKey({name: 'ECDH', namedCurve: 'P-256'}, false, ['deriveBits']);
  return {jwk: await publicJwk(pair.publicKey), secret: pair.privateKey};
}

/** A furnished and opened tablet of one person. */
export async function makeTablet(machine: TestMachine = makeMachine()): Promise<Opened & {machine: TestMachine; recovery: CryptoKey}> {
  const {jwk, secret} = await makeRecoveryKey();
  return {...await new Lodging(PERSON, machine).furnish(PIN, DEVICE, jwk), machine, recovery: secret};
}

/** The same person's tablet after a restart. */
export async function reopen(machine: TestMachine): Promise<Opened> {
  const unlocked = await new Lodging(PERSON, machine).unlock(PIN);
  if (!('opened' in unlocked)) throw new Error(`refused: ${unlocked.refused}`);
  return unlocked.opened;
}

let made = 0;

export function makeOperation(over: Partial<ReadyOperation> = {}): ReadyOperation {
  made += 1;
  const id = uuid7(NOW + made, new Uint8Array(10).fill(made & 255));
  return {id, kind: 'run', entity: RUN, text: JSON.stringify({id, type: 'answer.set', args: {item: 'p1', value: 'pass'}}), ...over};
}

export function makeChange(over: Partial<Change> = {}): Change {
  return {s: 10, k: 'run', id: RUN, ver: 10, v: {visit: VISIT, answers: {}}, ...over};
}
