import {type Api, Refused} from '../net/api.ts';
import {Unreachable} from '../net/http.ts';
import {fromBase64Url} from '../store/bytes.ts';
import {StoreFull} from '../store/connection.ts';
import {blobKey} from '../store/memory.ts';
import {Damaged, type Header, NotARescueFile, readHeader, RescueReader, type Work} from '../store/rescue_reading.ts';
import type {ReadyOperation} from '../store/store.ts';
import {parseOperation} from '../sync/operation.ts';
import {acted} from './exchange.ts';
import {opened} from './tablet.ts';

/** Operations of one transaction. */
const PORTION = 200;

export type Why = 'not_a_file' | 'damaged' | 'other_organisation' | 'other_person' | 'unsigned' | 'not_in_service' | 'sign_in' | 'no_network' | 'no_room';

/** Nothing was taken in but what may come again. */
export class NotBroughtIn extends Error {
  override name = 'NotBroughtIn';
  readonly why: Why;

  constructor(why: Why) {
    super(why);
    this.why = why;
  }
}

/** What is here now because of the file, and what was here already. `left`: what could not be read or is not taken. */
export interface BroughtIn {
  readonly operations: {readonly fresh: number; readonly already: number};
  readonly photos: {readonly fresh: number; readonly already: number};
  readonly left: number;
  /** Reading ended early; what came before is in. */
  readonly damaged: boolean;
}

/**
 * Take what this person did on another tablet into this one, which then sends it as its own: same ids, same bytes, so that it
 * counts once however often it is brought in, here, at the office or by the other tablet. Rejects with NotBroughtIn.
 */
export async function bringIn(file: Blob, office: Pick<Api, 'recover'>): Promise<BroughtIn> {
  try {
    const {reader, work} = await checked(file, office);
    const {ready, unfit} = readyOnes(work);
    const fresh = await keepAll(ready);
    const {damaged, ...photos} = await keepPhotos(reader);
    return {operations: {fresh, already: ready.length - fresh}, photos, left: work.unreadable + unfit, damaged};
  } catch (fault) {
    const why = whyNot(fault);
    throw why === null ? fault : new NotBroughtIn(why);
  }
}

async function checked(file: Blob, office: Pick<Api, 'recover'>): Promise<{reader: RescueReader; work: Work}> {
  const {owner} = opened();
  const header = await readHeader(file);
  if (header.organisation !== owner.organisation) throw new NotBroughtIn('other_organisation');
  const {key, jwk} = await office.recover(header.device, envelopeOf(header));
  const reader = await RescueReader.open(file, header, fromBase64Url(key));
  const work = await reader.work(jwk);
  if (work.person !== owner.person) throw new NotBroughtIn('other_person');
  // Anybody can seal a file to the organisation; only the device's signature says that this person did it.
  if (work.signed === null) throw new NotBroughtIn('unsigned');
  return {reader, work};
}

/** No more than the server asks for. */
function envelopeOf({key: {epk, iv, ct}}: Header) {
  return {epk, iv, ct};
}

function readyOnes({operations}: Work): {ready: ReadyOperation[]; unfit: number} {
  const ready = operations.flatMap(([, text]): ReadyOperation[] => {
    const parsed = parseOperation(text);
    return 'invalid' in parsed ? [] : [{id: parsed.operation.id, kind: parsed.operation.entity[0], entity: parsed.operation.entity[1], text}];
  });
  return {ready, unfit: operations.length - ready.length};
}

async function keepAll(operations: readonly ReadyOperation[]): Promise<number> {
  const {store} = opened();
  let fresh = 0;
  for (let at = 0; at < operations.length; at += PORTION) {
    fresh += await store.takeIn(operations.slice(at, at + PORTION));
    acted(store.memory.meta.nextN - 1, []);
  }
  return fresh;
}

/** One by one: bytes first, read back, then the row that has them sent. */
async function keepPhotos(reader: RescueReader): Promise<{fresh: number; already: number; damaged: boolean}> {
  const {store} = opened();
  let [fresh, already] = [0, 0];
  try {
    for await (const {visit, sha256, filetype, bytes} of reader.photos()) {
      if (store.memory.blobs.has(blobKey(visit, sha256))) {
        already += 1;
        continue;
      }
      const blob = await store.photos.put(visit, bytes, filetype);
      await store.takeIn([], [blob]);
      acted(store.memory.meta.nextN - 1, [blob.row]);
      fresh += 1;
    }
  } catch (fault) {
    if (!(fault instanceof Damaged)) throw fault;
    return {fresh, already, damaged: true};
  }
  return {fresh, already, damaged: false};
}

function whyNot(fault: unknown): Why | null {
  if (fault instanceof NotBroughtIn) return fault.why;
  if (fault instanceof NotARescueFile) return 'not_a_file';
  if (fault instanceof Damaged) return 'damaged';
  if (fault instanceof StoreFull) return 'no_room';
  if (fault instanceof Unreachable) return 'no_network';
  return fault instanceof Refused ? refused(fault) : null;
}

function refused({status, code}: Refused): Why | null {
  if (status === 401 || code === 'sign_in_again') return 'sign_in';
  if (status === 404) return 'other_person';
  if (status === 409) return 'not_in_service';
  if (status === 400) return 'damaged';
  return status >= 500 || status === 429 ? 'no_network' : null;
}
