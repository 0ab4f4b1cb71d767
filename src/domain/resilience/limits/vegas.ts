// Guesses how many requests wait at the other side from how much longer they take than the fastest one, and holds that between two bounds:
// TCP Vegas (L. Brakmo and L. Peterson, 1995), as in Netflix's VegasLimit.
import type { Random } from '../../../foundation/basics/random.ts';
import type { ConcurrencyLimit, LimitRange, Sample } from './concurrency-limit.ts';
import { clamp, isFarBelow } from './concurrency-limit.ts';

/** After about so many times the limit, the fastest one is looked for anew. */
const probeFactor = 30;

export class VegasLimit implements ConcurrencyLimit {
  readonly #range: LimitRange;
  readonly #random: Random;
  #limit: number;
  #fastest = 0;
  #samples = 0;
  #jitter: number;

  constructor(range: LimitRange, random: Random) {
    this.#range = range;
    this.#random = random;
    this.#limit = range.initial;
    this.#jitter = this.#drawJitter();
  }

  get limit(): number {
    return this.#limit;
  }

  update({ took, inFlight, dropped }: Sample): number {
    this.#samples++;
    if (this.#samples >= this.#jitter * probeFactor * this.#limit) {
      this.#samples = 0;
      this.#jitter = this.#drawJitter();
      this.#fastest = took;
      return this.#limit;
    }
    if (this.#fastest === 0 || took < this.#fastest) {
      this.#fastest = took;
      return this.#limit;
    }
    this.#limit = clamp(this.#next(took, inFlight, dropped), this.#range.least, this.#range.most);
    return this.#limit;
  }

  #next(took: number, inFlight: number, dropped: boolean): number {
    const limit = this.#limit;
    const step = Math.max(1, Math.floor(Math.log10(limit)));
    if (dropped) return limit - step;
    if (isFarBelow(inFlight, limit)) return limit;
    const waiting = Math.ceil(limit * (1 - this.#fastest / took));
    if (waiting <= step) return limit + 6 * step;
    if (waiting < 3 * step) return limit + step;
    return waiting > 6 * step ? limit - step : limit;
  }

  #drawJitter(): number {
    return 0.5 + this.#random() / 2;
  }
}
