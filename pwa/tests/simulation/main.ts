/**
 * Several tablets in one process, driven by lines of JSON on standard input: a command, then everything that follows
 * from it by itself, then one line with what the tablet now waits for. Time, network and chance are the scheduler's.
 */
import {createInterface} from 'node:readline';
import type {PublicJwk} from '../../src/store/keyring.ts';
import type {Image, Mishap} from './disk.ts';
import {LIMITS} from '../../src/sync/protocol.ts';
import {inspect, retiredTooEarly} from './inspect.ts';
import {settle, takeOver} from './quiet.ts';
import {type Act, type Brought, TabletInProcess} from './tablet.ts';

interface Common {
  readonly t: number;
  readonly now: number;
  readonly mono: number;
}

type Command = Common & (
  | {readonly do: 'reset'; readonly seed: string; readonly count: number; readonly limits?: Partial<typeof LIMITS>}
  | {readonly do: 'furnish'; readonly person: string; readonly device: string; readonly recovery: PublicJwk}
  | {readonly do: 'open'; readonly window: number; readonly form?: number}
  | {readonly do: 'close'; readonly window: number}
  | {readonly do: 'crash'}
  | {readonly do: 'session'; readonly hash: string | null}
  | {readonly do: 'act'; readonly window: number; readonly act: Act}
  | {readonly do: 'acts'; readonly acts: readonly {readonly window: number; readonly act: Act}[]}
  | {readonly do: 'bring'; readonly id: number; readonly brought: Brought}
  | {readonly do: 'ring'}
  | {readonly do: 'tell'; readonly what: 'online' | 'offline' | 'visible' | 'hidden' | 'poked'}
  | {readonly do: 'lock'; readonly window: number}
  | {readonly do: 'expect'; readonly k: number; readonly mishap: Mishap}
  | {readonly do: 'forgive'}
  | {readonly do: 'save'; readonly name: string}
  | {readonly do: 'load'; readonly name: string | null; readonly person?: string}
  | {readonly do: 'inspect'; readonly shown?: boolean}
);

const images = new Map<string, {image: Image; person: string}>();
const tablets: TabletInProcess[] = [];

async function carryOut(command: Command, tablet: TabletInProcess): Promise<unknown> {
  switch (command.do) {
    case 'reset': return reset(command.seed, command.count, command.limits);
    case 'furnish': return tablet.furnish(command.person, command.device, command.recovery);
    case 'open': return tablet.open(command.window, command.form);
    case 'close': return tablet.close(command.window);
    case 'crash': return tablet.crash();
    case 'session': return session(tablet, command.hash);
    case 'act': return act(tablet, command.window, command.act);
    case 'acts': return Promise.all(command.acts.map((each) => act(tablet, each.window, each.act)));
    case 'bring': return tablet.bring(command.id, command.brought);
    case 'ring': return tablet.ring();
    case 'tell': return tell(tablet, command.what);
    case 'lock': return lock(tablet, command.window);
    case 'expect': return tablet.disk.expect(command.k, command.mishap);
    case 'forgive': return tablet.disk.forgive();
    case 'save': return void images.set(command.name, {image: structuredClone(tablet.disk.copy()), person: tablet.person});
    case 'load': return load(tablet, command.name);
    case 'inspect': return inspect([...tablet.windows.values()][0], tablet.person, command);
  }
}

async function act(tablet: TabletInProcess, window: number, what: Act): Promise<unknown> {
  return await tablet.windows.get(window)?.act(what) ?? {refused: 'closed'};
}

/** Small limits make many pages and many batches of a small history. */
function reset(seed: string, count: number, limits: Partial<typeof LIMITS> = {}): void {
  Object.assign(LIMITS, limits);
  for (const tablet of tablets) tablet.crash();
  tablets.splice(0);
  for (let t = 0; t < count; t += 1) tablets.push(new TabletInProcess(`${seed}/${t}`));
}

async function session(tablet: TabletInProcess, hash: string | null): Promise<void> {
  for (const window of tablet.windows.values()) await window.session(hash);
}

function tell(tablet: TabletInProcess, what: 'online' | 'offline' | 'visible' | 'hidden' | 'poked'): void {
  for (const {shell} of tablet.windows.values()) {
    if (what === 'poked') shell?.nudge(what);
    else shell?.tell({kind: what});
  }
}

/** The PIN is asked for again: the window stops exchanging and forgets what it had decrypted. */
function lock(tablet: TabletInProcess, number: number): void {
  const window = tablet.windows.get(number);
  window?.shell?.stop();
  window?.opened?.store.close();
  tablet.close(number);
}

async function load(tablet: TabletInProcess, name: string | null): Promise<void> {
  tablet.crash();
  const found = name === null ? null : images.get(name);
  if (found === undefined) throw new Error(`nobody saved ${name}`);
  if (found !== null) tablet.person = found.person;
  await tablet.disk.become(found === null ? null : structuredClone(found.image));
}

async function obey(line: string): Promise<object> {
  const command = JSON.parse(line) as Command;
  const before = tablets[command.t];
  if (before !== undefined) { before.now = command.now; before.mono = command.mono; }
  // Ends by itself, or waits for time to pass: the shop is not closed meanwhile.
  let said: unknown = null;
  let done = false;
  let fault: unknown = null;
  carryOut(command, before as TabletInProcess).then((value) => { said = value; done = true; }, (thrown: unknown) => { fault = thrown; done = true; });
  await settle();
  if (fault !== null) throw fault as Error;
  const tablet = tablets[command.t];
  return {said, done, ...(tablet === undefined ? {} : stateOf(tablet))};
}

function stateOf(tablet: TabletInProcess): object {
  const [window] = tablet.windows.values();
  const memory = window?.opened?.store.memory;
  return {
    asked: tablet.asked.splice(0), kept: tablet.kept.splice(0), due: tablet.due, open: [...tablet.windows.keys()], began: tablet.disk.began,
    met: tablet.disk.met.splice(0), broken: tablet.broken.splice(0), directives: tablet.directives.splice(0),
    device: memory?.meta.device ?? null, jwk: window?.signer?.jwk ?? null, jkt: window?.signer?.jkt ?? null,
    early: memory === undefined ? null : retiredTooEarly(memory), closed: closedOf(tablet),
  };
}

function closedOf(tablet: TabletInProcess): object {
  const leading = [...tablet.windows.values()].map(({status}) => status).find((status) => status !== null);
  return leading?.closed ?? {};
}

takeOver();
for await (const line of createInterface({input: process.stdin, crlfDelay: Infinity})) {
  let answer: object;
  try {
    answer = await obey(line);
  } catch (fault) {
    answer = {crashed: fault instanceof Error ? fault.stack : String(fault)};
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
