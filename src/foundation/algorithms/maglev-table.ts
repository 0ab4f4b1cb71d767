// A lookup table in which every member has its share of places, and which hardly changes when a member comes or goes: Maglev hashing.
// D. E. Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016; offsets, steps and weights as in Envoy
// (maglev_lb.cc), so that both choose alike.
import { Hash64 } from '../hashing/limbs.ts';
import { xxh64Into } from '../hashing/xxh64.ts';

/** Largest size of a table: `remainderOf` is exact up to here. */
export const largestMaglevTable = 1_000_003;

/** Where each member begins in the table, and the step with which it goes on. */
export interface MaglevWalks {
  readonly offsets: Uint32Array;
  readonly steps: Uint32Array;
}

/** The walks of members, from their names as byte strings. The size is a prime. */
export function maglevWalks(names: readonly string[], size: number): MaglevWalks {
  const hash = new Hash64();
  const remainder = (name: string, seed: number, divisor: number): number => {
    xxh64Into(name, seed, hash);
    return remainderOf(hash.high, hash.low, divisor);
  };
  return {
    offsets: Uint32Array.from(names, (name) => remainder(name, 0, size)),
    steps: Uint32Array.from(names, (name) => remainder(name, 1, size - 1) + 1),
  };
}

/**
 * The member at each place. In every round each member claims the next free place of its walk, a lighter one in as many rounds as its weight is
 * of the greatest. A member may be left out whose share is less than a place.
 */
export function maglevTable({ offsets, steps }: MaglevWalks, weights: readonly number[], size: number): Uint16Array | Uint32Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = Float64Array.from(weights, (weight) => weight / total);
  const greatest = shares.reduce((most, share) => Math.max(most, share), 0);
  // What a member must have been granted before it may claim again.
  const due = new Float64Array(shares.length);
  const at = Uint32Array.from(offsets);
  const taken = new Uint8Array(size);
  const table = shares.length > 65_536 ? new Uint32Array(size) : new Uint16Array(size);
  for (let round = 1, left = size; left > 0; round++) {
    for (let member = 0; member < shares.length && left > 0; member++) {
      // Members and places are in range, which the compiler cannot see.
      if (round * (shares[member] as number) < (due[member] as number)) continue;
      due[member] = (due[member] as number) + greatest;
      const place = freePlace(taken, at[member] as number, steps[member] as number);
      taken[place] = 1;
      table[place] = member;
      at[member] = (place + (steps[member] as number)) % size;
      left--;
    }
  }
  return table;
}

function freePlace(taken: Uint8Array, from: number, step: number): number {
  const size = taken.length;
  let place = from;
  while (taken[place] === 1) {
    place += step;
    if (place >= size) place -= size;
  }
  return place;
}

/** What 64 bits leave when divided by a number up to `largestMaglevTable`. */
export function remainderOf(high: number, low: number, divisor: number): number {
  // Below 2^52, so exact; only the quotient may be rounded to the wrong side of a whole number.
  const value = ((high >>> 0) % divisor) * 0x1_0000_0000 + (low >>> 0);
  const rest = value - Math.floor(value / divisor) * divisor;
  return rest < 0 ? rest + divisor : rest;
}
