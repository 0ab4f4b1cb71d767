// Which of several pools, by weight. With a key the same one each time, and when weights change only as many keys move as the change makes
// necessary (weighted rendezvous hashing: C. Schindelhauer, G. Schomaker, SPAA 2005).
import type { Random } from '../../../foundation/basics/random.ts';
import { xxh32 } from '../../../foundation/hashing/xxh32.ts';
import type { ExchangeFacts } from '../../balancing/affinity-key.ts';
import { keyReader } from '../../balancing/affinity-key.ts';

/** The place of a pool among those of the split. */
export type Splitter = (facts: ExchangeFacts, random: Random) => number;

const wholeRange = 0x1_0000_0000;

export function compileSplit(split: Readonly<Record<string, number>>, splitBy: readonly string[] | undefined): Splitter {
  const names = Object.keys(split);
  const weights = Object.values(split);
  const keyOf = splitBy === undefined ? undefined : keyReader(splitBy);
  return (facts, random) => {
    const key = keyOf?.(facts);
    return key === undefined ? drawn(weights, random()) : keyed(names, weights, key);
  };
}

/** `draw` is from 0 up to 1. */
function drawn(weights: readonly number[], draw: number): number {
  let left = draw * weights.reduce((sum, weight) => sum + weight, 0);
  for (let place = 0; place < weights.length; place++) {
    left -= weights[place] as number;
    if (left < 0) return place;
  }
  return weights.findLastIndex((weight) => weight > 0);
}

function keyed(names: readonly string[], weights: readonly number[], key: string): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let place = 0; place < names.length; place++) {
    // By name: a pool that is written in another place keeps its keys.
    const unit = (xxh32(`${names[place]}\0${key}`) + 0.5) / wholeRange;
    const cost = -Math.log(unit) / (weights[place] as number);
    if (cost >= least) continue;
    least = cost;
    best = place;
  }
  return best;
}
