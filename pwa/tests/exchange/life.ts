/** One life of a few tablets under faults, from one seed, and what the oracles say of it. */
import type {Write} from '../../src/exchange/types.ts';
import {loss, missingFromView, unrestAfterRounds} from './oracles.ts';
import type {SmallTablet} from './small_tablet.ts';
import {type Fault, World} from './world.ts';

export type Sabotage = (writes: Write[], tablet: SmallTablet) => Write[];

/** What happened in all lives together: faults that struck, copies that became devices of their own. */
export const lives = {met: new Map<Fault, number>(), forks: 0};

/** What is wrong, null when all is well. Throws when too little happened for that to mean anything. */
export function verdictOn(seed: number, sabotage?: Sabotage): string | null {
  const world = new World(seed, 3);
  world.run(10_000);
  let seen: string | null = null;
  world.check = (tablet) => void (seen ??= missingFromView(tablet));
  if (sabotage !== undefined) world.sabotage = sabotage;
  world.faulty = true;
  for (let turn = 0; turn < 220; turn++) world.happening();
  world.faulty = false;
  if (world.created.length < 60) throw new Error(`seed ${seed}: only ${world.created.length} acts`);
  lives.forks += world.forks;
  for (const [fault, count] of world.met) lives.met.set(fault, (lives.met.get(fault) ?? 0) + count);
  return seen ?? unrestAfterRounds(world) ?? loss(world);
}
