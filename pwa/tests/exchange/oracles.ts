/** What must be true while things go wrong, and after. Each oracle answers with a sentence, or null when all is well. */
import type {SmallTablet} from './small_tablet.ts';
import type {World} from './world.ts';

export const ROUNDS = 5;

/** An own act never leaves the view unless the server has set it aside. */
export function missingFromView(tablet: SmallTablet): string | null {
  const shown = tablet.shown();
  for (const row of tablet.memory.outbox.values()) {
    const {item, value} = (JSON.parse(row.text) as {args: {item: string; value: string}}).args;
    const aside = row.result !== null && row.result.seq === null;
    if (!aside && shown[item] !== value) return `operation ${row.n} of ${tablet.device} is not shown`;
  }
  return null;
}

/** Settled, sent, applied, and holding exactly what the server holds. */
export function unrest(world: World, tablet: SmallTablet): string | null {
  const {outbox, blobs, meta} = tablet.memory;
  if ([...outbox.values()].some((row) => row.result === null)) return 'an operation has no outcome';
  if ([...outbox.values()].some((row) => !row.retired)) return 'an operation is not retired';
  if ([...blobs.values()].some((row) => row.state !== 'complete')) return 'a photo is not sent';
  if (meta.staged !== null || meta.bootstrapping) return 'a pull is not finished';
  return sorted(tablet.base()) === sorted(world.server.rows()) ? null : 'the base differs from the server';
}

/** Of two copies that rest under one id the other may have been given the newest one. */
function hasLostToken({server, tablets}: World, {device, memory: {meta}}: SmallTablet): boolean {
  const {nextN, resume} = server.device(device);
  const isOne = tablets.filter((tablet) => tablet.device === device).length === 1;
  return isOne && nextN > 1 && nextN === meta.nextN && resume !== meta.resume;
}

function sorted(rows: object): string {
  return JSON.stringify(Object.entries(rows).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Let five rounds pass without faults: every tablet is opened once in each. */
export function unrestAfterRounds(world: World): string | null {
  let last: string | null = null;
  for (let round = 1; round <= ROUNDS; round++) {
    for (const tablet of world.tablets) {
      world.tell(tablet, {kind: 'unlocked'});
      world.tell(tablet, {kind: 'visible'});
    }
    world.run(60_000);
    last = world.tablets.map((tablet) => unrest(world, tablet)).find((one) => one !== null) ?? null;
    if (last === null) return null;
  }
  return last;
}

/**
 * Every operation that a person made was carried out exactly once, each tablet's in its order; every photo is there; and
 * who sent last holds the token that the server gave last, for by an older one a copy is known.
 */
export function loss(world: World): string | null {
  const {accepted} = world.server.disk;
  if (new Set(accepted).size !== accepted.length) return 'an operation was carried out twice';
  const lost = world.created.find((id) => !accepted.includes(id));
  if (lost !== undefined) return `operation ${lost} never arrived`;
  const unsent = world.taken.find((key) => !world.server.complete.has(key));
  if (unsent !== undefined) return `photo ${unsent} never arrived whole`;
  for (const tablet of world.tablets) {
    const mine = [...tablet.memory.outbox.values()].map((row) => row.id);
    if (mine.length !== tablet.memory.meta.nextN - 1) return 'an operation is gone from the tablet';
    if (accepted.filter((id) => mine.includes(id)).join() !== mine.join()) return 'operations were carried out out of order';
    if (hasLostToken(world, tablet)) return 'a tablet has not kept its token';
    if (tablet.status?.divergence.length !== 0) return 'checksums still differ';
  }
  return null;
}
