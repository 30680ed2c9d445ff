import {effect, signal} from '@preact/signals';
import {eightCharacters, factsOf, nameOf} from '../../app/enrolment.ts';
import {lockUp, startExchange} from '../../app/exchange.ts';
import {isApple, isInstalled, machine, persistStorage} from '../../app/machine.ts';
import {storeTrouble} from '../../app/storage_trouble.tsx';
import {leaveTrace, traces} from '../../app/traces.ts';
import {api, emptying, enter, GIVEN_UP, noteSession, type Owner, ownerOf, tablet} from '../../app/tablet.ts';
import {type DeviceStatus, type OwnDevice, Refused, type Session} from '../../net/api.ts';
import {Unreachable} from '../../net/http.ts';
import {StoreFull, StoreLost, StoreNewer, type StoreTrouble} from '../../store/connection.ts';
import {Lodging, type Opened} from '../../store/lodging.ts';
import {type Lodger, People} from '../../store/people.ts';
import type {RescueFile} from '../../store/rescue_file.ts';

/** What stands between the person and their work. */
export type Step =
  | {readonly at: 'starting'}
  | {readonly at: 'refused'; readonly why: WhyRefused}
  | {readonly at: 'sign_in'; readonly why: WhySignIn; readonly lodgers: readonly Lodger[]}
  | {readonly at: 'choose_pin'; readonly why: 'new' | 'forgotten'}
  | {readonly at: 'waiting'; readonly eightCharacters: string; readonly status: DeviceStatus; readonly warnings: readonly Warning[]}
  | {readonly at: 'unlock'; readonly lodgers: readonly Lodger[]; readonly lodger: Lodger; readonly left: number | null}
  | {readonly at: 'rescue'; readonly lodger: Lodger; readonly left: number | null; readonly made: RescueFile | null}
  | {readonly at: 'open'};

export type WhyRefused = 'apple_tab' | 'tab' | 'no_keys';
export type WhySignIn = 'new' | 'forgotten' | 'too_many' | 'waiting' | 'emptied' | 'given_up';
export type Warning = 'copied_profile' | 'low_storage' | 'not_persisted';
export type Trouble = 'offline' | 'wrong_password' | 'other_person' | 'too_often' | 'full' | 'server' | 'rescue' | null;

const LEAST_STORAGE = 1_000_000_000;

export const step = signal<Step>({at: 'starting'});
export const trouble = signal<Trouble>(null);
/** A PIN is being tried or the server asked; buttons wait. */
export const busy = signal(false);

const people = new People(machine);
let lodging: Lodging | null = null;
let session: Session | null = null;
let signedInAs = '';
let half: Opened | null = null;
let dek: string | null = null;

// Locking empties `tablet`; whoever stood in a screen stands before the door again, unless the tablet is being emptied.
effect(() => {
  if (tablet.value === null && step.peek().at === 'open' && !emptying.value) backToDoor().catch((fault: unknown) => { console.error(fault); });
});

/** Where to begin: unlock who was here last, or sign in. */
export async function begin(): Promise<void> {
  people.onTrouble(hear);
  try {
    await atTheDoor();
  } catch (fault) {
    // `storeTrouble` says it, and what to do.
    if (!(fault instanceof StoreLost || fault instanceof StoreNewer)) throw fault;
  }
}

async function atTheDoor(): Promise<void> {
  const lodgers = await people.all();
  const [last] = lodgers;
  if (last === undefined) return signInAs(location.search === GIVEN_UP ? 'given_up' : Object.keys(traces()).length > 0 ? 'emptied' : 'new');
  await choose(last, lodgers);
}

function hear(trouble: StoreTrouble | null): void {
  if (trouble !== 'emptied') storeTrouble.value = trouble;
  else if (!emptying.value) startOver();
}

/** Another window has emptied this person's part, as the office ordered: nothing of it stays on this screen either. */
function startOver(): void {
  lockUp();
  location.replace('/app/');
}

