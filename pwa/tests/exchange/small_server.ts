/** A server of the exchange in memory: the rules of push, pull and blobs, and nothing of the subject. */
import {checksum, decodeCursor, encodeCursor} from '../../src/sync/feed.ts';
import type {Answer, Change, PullBody, PushBody, Request} from '../../src/exchange/types.ts';
import type {OperationResult} from '../../src/sync/outcome.ts';
import {linkAfter, startOf} from './hashing.ts';

interface Device {
  nextN: number;
  link: string;
  resume: string | null;
  resumeBefore: string | null;
  links: Record<number, string>;
  results: Record<number, OperationResult>;
  texts: Record<number, string>;
}

interface Head {
  seq: number;
  ver: number;
  value: Record<string, unknown> | null;
}

/** Everything that a backup would hold. */
interface Disk {
  epoch: string;
  seq: number;
  /** Tombstones up to here are gone: who has not read so far must begin anew. */
  floor: number;
  devices: Record<string, Device>;
  heads: Record<string, Head>;
  accepted: string[];
  /** By id: what was first said of an operation, whichever device brought it. */
  first: Record<string, {text: string; result: OperationResult}>;
  /** Copies that became devices of their own: enrolled, and later confirmed. */
  admitted: Record<string, 'pending' | 'active'>;
  /** Blobs that were whole when the backup was made. */
  complete: string[];
  tokens: number;
}

/** How far a pull has read; `began`: the head when it began with nothing, while it has pages to come. */
interface Place {
  after: number;
  began: number | null;
}

interface Upload {
  visit: string;
  sha256: string;
  size: number;
  offset: number;
}

export const VISIT = '019a0000-0000-7000-8000-00000000aaaa';
export const RUN = '019a0000-0000-7000-8000-00000000bbbb';

export class SmallServer {
  disk: Disk;
  uploads = new Map<string, Upload>();
  complete = new Set<string>();
  /** Ids of operations at which a handler breaks. */
  poison = new Set<string>();
  pageSize = 3;
  pulls = 0;
  readonly recovered: Disk[] = [];
  /** Devices that must be enrolled before anything is heard from them. */
  readonly strangers = new Set<string>();
  /** Devices that the office has given up: what they send is kept, and every answer tells them to empty themselves. */
  readonly lost = new Set<string>();

  constructor() {
    this.disk = {epoch: 'epoch-1', seq: 0, floor: 0, devices: {}, heads: {}, accepted: [], first: {}, admitted: {}, complete: [], tokens: 0};
    this.put('visit', VISIT, {number: 'V-7K3-9', state: 'assigned', marks: [], tickets: [], signed: null});
    this.put('run', RUN, {visit: VISIT, answers: {}, remarks: {}, waivers: {}, authors: {}, dropped: null});
  }

  backup(): Disk {
    return structuredClone({...this.disk, complete: [...this.complete]});
  }

  /** Put an older state back, as an operator would. The new epoch begins a new line of tokens. */
  restore(old: Disk, epoch: string): void {
    this.disk = {...structuredClone(old), epoch};
    this.complete = new Set(old.complete);
    this.uploads.clear();
    for (const device of Object.values(this.disk.devices)) Object.assign(device, {resume: null, resumeBefore: null});
  }

  /** A dispatcher changes something. */
  put(kind: string, id: string, value: Record<string, unknown> | null): number {
    const seq = ++this.disk.seq;
    this.disk.heads[`${kind}/${id}`] = {seq, ver: seq, value};
    return seq;
  }

  /** Tombstones are forgotten, and the floor rises above them. */
  compact(): void {
    for (const [key, {seq, value}] of Object.entries(this.disk.heads)) {
      if (value !== null) continue;
      this.disk.floor = Math.max(this.disk.floor, seq);
      delete this.disk.heads[key];
    }
  }

