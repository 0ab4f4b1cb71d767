// Hot path. A limit for keyed policies: no endpoint holds more than so many times its share of the requests in flight; what is over goes elsewhere.
// V. Mirrokni, M. Thorup, M. Zadimoghaddam, "Consistent Hashing with Bounded Loads", SODA 2018. Shares in whole slots as in HAProxy
// (chash_server_is_eligible in lb_chash.c); where to go instead from the key, not to the next one in a row, as in Envoy: J. Chen, B. Coleman,
// A. Shrivastava, "Revisiting Consistent Hashing with Bounded Loads", AAAI 2021.
import { primeFrom } from '../../foundation/algorithms/primes.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import { avalanche } from '../../foundation/hashing/haproxy-hashes.ts';
import { xxh32 } from '../../foundation/hashing/xxh32.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { sortedById } from './keyed/by-name.ts';
import type { Learner } from './learner.ts';
import type { Candidates, Picker, PickRequest } from './policy.ts';

const leastFactor = 1.01;
const fraction = 10_000;

/** Slots of all endpoints together, when so many requests are in flight and one more comes: more than requests, so one of them is free. */
export function allSlots(inFlight: number, factor: number): number {
  // In whole ten-thousandths, because 10 times 1.1 is a little more than 11.
  return Math.ceil(((inFlight + 1) * Math.round(Math.max(factor, leastFactor) * fraction)) / fraction);
}

/**
 * The slots of the endpoint whose weight reaches from `before` to `after` on the scale of all weights, which ends at `total`. Every endpoint's
 * end is rounded down, so that all of them together have `slots`, no more; but each has one.
 */
export function boundedSlots(slots: number, before: number, after: number, total: number): number {
  // At the very end nothing may be lost by rounding, or there would not be a slot for everybody.
  const end = after === total ? slots : Math.floor((slots * after) / total);
  return Math.max(1, end - Math.floor((slots * before) / total));
}

/** The limit around a policy's picker. Held exactly as long as one worker picks; many may go beyond it by a request each. */
export class BoundedLoad implements Picker {
  readonly learner?: Learner;
  readonly #picker: Picker;
  readonly #factor: number;
  readonly #candidates: Candidates;
  /** By slot on the scoreboard: the place among the candidates. */
  readonly #places: Int32Array;
  /** Those that are up, as of the last look. What the others still hold counts nowhere. */
  #up: readonly Endpoint[] = [];
  /** Where each candidate's weight ends on the scale of the weights that are up: one that is down begins where it ends. */
  readonly #ends: Float64Array;
  /** A prime, so that any step leads to all places. */
  readonly #walkLength: number;

  constructor(picker: Picker, candidates: Candidates, factor: number) {
    this.#picker = picker;
    this.#factor = factor;
    // Whatever the order of the list, every balancer gives the same endpoints the same slots.
    this.#candidates = sortedById(candidates);
    this.#places = new Int32Array(candidates.reduce((most, { load }) => Math.max(most, load.slot), 0) + 1);
    this.#candidates.forEach(({ load }, place) => {
      this.#places[load.slot] = place;
    });
    this.#ends = new Float64Array(candidates.length);
    this.#walkLength = primeFrom(candidates.length);
    if (picker.learner !== undefined) this.learner = picker.learner;
    this.#lookWhoIsUp();
  }

  pick(request: PickRequest): Endpoint {
    const endpoint = this.#picker.pick(request);
    const { load } = endpoint;
    // Every endpoint has a slot for one request. One that is down is for the caller to pass over: the key's own order says who is next.
    if (load.inFlight === 0 || !load.isUp) return endpoint;
    // The index is a candidate's slot, which the compiler cannot see.
    const place = this.#places[load.slot] as number;
    if (this.#weightAt(place) === 0) this.#lookWhoIsUp();
    const slots = allSlots(this.#inFlight(), this.#factor);
    return load.inFlight < this.#slotsAt(place, slots) ? endpoint : this.#elsewhere(request, slots, endpoint);
  }

  refresh(now: number): void {
    this.#lookWhoIsUp();
    this.#picker.refresh?.(now);
  }

  /** All candidates in an order of the key's own, until one has a free slot. The least overloaded when none has. */
  #elsewhere({ key = '', attempt }: PickRequest, slots: number, full: Endpoint): Endpoint {
    // Signed on its way into functions, where a number above 2^31 may be boxed.
    const hash = xxh32(key, attempt) | 0;
    const length = this.#walkLength;
    const step = 1 + (avalanche(hash) % (length - 1));
    let place = (hash >>> 0) % length;
    let best = full;
    let least = Number.POSITIVE_INFINITY;
    for (let steps = 0; steps < length; steps++) {
      place = place + step >= length ? place + step - length : place + step;
      if (place >= this.#candidates.length || this.#weightAt(place) === 0) continue;
      const endpoint = itemAt(this.#candidates, place);
      const share = this.#slotsAt(place, slots);
      const { inFlight } = endpoint.load;
      if (!endpoint.load.isUp || inFlight >= least * share) continue;
      if (inFlight < share) return endpoint;
      best = endpoint;
      least = inFlight / share;
    }
    return best;
  }

  #inFlight(): number {
    let sum = 0;
    for (let index = 0; index < this.#up.length; index++) sum += itemAt(this.#up, index).load.inFlight;
    return sum;
  }

  #slotsAt(place: number, slots: number): number {
    return boundedSlots(slots, this.#startOf(place), this.#endOf(place), this.#endOf(this.#ends.length - 1));
  }

  #weightAt(place: number): number {
    return this.#endOf(place) - this.#startOf(place);
  }

  #startOf(place: number): number {
    return place === 0 ? 0 : this.#endOf(place - 1);
  }

  #endOf(place: number): number {
    // The place is a candidate's, which the compiler cannot see.
    return this.#ends[place] as number;
  }

  #lookWhoIsUp(): void {
    let end = 0;
    let changed = false;
    this.#candidates.forEach(({ weight, load }, place) => {
      if (load.isUp) end += weight;
      if (this.#ends[place] !== end) changed = true;
      this.#ends[place] = end;
    });
    if (changed) this.#up = this.#candidates.filter(({ load }) => load.isUp);
  }
}
