// Hot path. The same content to the same endpoint, so that each cache holds a part of it, and to another one when that endpoint has too much to
// do. V. S. Pai et al., "Locality-Aware Request Distribution in Cluster-based Network Servers", ASPLOS 1998 (LARD): a table says who has what.
// All workers share the table. What it does not know goes to its owner by rendezvous rather than to the least loaded as in the paper: so
// several balancers agree without speaking, and after a restart everybody still has what it had.
import { FastScores } from '../../../foundation/algorithms/rendezvous-scores.ts';
import { SharedTable } from '../../../foundation/algorithms/shared-table.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import { milliseconds } from '../../../foundation/basics/units.ts';
import { Hash64 } from '../../../foundation/hashing/limbs.ts';
import { xxh64Into } from '../../../foundation/hashing/xxh64.ts';
import { BoundedLoad } from '../bounded-load.ts';
import { memberOf, sortedById } from '../keyed/by-name.ts';
import type { KeyOrder } from '../keyed/key-order.ts';
import { KeyedPicker } from '../keyed/keyed-picker.ts';
import { RendezvousOrder } from '../keyed/rendezvous-order.ts';
import { keyedOn, unkeyedOptions } from '../keyed-options.ts';
import { affinityKey, count, number, word } from '../options.ts';
import type { Candidates, PolicyTools } from '../policy.ts';
import { definePolicy } from '../policy.ts';

/** For a worker that was given no table. */
const ownTable = { capacity: 16_384, lifetime: milliseconds(86_400_000) };

export const content = definePolicy({
  name: 'content',
  summary:
    'Sends the same content to the same endpoint, and moves it to the least busy one when that endpoint has too much to do while others have not.',
  choose:
    'Endpoints that keep in memory what they serve: files, pictures, rendered pages. Together they hold as much as all of their memories, while popular content cannot overload one of them.',
  cost: 'O(1) for a pick of known content while its endpoint is not overloaded, O(n) otherwise; O(n log n) to build.',
  source: 'V. S. Pai et al., "Locality-Aware Request Distribution in Cluster-based Network Servers", ASPLOS 1998.',
  honoursWeights: true,
  keyedOn,
  needsAssignments: true,
  options: {
    key: affinityKey({ default: ['path'], about: 'What the content is known by.' }),
    fallback: unkeyedOptions.fallback,
    spill: word({
      words: ['lard', 'bounded'],
      default: 'lard',
      about:
        'lard: content moves to the least busy endpoint, for good, by `low` and `high`. bounded: it stays where it is, and requests beyond `bound` go to others; nothing is remembered.',
    }),
    low: count({
      least: 1,
      most: 1_000_000,
      default: 25,
      about: 'With `lard`: below so many requests in flight an endpoint has room. Best where requests begin to wait for each other.',
    }),
    high: count({
      least: 1,
      most: 1_000_000,
      default: 65,
      about:
        'With `lard`: above so many requests in flight content moves if another endpoint is below `low`; from twice as many on it moves anyway. Best where answers take twice as long.',
    }),
    bound: number({
      least: 1.01,
      most: 100,
      default: 1.25,
      about: 'With `bounded`: how many times its fair share of the requests in flight an endpoint takes.',
    }),
  },
  build: (candidates, settings, tools) => {
    const sorted = sortedById(candidates);
    const order = new RendezvousOrder(new FastScores(sorted.map(memberOf)), sorted.length);
    if (settings.spill === 'bounded') return new BoundedLoad(new KeyedPicker(sorted, order), sorted, settings.bound);
    return new KeyedPicker(sorted, new AssignedOrder(sorted, order, settings, tools));
  },
});

interface Marks {
  readonly low: number;
  readonly high: number;
}

