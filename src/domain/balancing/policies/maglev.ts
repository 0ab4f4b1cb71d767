// Hot path. Maglev hashing: the key's hash is the place in a table, in which every endpoint has its share of places.
// D. E. Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016; filled as in Envoy (maglev_lb.cc).
import { largestMaglevTable, maglevTable, maglevWalks, remainderOf } from '../../../foundation/algorithms/maglev-table.ts';
import { primeFrom } from '../../../foundation/algorithms/primes.ts';
import { FastScores } from '../../../foundation/algorithms/rendezvous-scores.ts';
import { Hash64 } from '../../../foundation/hashing/limbs.ts';
import { xxh64Into } from '../../../foundation/hashing/xxh64.ts';
import { memberOf, sortedById } from '../keyed/by-name.ts';
import type { KeyOrder } from '../keyed/key-order.ts';
import { KeyedPicker } from '../keyed/keyed-picker.ts';
import { RendezvousOrder } from '../keyed/rendezvous-order.ts';
import { keyedOn, keyedOptions } from '../keyed-options.ts';
import { count } from '../options.ts';
import type { Candidates } from '../policy.ts';
import { definePolicy } from '../policy.ts';

export const maglev = definePolicy({
  name: 'maglev',
  summary:
    'Sends the same key to the same endpoint, by a table with even shares; when endpoints come or go hardly more than their own keys move.',
  choose:
    'Caches and sessions behind any number of endpoints: the fastest way, with the evenest shares, and the one of Envoy with the same name.',
  cost: 'O(1) for a pick; O(m log m) to build a table of m places.',
  source: 'D. E. Eisenbud et al., NSDI 2016; Envoy (maglev_lb).',
  honoursWeights: true,
  keyedOn,
  options: {
    ...keyedOptions,
    tableSize: count({
      least: 7,
      most: 1_000_000,
      default: 65_537,
      about:
        'Places in the table: a hundred or more for each endpoint keep shares even to a hundredth. Raised to the next prime, and to the number of ' +
        'endpoints. All balancers that are to agree need the same.',
    }),
  },
  build: (candidates, { tableSize }) => {
    const sorted = sortedById(candidates);
    return new KeyedPicker(sorted, new MaglevOrder(sorted, primeFrom(Math.min(Math.max(tableSize, sorted.length), largestMaglevTable))));
  },
});

/** So many more places of the table are looked at, before the others follow by their scores. */
const mostProbes = 20;

class MaglevOrder implements KeyOrder {
  readonly #table: Uint16Array | Uint32Array;
  readonly #rest: RendezvousOrder;
  readonly #hash = new Hash64();
  #key = '';
  #place = 0;
  #step = 0;
  #probes = 0;

  constructor(candidates: Candidates, size: number) {
    const members = candidates.map(memberOf);
    const walks = maglevWalks(
      members.map(({ name }) => name),
      size,
    );
    this.#table = maglevTable(
      walks,
      members.map(({ weight }) => weight),
      size,
    );
    this.#rest = new RendezvousOrder(new FastScores(members), members.length);
  }

  first(key: string): number {
    xxh64Into(key, 0, this.#hash);
    this.#key = key;
    this.#probes = 0;
    this.#place = remainderOf(this.#hash.high, this.#hash.low, this.#table.length);
    return this.#owner();
  }

  next(): number {
    const size = this.#table.length;
    if (this.#probes === 0) this.#step = ((this.#hash.high >>> 0) % (size - 1)) + 1;
    if (this.#probes === mostProbes) this.#rest.begin(this.#key);
    if (++this.#probes > mostProbes) return this.#rest.next();
    this.#place = (this.#place + this.#step) % size;
    return this.#owner();
  }

  #owner(): number {
    // The place is one of the table, which the compiler cannot see.
    return this.#table[this.#place] as number;
  }
}
