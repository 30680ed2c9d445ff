/** The blob lane: photos and documents by tus 1.0, one at a time, oldest first, after the operations. */
import {LIMITS} from '../sync/protocol.ts';
import {serverTime} from './clock.ts';
import {handleCommon, isReady, recover, rest} from './retry.ts';
import {type Next, type Turn, unsent} from './state.ts';
import type {Answer, BlobRow, Request} from './types.ts';
import {codeOf, judge, type Verdict} from './verdict.ts';

/** After so many failures the next blob gets its turn. */
const PATIENCE = 3;

export function wantsBlob(turn: Turn): boolean {
  return waiting(turn) !== undefined && !awaitsOperations(turn) && isReady(turn, turn.state.blob);
}

/** A photo of a visit that was made here must not arrive before its visit: the server would not know it and refuse the photo. */
function awaitsOperations({state}: Turn): boolean {
  return unsent(state) > 0 && state.push.closed === null;
}

function waiting(turn: Turn): BlobRow | undefined {
  const {blobs, sparing} = turn.state;
  return blobs.find((row) => row.state === 'waiting' && !(sparing && row.filetype.startsWith('image/')));
}

/** Another blob may be first now, so an answer that is under way is not waited for. */
export function spare(turn: Turn, photos: boolean): void {
  const {state} = turn;
  if (state.sparing === photos) return;
  state.sparing = photos;
  if (state.blob.busy?.doing === 'send') state.blob.busy = null;
  state.blob.known = null;
}

export function keyOf({visit, sha256}: Pick<BlobRow, 'visit' | 'sha256'>): string {
  return `${visit}/${sha256}`;
}

export function startBlob(turn: Turn): void {
  const row = waiting(turn);
  if (row === undefined) return;
  const {visit, sha256, size, filetype, url, offset} = row;
  const {blob} = turn.state;
  if (url === null) return turn.send('blob', (id) => ({kind: 'blob_create', id, visit, sha256, size, filetype}));
  if (blob.known !== keyOf(row)) return turn.send('blob', (id) => ({kind: 'blob_head', id, url}));
  const part = Math.min(blob.chunk, size - offset);
  turn.send('blob', (id) => ({kind: 'blob_patch', id, url, visit, sha256, offset, length: part}));
}

export function blobAnswered(turn: Turn, answer: Answer): void {
  const {blob} = turn.state;
  const {busy} = blob;
  if (busy?.doing !== 'send') return;
  const row = subjectOf(turn, busy.request);
  if (row === undefined) {
    blob.busy = null;
    return;
  }
  if (spentForToday(turn, answer)) return;
  const verdict = verdictOf(answer);
  const creating = busy.request.kind === 'blob_create';
  if (refuses(answer, creating)) return refuse(turn, row, codeOf(answer.body) ?? `http_${answer.status}`);
  if (verdict.kind === 'wait') hesitate(turn, row);
  if (handleCommon(turn, 'blob', verdict)) return;
  switch (verdict.kind) {
    case 'good':
      return creating ? created(turn, row, answer) : moved(turn, row, busy.request.kind, offsetOf(answer, row));
    case 'clash':
      return creating ? fail(turn) : moved(turn, row, busy.request.kind, offsetOf(answer, row));
    case 'gone':
      return creating ? fail(turn) : keep(turn, {...row, url: null, offset: 0});
    default:
      return shrink(turn, row);
  }
}

/** The blob that was asked about, whatever became of the list meanwhile: first in it may be another one by now. */
function subjectOf({state}: Turn, request: Request): BlobRow | undefined {
  const asked = request.kind === 'blob_head'
    ? (row: BlobRow) => row.url === request.url
    : 'sha256' in request ? (row: BlobRow) => keyOf(row) === keyOf(request) : () => false;
  return state.blobs.find((row) => row.state === 'waiting' && asked(row));
}

/** The device has sent what it may in a day. Nothing is wrong with the blob or the line: both stay as they are until then. */
function spentForToday(turn: Turn, answer: Answer): boolean {
  const {blob} = turn.state;
  const isSpent = answer.status === 429 && codeOf(answer.body) === 'upload_quota';
  const seconds = Number(answer.headers['retry-after'] ?? '');
  blob.spentUntil = isSpent && seconds > 0 && seconds <= 86_400 ? turn.now + seconds * 1000 : null;
  if (isSpent) handleCommon(turn, 'blob', judge(answer));
  return isSpent;
}

type BlobVerdict = Exclude<Verdict, {kind: 'gap' | 'epoch' | 'expired' | 'forked'}> | {readonly kind: 'clash' | 'gone'};

