// Hot path. One tier of a pool: its candidates, the policy's picker over them, and what is done when the pick may not be taken.

import { itemAt } from '../../foundation/basics/item-at.ts';
import type { Random } from '../../foundation/basics/random.ts';
import { xxh32 } from '../../foundation/hashing/xxh32.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Gate } from './gates/gate.ts';
import type { Candidates, Picker, PickRequest } from './policy.ts';
import { warmLimit } from './warm-up.ts';

// A policy that draws anew each time finds one of a few that may be taken; with half of all endpoints taken out, one exchange in sixteen has
// to do without its policy.
const asks = 4;
const allHashes = 0x1_0000_0000;

export interface TierParts {
  readonly candidates: Candidates;
  readonly picker: Picker;
  /** The policy walks on along the key's own order, so that it can be asked until an endpoint may be taken. */
  readonly isKeyed: boolean;
  /** Share of keys and of its limit that an endpoint takes while it warms up, by id: see `Snapshot`. */
  readonly warming: ReadonlyMap<string, number>;
  /** Health is not believed. */
  readonly inPanic: boolean;
  readonly gate: Gate | undefined;
  readonly random: Random;
}

export class Tier {
  readonly candidates: Candidates;
  readonly picker: Picker;
  /** An endpoint could have been taken but for its limit, when `take` last found none. */
  isSaturated = false;
  readonly #isKeyed: boolean;
  readonly #warming: ReadonlyMap<string, number> | undefined;
  readonly #inPanic: boolean;
  readonly #gate: Gate | undefined;
  readonly #random: Random;
  /** Asked again with, one attempt further each time. */
  readonly #again: { key: string | undefined; attempt: number } = { key: undefined, attempt: 0 };

  constructor({ candidates, picker, isKeyed, warming, inPanic, gate, random }: TierParts) {
    this.candidates = candidates;
    this.picker = picker;
    this.#isKeyed = isKeyed;
    this.#warming = warming.size === 0 ? undefined : warming;
    this.#inPanic = inPanic;
    this.#gate = gate;
    this.#random = random;
  }

  /** An endpoint that is not among the tried ones, as the policy would have it, with its load held; undefined when none may be taken. */
  take(request: PickRequest, tried: readonly Endpoint[]): Endpoint | undefined {
    const first = this.picker.pick(request);
    if (this.#mayTake(first, request, tried) && this.#hold(first)) return first;
    return this.#takeOther(request, tried);
  }

  /** Some endpoint could be taken now. Looks at all of them where all are full. */
  hasRoom(): boolean {
    for (let index = 0; index < this.candidates.length; index++) {
      const endpoint = itemAt(this.candidates, index);
      if (this.#maySend(endpoint) && endpoint.load.inFlight < this.#limitOf(endpoint)) return true;
    }
    return false;
  }

  /** No endpoint may be sent to, however much room there is. */
  hasNobody(): boolean {
    for (let index = 0; index < this.candidates.length; index++) if (this.#maySend(itemAt(this.candidates, index))) return false;
    return true;
  }

  #takeOther(request: PickRequest, tried: readonly Endpoint[]): Endpoint | undefined {
    const most = this.#isKeyed ? this.candidates.length : Math.min(asks, this.candidates.length);
    for (let ask = 1; ask < most; ask++) {
      // Where nobody may be taken, one look at all of them says so: walking along a key's order instead takes the longest just when most has
      // to be refused.
      if (ask === asks && this.#leastBusy(tried) === undefined) return undefined;
      this.#again.key = request.key;
      this.#again.attempt = request.attempt + ask;
      const picked = this.picker.pick(this.#again);
      if (this.#mayTake(picked, request, tried) && this.#hold(picked)) return picked;
    }
    return this.#takeLeastBusy(tried);
  }

  /** The least busy for its weight of all that may be taken. A pass begins anywhere, so that equal ones share what comes. */
  #takeLeastBusy(tried: readonly Endpoint[]): Endpoint | undefined {
    // Another worker may be faster to the last free place of an endpoint; each time that happens one endpoint more is full.
    for (let round = 0; round <= this.candidates.length; round++) {
      const best = this.#leastBusy(tried);
      if (best === undefined) return undefined;
      if (this.#hold(best)) return best;
    }
    return undefined;
  }

  #leastBusy(tried: readonly Endpoint[]): Endpoint | undefined {
    const count = this.candidates.length;
    const start = Math.floor(this.#random() * count);
    let best: Endpoint | undefined;
    this.isSaturated = false;
    for (let step = 0; step < count; step++) {
      const endpoint = itemAt(this.candidates, (start + step) % count);
      if (!this.#maySend(endpoint) || !isUntried(endpoint, tried)) continue;
      const { inFlight } = endpoint.load;
      if (inFlight >= this.#limitOf(endpoint)) this.isSaturated = true;
      else if (best === undefined || inFlight * best.weight < best.load.inFlight * endpoint.weight) best = endpoint;
    }
    return best;
  }

  #mayTake(endpoint: Endpoint, request: PickRequest, tried: readonly Endpoint[]): boolean {
    if (!this.#maySend(endpoint) || !isUntried(endpoint, tried)) return false;
    return this.#warming === undefined || this.#isWarmFor(endpoint, request.key);
  }

  #hold(endpoint: Endpoint): boolean {
    return holdThrough(this.#gate, endpoint, this.#limitOf(endpoint));
  }

  #limitOf({ id, maxConnections }: Endpoint): number {
    const share = this.#warming?.get(id);
    return share === undefined ? maxConnections : warmLimit(maxConnections, share);
  }

  #maySend(endpoint: Endpoint): boolean {
    const { load } = endpoint;
    if (this.#gate !== undefined && !this.#gate.isOpen(endpoint)) return false;
    return load.isUp || (this.#inPanic && load.isUpInPanic);
  }

  /** A growing share of the keys, always the same ones first, so that a cache fills up instead of being changed around. */
  #isWarmFor(endpoint: Endpoint, key: string | undefined): boolean {
    const share = this.#warming?.get(endpoint.id);
    if (share === undefined) return true;
    return key === undefined ? share > 0 : xxh32(key) < share * allHashes;
  }
}

/** Takes an endpoint, if its gate and its present limit let it. */
export function holdThrough(gate: Gate | undefined, endpoint: Endpoint, limit: number): boolean {
  if (gate === undefined) return endpoint.load.tryHold(limit);
  if (!gate.admits(endpoint)) return false;
  if (endpoint.load.tryHold(limit)) return true;
  // The trial that this may have used up is given to another.
  gate.ended(endpoint, 'nothing', gate.ticket, 0);
  return false;
}

/** By id, because an endpoint of an earlier snapshot is the same endpoint. The list is as short as the retries are few. */
export function isUntried(endpoint: Endpoint, tried: readonly Endpoint[]): boolean {
  for (let index = 0; index < tried.length; index++) if (itemAt(tried, index).id === endpoint.id) return false;
  return true;
}
