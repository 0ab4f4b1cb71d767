// Follows how much longer requests take now than they do in the long run: Netflix's Gradient2Limit. It needs no fastest request, so it bears
// latencies that vary by themselves.
import type { ConcurrencyLimit, LimitRange, Sample } from './concurrency-limit.ts';
import { clamp, isFarBelow } from './concurrency-limit.ts';

export interface Gradient2Rules extends LimitRange {
  /** Requests may take so many times longer than in the long run before the limit falls. */
  readonly tolerance: number;
}

/** The long run, in samples; its first ones are simply averaged. */
const longRun = 600;
const warmUp = 10;
/** How much of each step is taken. */
const smoothing = 0.2;
/** Those who may wait at the other side, so that it is never idle. */
const queue = 4;

export class Gradient2Limit implements ConcurrencyLimit {
  readonly #rules: Gradient2Rules;
  /** With a fraction; what is told is cut. */
  #estimate: number;
  #long = 0;
  #samples = 0;

  constructor(rules: Gradient2Rules) {
    this.#rules = rules;
    this.#estimate = rules.initial;
  }

  get limit(): number {
    return Math.floor(this.#estimate);
  }

  get estimate(): number {
    return this.#estimate;
  }

  update({ took, inFlight }: Sample): number {
    this.#addToLongRun(took);
    // After a time of overload the long run is too long: it recovers faster than it grew.
    if (this.#long > 2 * took) this.#long *= 0.95;
    if (isFarBelow(inFlight, this.#estimate)) return this.limit;

    const { tolerance, least, most } = this.#rules;
    const gradient = clamp((tolerance * this.#long) / took, 0.5, 1);
    const next = this.#estimate * gradient + queue;
    this.#estimate = clamp((1 - smoothing) * this.#estimate + smoothing * next, least, most);
    return this.limit;
  }

  #addToLongRun(took: number): void {
    if (this.#samples < warmUp) {
      this.#samples++;
      this.#long += (took - this.#long) / this.#samples;
    } else {
      this.#long += (took - this.#long) * (2 / (longRun + 1));
    }
  }
}