function lodgingOf(person: string): Lodging {
  const made = new Lodging(person, machine);
  made.onTrouble(hear);
  return made;
}

/** Somebody else's PIN. */
export async function choose(lodger: Lodger, lodgers: readonly Lodger[] | null = null): Promise<void> {
  lodging?.close();
  lodging = lodgingOf(lodger.id);
  // Safari may have emptied the storage of a tab: then there is nothing to unlock.
  if (!await lodging.isFurnished()) {
    await people.forget(lodger.id);
    return signInAs('emptied');
  }
  become({at: 'unlock', lodgers: lodgers ?? await people.all(), lodger, left: null});
}

export async function signInAs(why: WhySignIn): Promise<void> {
  if ((why === 'new' || why === 'emptied' || why === 'given_up') && !isInstalled()) return become({at: 'refused', why: isApple() ? 'apple_tab' : 'tab'});
  become({at: 'sign_in', why, lodgers: await people.all()});
}

export function signIn(name: string, password: string): Promise<void> {
  return trying(async () => {
    const from = step.value;
    session = await api.signIn(name, password);
    signedInAs = name;
    if (from.at === 'sign_in' && from.why === 'waiting' && half !== null) return admitted(half, await ownerOf(half.store));
    const lodger = (await people.all()).find(({id}) => id === session?.person);
    if (lodger === undefined) return furnishFor(session);
    await choose(lodger);
    if (from.at === 'sign_in' && (from.why === 'forgotten' || from.why === 'too_many')) await recover();
  });
}

export function choosePin(pin: string): Promise<void> {
  return trying(async () => {
    const {at, why} = step.value as {at: string; why?: string};
    if (at !== 'choose_pin' || lodging === null || session === null) return;
    half = why === 'forgotten' && dek !== null
      ? await lodging.recover(dek, pin, session.recovery_key)
      : await furnished(lodging, session, pin);
    dek = null;
    await comeIn(half);
  });
}

export function unlock(pin: string): Promise<void> {
  return trying(async () => {
    const now = step.value;
    if (now.at !== 'unlock' || lodging === null) return;
    const tried = await lodging.unlock(pin);
    if ('opened' in tried) return comeIn(tried.opened);
    if (tried.refused === 'too_many') return signInAs('too_many');
    become({...now, left: tried.left});
  });
}

/** The storage may be too broken to open: whatever of it can be read goes into a file, for the same PIN. */
export function rescue(pin: string): Promise<void> {
  return trying(async () => {
    const now = step.value;
    if (now.at !== 'rescue' || lodging === null) return;
    const tried = await lodging.salvage(pin);
    if ('refused' in tried) return tried.refused === 'too_many' ? signInAs('too_many') : become({...now, left: tried.left});
    const {saveUnsent} = await import('../../app/rescue.ts');
    become({...now, left: null, made: await saveUnsent(tried.salvage, now.lodger.id)});
  });
}

/** Ask whether the console has confirmed; called on a timer while waiting. */
export async function askAgain(): Promise<void> {
  if (half === null || step.value.at !== 'waiting') return;
  try {
    await admitted(half, await ownerOf(half.store));
    trouble.value = null;
  } catch (fault) {
    await explain(fault);
  }
}

/** Show the door again. */
export async function backToDoor(): Promise<void> {
  half = null;
  session = null;
  await begin();
}

async function recover(): Promise<void> {
  if (lodging === null) return;
  const {device, envelope} = await lodging.forRecovery();
  dek = (await api.recover(device, envelope)).key;
  become({at: 'choose_pin', why: 'forgotten'});
}

/** The person's tablets of before, as the server knows them: one of them may be this one, before it was emptied. */
export const before = signal<readonly OwnDevice[]>([]);

async function furnishFor({person}: Session): Promise<void> {
  before.value = await api.devices().catch((fault: unknown) => {
    // It would only have been good to know.
    if (fault instanceof Unreachable || fault instanceof Refused) return [];
    throw fault;
  });
  lodging = lodgingOf(person);
  become({at: 'choose_pin', why: 'new'});
}

