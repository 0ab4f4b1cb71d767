// Hot path. A small pool of readings ("probes") of endpoints, one of each at most: how busy and how fast it is. The client's side of Prequal
// (B. Wydrowski et al., "Load is not what you should balance", NSDI 2024): the hot-cold rule, compensation, reuse budgets and removal.
// Everything stands in arrays made once, and no fraction is handed from one method to another: it may become an object on the heap.
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { EndpointLoad } from '../../endpoints/endpoint-load.ts';
import type { LatencyByLoad } from './latency-by-load.ts';
import { RecentQuantile } from './recent-quantile.ts';
import type { SmallDraws } from './small-draws.ts';

export interface ProbedEndpoint {
  readonly load: EndpointLoad;
  readonly latencies: LatencyByLoad;
  /** What one request in flight counts there: 1 on average, half for twice the weight. */
  readonly loadOfOne: number;
}

export interface PoolRules {
  /** Readings at most. */
  readonly size: number;
  /** How often a reading may be used; on average, if it is a fraction. */
  readonly budget: number;
  /** An endpoint is hot when it has more load than this share of recent readings. */
  readonly hotQuantile: number;
}

const nowhere = -1;
/** So many readings of load tell which load is high. */
const historyLength = 128;
/** In how many parts chance divides what is left of a budget beside whole uses. */
const chances = 0x1_0000;

export class ProbePool {
  readonly #rules: PoolRules;
  readonly #probed: readonly ProbedEndpoint[];
  readonly #draws: SmallDraws;
  /** What one request counts, by endpoint. */
  readonly #loadOfOne: Float64Array;
  /** Where the reading of an endpoint stands, by endpoint. */
  readonly #places: Int32Array;
  // Of each place in the pool, of which the first `size` are in use, in no order.
  readonly #endpoints: Int32Array;
  readonly #loads: Float64Array;
  readonly #latencies: Float64Array;
  readonly #times: Float64Array;
  readonly #numbers: Int32Array;
  readonly #usesLeft: Int32Array;
  readonly #history = new RecentQuantile(historyLength);
  /** One number each: the present time, and the load above which endpoints are hot. */
  readonly #now = new Float64Array(1);
  readonly #limit = new Float64Array(1);
  #size = 0;
  /** Of readings so far. */
  #number = 0;

  constructor(probed: readonly ProbedEndpoint[], rules: PoolRules, draws: SmallDraws) {
    this.#rules = rules;
    this.#probed = probed;
    this.#draws = draws;
    this.#loadOfOne = Float64Array.from(probed, ({ loadOfOne }) => loadOfOne);
    this.#places = new Int32Array(probed.length).fill(nowhere);
    this.#endpoints = new Int32Array(rules.size);
    this.#loads = new Float64Array(rules.size);
    this.#latencies = new Float64Array(rules.size);
    this.#times = new Float64Array(rules.size);
    this.#numbers = new Int32Array(rules.size);
    this.#usesLeft = new Int32Array(rules.size);
  }

  get size(): number {
    return this.#size;
  }