/** First who has the content, then the others in the content's own order. */
class AssignedOrder implements KeyOrder {
  readonly #candidates: Candidates;
  readonly #own: RendezvousOrder;
  readonly #tools: PolicyTools;
  readonly #table: SharedTable;
  /** By slot on the scoreboard, which is what the table holds: the place among the candidates, or -1. */
  readonly #places: Int32Array;
  // Indices below are in range, which the compiler cannot see.
  /** By place: `low` and `high` for the endpoint's weight. */
  readonly #lows: Float64Array;
  readonly #highs: Float64Array;
  readonly #hash = new Hash64();
  #key = '';
  #hasBegun = false;

  constructor(candidates: Candidates, own: RendezvousOrder, { low, high }: Marks, tools: PolicyTools) {
    const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
    this.#candidates = candidates;
    this.#own = own;
    this.#tools = tools;
    this.#table = tools.assignments ?? new SharedTable(ownTable, 0);
    this.#places = new Int32Array(candidates.reduce((most, { load }) => Math.max(most, load.slot), 0) + 1).fill(-1);
    candidates.forEach(({ load }, place) => {
      this.#places[load.slot] = place;
    });
    this.#lows = Float64Array.from(candidates, ({ weight }) => (low * candidates.length * weight) / total);
    this.#highs = Float64Array.from(candidates, ({ weight }) => (Math.max(low, high) * candidates.length * weight) / total);
  }

  first(key: string): number {
    this.#key = key;
    this.#hasBegun = false;
    xxh64Into(key, 0, this.#hash);
    const { high, low } = this.#hash;
    const now = this.#tools.now() | 0;
    const known = this.#placeOf(this.#table.touch(high, low, now));
    if (known >= 0 && this.#isUp(known) && !this.#mustMove(known)) return known;

    const place = known >= 0 && this.#isUp(known) ? this.#leastBusy() : this.#place();
    // It stays with who is down if nobody is up. If others keep the table locked, the next request tries again.
    if (this.#isUp(place) && place !== known) this.#table.put(high, low, itemAt(this.#candidates, place).load.slot, now);
    return place;
  }

  next(): number {
    if (!this.#hasBegun) this.#own.begin(this.#key);
    this.#hasBegun = true;
    return this.#own.next();
  }

  /** -1 for no slot, and for that of another tier or of an endpoint that has left. */
  #placeOf(slot: number): number {
    return slot < 0 || slot >= this.#places.length ? -1 : (this.#places[slot] as number);
  }

  /** Of content that nobody has: its owner, or the least busy if that one is busy already. An owner that is down is stood in for by the next one. */
  #place(): number {
    const first = this.#own.first(this.#key);
    let owner = first;
    while (owner >= 0 && !this.#isUp(owner)) owner = this.#own.next();
    if (owner < 0) return first;
    return this.#loadOf(owner) > (this.#lows[owner] as number) ? this.#leastBusy() : owner;
  }

  #mustMove(place: number): boolean {
    const load = this.#loadOf(place);
    const high = this.#highs[place] as number;
    if (load <= high) return false;
    return load >= 2 * high || this.#hasRoomSomewhere();
  }

  #hasRoomSomewhere(): boolean {
    for (let place = 0; place < this.#candidates.length; place++) {
      if (this.#loadOf(place) < (this.#lows[place] as number) && this.#isUp(place)) return true;
    }
    return false;
  }

  /** For its weight, of those that are up; there is one. Of several that are least busy each may be it. */
  #leastBusy(): number {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    let ties = 1;
    for (let place = 0; place < this.#candidates.length; place++) {
      if (!this.#isUp(place)) continue;
      const load = this.#loadOf(place) / (this.#lows[place] as number);
      if (load > least) continue;
      ties = load === least ? ties + 1 : 1;
      if (load === least && this.#tools.random() * ties >= 1) continue;
      best = place;
      least = load;
    }
    return best;
  }

  #isUp(place: number): boolean {
    return itemAt(this.#candidates, place).load.isUp;
  }

  #loadOf(place: number): number {
    return itemAt(this.#candidates, place).load.inFlight;
  }
}