  answer(request: Request): Answer {
    const device = 'body' in request ? request.body.device : null;
    if (device !== null && this.strangers.has(device)) {
      const standing = this.disk.admitted[device];
      if (standing === undefined) return problem(401, 'bad_proof');
      if (standing === 'pending') return problem(403, 'device_pending');
    }
    switch (request.kind) {
      case 'push':
        return this.push(request.body);
      case 'pull':
        if (this.lost.has(request.body.device)) return problem(403, 'device_revoked', {directives: [{wipe: 'the signed order'}]});
        return this.pull(request.body);
      case 'head':
        return ok({head: this.disk.seq, epoch: this.disk.epoch});
      case 'blob_create':
        return this.create(request);
      case 'blob_head':
        return this.offset(request.url);
      case 'blob_patch':
        return this.patch(request);
    }
  }

  device(id: string): Device {
    return (this.disk.devices[id] ??= {
      nextN: 1, link: startOf(id), resume: null, resumeBefore: null, links: {0: startOf(id)}, results: {}, texts: {},
    });
  }

  private push(body: PushBody): Answer {
    const before = this.backup();
    const answer = this.pushed(body);
    // One transaction: all of the request, or nothing of it.
    if (answer.status !== 200) this.disk = before;
    return answer;
  }

  private pushed(body: PushBody): Answer {
    const device = this.device(body.device);
    if (body.epoch !== this.disk.epoch) return problem(409, 'epoch_changed', {epoch: this.disk.epoch, next_n: device.nextN});
    if (!this.roll(device, body.resume)) return problem(409, 'device_forked');
    if (body.first > device.nextN) return problem(409, 'op_gap', {expected: device.nextN});
    if (device.links[body.first - 1] !== body.prev) return problem(409, 'op_mismatch');
    const results: OperationResult[] = [];
    for (const [index, text] of body.ops.entries()) {
      const n = body.first + index;
      if (n < device.nextN && device.texts[n] !== text) return problem(409, 'op_mismatch');
      if (n >= device.nextN && !this.execute(device, n, text, body.isolate === true)) return problem(500, 'internal');
      const result = device.results[n];
      if (result !== undefined) results.push(result);
    }
    const {epoch, seq} = this.disk;
    return ok({epoch, nonce: body.nonce, resume: device.resume, ack_n: device.nextN - 1, durable_n: 0, durability: 'none', seq, results, directives: []});
  }

  private roll(device: Device, presented: string | null): boolean {
    if (presented === device.resume) {
      device.resumeBefore = device.resume;
      device.resume = `token-${++this.disk.tokens}`;
      return true;
    }
    return presented === device.resumeBefore && device.resume !== null;
  }

  /** False when the handler broke. */
  private execute(device: Device, n: number, text: string, isolate: boolean): boolean {
    const op = JSON.parse(text) as {id: string; args: {item: string; value: string}; entity: [string, string]};
    const before = this.disk.first[op.id];
    if (before !== undefined) return this.log(device, n, text, before.text === text ? {...before.result, n} : {n, id: op.id, status: 'rejected', seq: null, code: 'id_reused'});
    const breaks = this.poison.has(op.id);
    if (breaks && !isolate) return false;
    const held = breaks || op.args.item.startsWith('held');
    const result: OperationResult = held
      ? {n, id: op.id, status: 'held', seq: null, code: breaks ? 'server_error' : 'entity_gone'}
      : {n, id: op.id, status: 'applied', seq: this.set(op.args.item, op.args.value)};
    this.disk.first[op.id] = {text, result};
    this.disk.accepted.push(op.id);
    return this.log(device, n, text, result);
  }

  private log(device: Device, n: number, text: string, result: OperationResult): boolean {
    device.results[n] = result;
    device.texts[n] = text;
    device.link = linkAfter(device.link, text);
    device.links[n] = device.link;
    device.nextN = n + 1;
    return true;
  }

  private set(item: string, value: string): number {
    const run = this.disk.heads[`run/${RUN}`]?.value ?? {};
    return this.put('run', RUN, {...run, answers: {...(run['answers'] as object), [item]: value}});
  }