/** Statuses that mean something else for an upload than for a request of sync. */
function verdictOf(answer: Answer): BlobVerdict {
  if (answer.status === 409) return {kind: 'clash'};
  if (answer.status === 404 || answer.status === 410) return {kind: 'gone'};
  if (answer.status === 460) return {kind: 'smaller'};
  const verdict = judge(answer);
  const impossible = verdict.kind === 'gap' || verdict.kind === 'epoch' || verdict.kind === 'expired' || verdict.kind === 'forked';
  return impossible ? {kind: 'wait', atLeast: null} : verdict;
}

/** The server will not have this one, whatever we do; a device or person that it will not have closes the lane instead. */
function refuses(answer: Answer, creating: boolean): boolean {
  const code = codeOf(answer.body);
  if (creating && [404, 409, 410, 413, 422].includes(answer.status)) return code !== null;
  const ours = [400, 412, 415].includes(answer.status) || (answer.status === 403 && code === 'forbidden');
  return ours && code !== null;
}

function refuse(turn: Turn, row: BlobRow, code: string): void {
  keep(turn, {...row, state: 'refused', code});
}

function created(turn: Turn, row: BlobRow, answer: Answer): void {
  const url = answer.headers.location;
  if (url === undefined) return fail(turn);
  // A blob that is already there, or was half sent under another address, tells its offset here or at the first part.
  const offset = offsetOf(answer, row) ?? 0;
  turn.state.blob.known = keyOf(row);
  keep(turn, offset === row.size ? complete(turn, {...row, url}) : {...row, url, offset});
}

/** The server says how far it is; null: it must be asked. A part that did not move the offset is a failure. */
function moved(turn: Turn, row: BlobRow, request: Request['kind'], offset: number | null): void {
  const {blob, blobs} = turn.state;
  blob.known = offset === null ? null : keyOf(row);
  if (offset === null) return fail(turn);
  if (offset === row.size) return keep(turn, complete(turn, row));
  blobs[blobs.indexOf(row)] = {...row, offset};
  if (request !== 'blob_patch') return;
  if (offset > row.offset) grow(turn);
  else fail(turn);
}

function complete(turn: Turn, row: BlobRow): BlobRow {
  return {...row, offset: row.size, state: 'complete', code: null, completedAt: serverTime(turn), afterN: turn.state.meta.ackedN};
}

/** Write a blob's row; the state follows when it is committed. */
function keep(turn: Turn, row: BlobRow): void {
  const {visit, sha256, url, offset, state, code, completedAt, afterN} = row;
  const set = {url, offset, state, code, completedAt, ...(afterN === undefined ? {} : {afterN})};
  turn.commit('blob', [{kind: 'blob', visit, sha256, set}], {}, {kind: 'blob', row});
}

function fail(turn: Turn): void {
  rest(turn, turn.state.blob);
}

function grow(turn: Turn): void {
  const {blob} = turn.state;
  recover(blob);
  blob.chunk = Math.min(LIMITS.blob_chunk_bytes_max, blob.chunk * 2);
}

function shrink(turn: Turn, row: BlobRow): void {
  hesitate(turn, row);
  fail(turn);
}

/** Smaller parts, and the offset is to be asked for before going on. */
function hesitate(turn: Turn, row: BlobRow): void {
  const {blob} = turn.state;
  blob.chunk = Math.max(LIMITS.blob_chunk_bytes_min, Math.floor(blob.chunk / 2));
  blob.known = null;
  stepAside(turn, row);
}

/** The lane has lost the network or the server: ask for the offset before going on. */
export function blobFailed(turn: Turn): void {
  const {blob} = turn.state;
  const row = blob.busy?.doing === 'send' ? subjectOf(turn, blob.busy.request) : undefined;
  blob.busy = null;
  if (row !== undefined) shrink(turn, row);
}

/** One blob that fails again and again must not keep the others from leaving. */
function stepAside(turn: Turn, row: BlobRow): void {
  const {blob, blobs} = turn.state;
  if ((blob.failures + 1) % PATIENCE !== 0) return;
  blobs.splice(blobs.indexOf(row), 1);
  blobs.push(row);
}

export function blobCommitted(turn: Turn, {row}: Extract<Next, {kind: 'blob'}>): void {
  const {blob, blobs} = turn.state;
  recover(blob);
  const place = blobs.findIndex((one) => keyOf(one) === keyOf(row));
  if (place < 0) return;
  if (row.state === 'complete') blobs.splice(place, 1);
  else blobs[place] = row;
}

/** Upload-Offset of the answer, null when it is absent or beyond the blob. */
function offsetOf(answer: Answer, row: BlobRow): number | null {
  const text = answer.headers['upload-offset'] ?? '';
  const offset = Number(text);
  return /^\d{1,9}$/.test(text) && offset <= row.size ? offset : null;
}