/** Keys and empty stores first, so that a reload while waiting for the console loses nothing. */
async function furnished(home: Lodging, {person, organisation, roles, recovery_key}: Session, pin: string): Promise<Opened> {
  const device = machine.newId();
  const opened = await home.furnish(pin, device, recovery_key);
  const owner: Owner = {person, organisation, roles, signIn: signedInAs, device, code: '', status: 'pending'};
  await opened.store.keepSetting('owner', owner);
  await people.note(person, nameOf(opened.store, owner));
  return opened;
}

async function comeIn(opened: Opened): Promise<void> {
  half = opened;
  if (session !== null) await noteSession(opened.store, session);
  const owner = await ownerOf(opened.store);
  await people.note(owner.person, nameOf(opened.store, owner));
  if (owner.status === 'pending' && owner.again === undefined) await admitted(opened, owner).catch(explain);
  else await open(opened, owner);
}

/** Tell the server of this device as often as needed; go in once the console has confirmed it. */
async function admitted(opened: Opened, owner: Owner): Promise<void> {
  const hash = session?.session_hash ?? await opened.store.setting<string>('session');
  const warnings = step.value.at === 'waiting' ? step.value.warnings : await warningsNow();
  become({at: 'waiting', eightCharacters: await eightCharacters(owner.device, opened.signer.jkt), status: owner.status, warnings});
  if (hash === null) return signInAs('waiting');
  const told = owner.code === ''
    ? await api.enrol(await factsOf(opened, owner, !warnings.includes('not_persisted')), {signer: opened.signer, sessionHash: hash})
    : await api.device(owner.device);
  const now: Owner = {...owner, code: told.code, status: told.status};
  await opened.store.keepSetting('owner', now);
  if (now.status === 'active') return open(opened, now);
  become({at: 'waiting', eightCharacters: await eightCharacters(now.device, opened.signer.jkt), status: now.status, warnings});
}

async function open(opened: Opened, owner: Owner): Promise<void> {
  half = null;
  leaveTrace(owner.person, owner);
  await enter(opened, owner);
  if (tablet.value !== null) startExchange(tablet.value).catch((fault: unknown) => { console.error(fault); });
  opened.store.photos.sweep().catch((fault: unknown) => { console.error(fault); });
  become({at: 'open'});
}

async function warningsNow(): Promise<Warning[]> {
  const room = await machine.room();
  const found: (Warning | false)[] = [
    !await persistStorage() && 'not_persisted', room !== null && room < LEAST_STORAGE && 'low_storage', 'copied_profile',
  ];
  return found.filter((each) => each !== false);
}

async function trying(work: () => Promise<void>): Promise<void> {
  busy.value = true;
  trouble.value = null;
  try {
    await work();
  } catch (fault) {
    await explain(fault);
  } finally {
    busy.value = false;
  }
}

async function explain(fault: unknown): Promise<void> {
  if (fault instanceof Unreachable) trouble.value = 'offline';
  else if (fault instanceof StoreFull) trouble.value = 'full';
  else if (step.value.at === 'rescue') trouble.value = 'rescue';
  // The banner says it.
  else if (fault instanceof StoreLost || fault instanceof StoreNewer) trouble.value = null;
  else if (fault instanceof DOMException && fault.name === 'DataCloneError') become({at: 'refused', why: 'no_keys'});
  else if (fault instanceof Refused) await explainRefusal(fault);
  else throw fault;
}

async function explainRefusal({status, code}: Refused): Promise<void> {
  const waiting = step.value.at === 'waiting';
  if (code === 'not_installed') return become({at: 'refused', why: isApple() ? 'apple_tab' : 'tab'});
  if (status === 401 && waiting) return signInAs('waiting');
  trouble.value = status === 401 ? 'wrong_password' : status === 429 ? 'too_often' : status === 403 || status === 404 ? 'other_person' : 'server';
}

function become(next: Step): void {
  step.value = next;
}
