/** `node play.ts FIRST COUNT`: lives from these seeds until the oracles speak, as one line of JSON. */
import {verdictOn} from './life.ts';

const [first = 1, count = 1] = process.argv.slice(2).map(Number);

function play(): {seed: number; why: string | null; broke?: string} | null {
  for (let seed = first; seed < first + count; seed += 1) {
    try {
      const why = verdictOn(seed);
      if (why !== null) return {seed, why};
    } catch (fault) {
      return {seed, why: null, broke: String(fault)};
    }
  }
  return null;
}

console.log(JSON.stringify({failed: play()}));
