/**
 * What is left of a tablet when the system has emptied its storage. It lies outside IndexedDB and says nothing about
 * anybody: the ids of a person and a device, and the code that stands in numbers for people.
 */
export interface Trace {
  readonly device: string;
  readonly code: string;
}

const KEY = 'singgah-tablets';

export function traces(): Readonly<Record<string, Trace>> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, Trace>;
  } catch (fault) {
    // Somebody else's hand; there is nothing to read.
    if (fault instanceof SyntaxError) return {};
    throw fault;
  }
}

/** This person has a database on this tablet. */
export function leaveTrace(person: string, {device, code}: Trace): void {
  localStorage.setItem(KEY, JSON.stringify({...traces(), [person]: {device, code}}));
}

/** It is gone on purpose. */
export function wipeTrace(person: string): void {
  const {[person]: _, ...left} = traces();
  localStorage.setItem(KEY, JSON.stringify(left));
}
