import {accepted, type Enrolment, Refused} from '../net/api.ts';
import {Unreachable} from '../net/http.ts';
import {sha256, toBase64Url, utf8} from '../store/bytes.ts';
import {http, type Tablet} from './tablet.ts';

/** What the server signed of a device. A storage that became another device needs another one. */
interface Kept {
  readonly device: string;
  readonly text: string;
}

/** Ask the server for its word on this device, once; whether it is kept. Without an answer it is asked another time. */
export async function keepStatement({store, owner}: Tablet): Promise<boolean> {
  if ((await store.setting<Kept>('statement'))?.device === owner.device) return true;
  try {
    const told = await http.ask({method: 'GET', path: `/api/v1/devices/${owner.device}/statement`});
    await store.keepSetting('statement', {device: owner.device, text: accepted<{statement: string}>(told).statement} satisfies Kept);
    return true;
  } catch (fault) {
    if (fault instanceof Unreachable || fault instanceof Refused) return false;
    throw fault;
  }
}

/** The same when nobody waits for the answer: who cannot sign in any more may be unknown to a restored server. */
export async function announce(tablet: Tablet): Promise<void> {
  try {
    await showStatement(tablet);
  } catch (fault) {
    if (!(fault instanceof Unreachable || fault instanceof Refused)) throw fault;
  }
}

/**
 * Show the server what it once signed of this device, so that one that was restored knows it again; null when there is
 * nothing to show, or it cannot be used any more. Throws Unreachable, and Refused when the server is to be asked later.
 */
export async function showStatement({store, owner, signer}: Tablet): Promise<Enrolment | null> {
  const kept = await store.setting<Kept>('statement');
  if (kept?.device !== owner.device) return null;
  try {
    // There may be no session, so the proof names the statement in its place.
    const credentials = {signer, sessionHash: toBase64Url(await sha256(utf8(kept.text)))};
    return accepted<Enrolment>(await http.ask({method: 'POST', path: '/api/v1/devices/readmit', json: {statement: kept.text}, credentials}));
  } catch (fault) {
    if (fault instanceof Refused && (fault.status === 400 || fault.status === 409)) return null;
    throw fault;
  }
}
