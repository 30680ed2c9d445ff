import type {OutboxRow} from '../exchange/types.ts';
import type {NewBlob} from '../store/blobs.ts';
import {type Operation, writeOperation} from '../sync/operation.ts';
import {machine} from './machine.ts';
import {http, opened} from './tablet.ts';
import {acted} from './exchange.ts';

export interface ActOptions {
  /** `head` of the view that the person was looking at. */
  readonly base: number;
  /** Version of the operation type. */
  readonly v?: number;
  /** Photos and documents that this act names, from `store.photos.put`. */
  readonly blobs?: readonly NewBlob[];
  /** Sealed settings that must change with the act or not at all. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A fresh id for a thing that is being made here: a ticket, a photo, a note. */
export function newId(): string {
  return machine.newId();
}

/** The final number of a ticket ("T-7K3-42") or visit that is made here, without asking anybody. */
export function newNumber(letter: 'T' | 'V'): Promise<string> {
  const {store, owner} = opened();
  return store.nextNumber(letter, owner.code);
}

/**
 * Keep what a person did. Resolves when it lies on the disk; only then may a screen say "saved on this tablet".
 * Rejects with RangeError (an operation that would be refused: our fault), StoreFull or StoreLost; then nothing was kept.
 */
export async function act(type: string, entity: readonly [kind: string, id: string], args: Operation['args'], {base, v = 1, blobs = [], settings = {}}: ActOptions): Promise<OutboxRow> {
  const text = writeOperation({
    id: machine.newId(), type, v, entity, base, args, at: new Date(machine.now()).toISOString(), mono: machine.mono(), off: http.offset,
  });
  const {id} = JSON.parse(text) as Operation;
  const row = await opened().store.keep({id, kind: entity[0], entity: entity[1], text}, blobs, settings);
  acted(row.n, blobs.map((blob) => blob.row));
  return row;
}
