// One more while all is well, a tenth less when something is not: additive increase, multiplicative decrease (D.-M. Chiu and R. Jain, 1989),
// as in Netflix's AIMDLimit.
import type { Milliseconds } from '../../../foundation/basics/units.ts';
import type { ConcurrencyLimit, LimitRange, Sample } from './concurrency-limit.ts';
import { clamp, isFarBelow } from './concurrency-limit.ts';

export interface AimdRules extends LimitRange {
  /** What took longer counts as dropped. */
  readonly slowAfter: Milliseconds;
  /** The limit is multiplied by this when something was dropped. */
  readonly backoff: number;
}

export class AimdLimit implements ConcurrencyLimit {
  readonly #rules: AimdRules;
  #limit: number;

  constructor(rules: AimdRules) {
    this.#rules = rules;
    this.#limit = rules.initial;
  }

  get limit(): number {
    return this.#limit;
  }

  update({ took, inFlight, dropped }: Sample): number {
    const { least, most, slowAfter, backoff } = this.#rules;
    if (dropped || took > slowAfter) this.#limit = Math.floor(this.#limit * backoff);
    else if (!isFarBelow(inFlight, this.#limit)) this.#limit++;
    this.#limit = clamp(this.#limit, least, most);
    return this.#limit;
  }
}
