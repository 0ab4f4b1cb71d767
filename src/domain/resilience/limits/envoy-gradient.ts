// Compares what requests take now with what they take when hardly any are in flight, which is measured from time to time: the gradient
// controller of Envoy's adaptive concurrency filter.
import type { LimitRange } from './concurrency-limit.ts';
import { clamp } from './concurrency-limit.ts';

export interface EnvoyGradientRules extends LimitRange {
  /** How much longer than the measured time is still good: 0.25 is a quarter. */
  readonly buffer: number;
}

/** After so many windows in a row at the least limit, the measured time is taken to be out of date. */
const windowsAtLeast = 5;

export class EnvoyGradientLimit {
  readonly #rules: EnvoyGradientRules;
  #limit: number;
  #measured = 0;
  #atLeast = 0;

  constructor(rules: EnvoyGradientRules) {
    this.#rules = rules;
    this.#limit = rules.initial;
  }

  /** While measuring, the least limit. */
  get limit(): number {
    return this.needsMeasuring ? this.#rules.least : this.#limit;
  }

  /** Whether the time without load is to be measured: requests are held at the least limit, and their quantile is given to `measured`. */
  get needsMeasuring(): boolean {
    return this.#measured === 0;
  }

  /** To be called when the time has come to measure anew. */
  forgetMeasured(): void {
    this.#measured = 0;
    this.#atLeast = 0;
  }

  measured(took: number): void {
    this.#measured = took;
  }

  /** A window is over, in which requests took so long at the chosen quantile. */
  update(took: number): number {
    if (this.needsMeasuring) return this.limit;
    const { buffer, least, most } = this.#rules;
    const gradient = clamp((this.#measured * (1 + buffer)) / took, 0.5, 2);
    const limit = this.#limit * gradient;
    this.#limit = clamp(Math.trunc(limit + Math.sqrt(limit)), least, most);
    this.#atLeast = this.#limit === least ? this.#atLeast + 1 : 0;
    if (this.#atLeast >= windowsAtLeast) this.forgetMeasured();
    return this.limit;
  }
}