  private pull(body: PullBody): Answer {
    this.pulls += 1;
    const device = this.device(body.device);
    if (body.epoch !== null && body.epoch !== this.disk.epoch) {
      return problem(409, 'epoch_changed', {epoch: this.disk.epoch, next_n: device.nextN});
    }
    const {after, began} = this.placeOf(body.cursor);
    if ((began ?? after) < this.disk.floor || after > this.disk.seq) return problem(410, 'cursor_expired');
    const behind = Object.entries(this.disk.heads).filter(([, head]) => head.seq > after).sort(([, a], [, b]) => a.seq - b.seq);
    const page = behind.slice(0, this.pageSize);
    const more = behind.length > page.length;
    return ok({
      nonce: body.nonce, epoch: this.disk.epoch, more, head: this.disk.seq, journal: 'ab'.repeat(32),
      cursor: more ? cursorOf({after: page.at(-1)?.[1].seq ?? 0, began}) : cursorOf({after: this.disk.seq, began: null}),
      ack_n: device.nextN - 1, durable_n: 0, durability: 'none', directives: [], min_app: '0.1.0',
      changes: page.map(([key, head]) => changeOf(key, head)),
      ...(more ? {} : {sums: {[`v:${VISIT}`]: this.sum()}}),
    });
  }

  private placeOf(cursor: string | null): Place {
    if (cursor === null) return {after: 0, began: this.disk.seq};
    const [after = '', began] = cursor.split('.');
    return {after: decodeCursor(after), began: began === undefined ? null : decodeCursor(began)};
  }

  /** The whole feed as "kind/id" -> value. */
  rows(): Record<string, Record<string, unknown>> {
    const live = Object.entries(this.disk.heads).filter(([, head]) => head.value !== null);
    return Object.fromEntries(live.map(([key, head]) => [key, head.value ?? {}]));
  }

  sum(): string {
    const live = Object.entries(this.disk.heads).filter(([key, head]) => head.value !== null && /^(visit|run)\//.test(key));
    return checksum(live.map(([key, head]) => [...(key.split('/') as [string, string]), head.ver] as const));
  }

  private create({visit, sha256, size}: Extract<Request, {kind: 'blob_create'}>): Answer {
    const url = `/api/v1/blobs/${this.uploads.size + 1}-${sha256.slice(0, 4)}`;
    const there = this.complete.has(`${visit}/${sha256}`);
    this.uploads.set(url, {visit, sha256, size, offset: there ? size : 0});
    return {status: 201, body: null, headers: {location: url}};
  }

  private offset(url: string): Answer {
    const upload = this.uploads.get(url);
    if (upload === undefined) return problem(410, 'gone');
    return {status: 200, body: null, headers: {'upload-offset': String(upload.offset)}};
  }

  private patch({url, offset, length}: Extract<Request, {kind: 'blob_patch'}>): Answer {
    const upload = this.uploads.get(url);
    if (upload === undefined) return problem(410, 'gone');
    if (upload.offset !== offset) return {...problem(409, 'offset'), headers: {'upload-offset': String(upload.offset)}};
    upload.offset += length;
    if (upload.offset === upload.size) this.complete.add(`${upload.visit}/${upload.sha256}`);
    return {status: 204, body: null, headers: {'upload-offset': String(upload.offset)}};
  }
}

function cursorOf({after, began}: Place): string {
  return began === null ? encodeCursor(after) : `${encodeCursor(after)}.${encodeCursor(began)}`;
}

function changeOf(key: string, head: Head): Change {
  const [k = '', id = ''] = key.split('/');
  const row = {s: head.seq, k, id, ver: head.ver};
  return head.value === null ? {...row, del: true} : {...row, v: head.value};
}

export function ok(body: unknown): Answer {
  return {status: 200, body, headers: {}};
}

export function problem(status: number, code: string, more: Record<string, unknown> = {}): Answer {
  return {status, body: {type: 'about:blank', title: code, status, code, ...more}, headers: {}};
}