  /** The endpoints that there are readings of. For tests. */
  get members(): readonly number[] {
    return [...this.#endpoints.subarray(0, this.#size)];
  }

  /** For all that follows, until the next time. Readings that are older than `age` are dropped. */
  setTime(now: number, age: number): void {
    this.#now[0] = now;
    for (let place = this.#size - 1; place >= 0; place--) {
      // All indices of this class are in range, which the compiler cannot see.
      if (now - (this.#times[place] as number) > age) this.#removeAt(place);
    }
  }

  /** Reads an endpoint, instead of its earlier reading or, when the pool is full, of the oldest one. */
  read(endpoint: number): void {
    const { load, latencies } = itemAt(this.#probed, endpoint);
    const place = this.#placeFor(endpoint);
    const { inFlight } = load;
    this.#loads[place] = inFlight * (this.#loadOfOne[endpoint] as number);
    this.#times[place] = this.#now[0] as number;
    this.#numbers[place] = this.#number;
    this.#number = (this.#number + 1) | 0;
    this.#usesLeft[place] = this.#drawBudget();
    latencies.estimateInto(this.#latencies, this.#times, place, inFlight);
    this.#history.addFrom(this.#loads, place);
  }

  /**
   * The fastest of the endpoints that are not hot; the least loaded when all are hot; what ties is drawn. The request that is sent there now is
   * in no reading, and counts in this one until there is another. Needs one reading.
   */
  choose(): number {
    this.#followLoads();
    this.#setLimit();
    let best = 0;
    let ties = 1;
    for (let place = 1; place < this.#size; place++) {
      const order = this.#compare(place, best);
      if (order > 0) continue;
      ties = order === 0 ? ties + 1 : 1;
      if (order === 0 && this.#draws.below(ties) > 0) continue;
      best = place;
    }
    const endpoint = this.#endpoints[best] as number;
    this.#loads[best] = (this.#loads[best] as number) + (this.#loadOfOne[endpoint] as number);
    const left = (this.#usesLeft[best] as number) - 1;
    this.#usesLeft[best] = left;
    if (left === 0) this.#removeAt(best);
    return endpoint;
  }

  /** Needs one reading, as does the next. */
  removeOldest(): void {
    this.#removeAt(this.#oldest());
  }

  /** The most loaded hot endpoint; the slowest when none is hot. */
  removeWorst(): void {
    this.#setLimit();
    let worst = 0;
    for (let place = 1; place < this.#size; place++) if (this.#compare(place, worst) > 0) worst = place;
    this.#removeAt(worst);
  }

  /** An endpoint that is busier by now than when it was read counts as what it is. */
  #followLoads(): void {
    for (let place = 0; place < this.#size; place++) {
      const endpoint = this.#endpoints[place] as number;
      const load = itemAt(this.#probed, endpoint).load.inFlight * (this.#loadOfOne[endpoint] as number);
      if (load > (this.#loads[place] as number)) this.#loads[place] = load;
    }
  }

  #setLimit(): void {
    const { hotQuantile } = this.#rules;
    if (hotQuantile === 0) this.#limit[0] = -1;
    else this.#limit[0] = hotQuantile === 1 ? Number.POSITIVE_INFINITY : this.#history.quantile(hotQuantile);
  }

  /** Below 0 when the reading in one place is better than that in the other, 0 when they tie. */
  #compare(one: number, other: number): number {
    const limit = this.#limit[0] as number;
    const load = this.#loads[one] as number;
    const otherLoad = this.#loads[other] as number;
    const isHot = load > limit;
    if (isHot !== otherLoad > limit) return isHot ? 1 : -1;
    const byLoad = signOf(load, otherLoad);
    const byLatency = signOf(this.#latencies[one] as number, this.#latencies[other] as number);
    return isHot ? byLoad || byLatency : byLatency || byLoad;
  }

  #drawBudget(): number {
    const { budget } = this.#rules;
    const whole = Math.floor(budget);
    return this.#draws.below(chances) < (budget - whole) * chances ? whole + 1 : whole;
  }

  #placeFor(endpoint: number): number {
    const known = this.#places[endpoint] as number;
    if (known !== nowhere) return known;
    if (this.#size === this.#endpoints.length) this.removeOldest();
    const place = this.#size++;
    this.#endpoints[place] = endpoint;
    this.#places[endpoint] = place;
    return place;
  }

  #oldest(): number {
    let oldest = 0;
    for (let place = 1; place < this.#size; place++) {
      // By the difference, which is right also where the numbers begin anew.
      if ((((this.#numbers[place] as number) - (this.#numbers[oldest] as number)) | 0) < 0) oldest = place;
    }
    return oldest;
  }

  /** The last reading comes in its place. */
  #removeAt(place: number): void {
    const last = --this.#size;
    this.#places[this.#endpoints[place] as number] = nowhere;
    if (place === last) return;
    const endpoint = this.#endpoints[last] as number;
    this.#endpoints[place] = endpoint;
    this.#loads[place] = this.#loads[last] as number;
    this.#latencies[place] = this.#latencies[last] as number;
    this.#times[place] = this.#times[last] as number;
    this.#numbers[place] = this.#numbers[last] as number;
    this.#usesLeft[place] = this.#usesLeft[last] as number;
    this.#places[endpoint] = place;
  }
}

const signOf = (one: number, other: number): number => (one < other ? -1 : one > other ? 1 : 0);
