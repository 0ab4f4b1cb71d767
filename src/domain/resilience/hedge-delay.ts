// Hot path. When an answer is late enough to ask a second endpoint as well: at a quantile of the latencies of the last half minute, so that no
// more than the rest of them is asked twice. After Finagle's BackupRequestFilter; the idea is J. Dean's and L. A. Barroso's, "The Tail at
// Scale", CACM 2013. How many second requests there may be is counted by a retry budget without a reserve.
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import type { RetryBudgetRules } from './retry-budget.ts';

export interface HedgeRules {
  /** From 0 to below 1: 0.95 asks again for the slowest twentieth. */
  readonly quantile: number;
  /** Never sooner than this. */
  readonly least: Milliseconds;
  /** Second requests for each first one, at most. */
  readonly share: number;
}

/** What is told while a second request is not to be made at all. */
export const noHedge = -1;

const refreshEvery = 3000;
const generations = 3;
const lengthOfGeneration = 10_000;

export class HedgeDelay {
  readonly #quantile: number;
  readonly #least: number;
  readonly #fewest: number;
  /** The counts of each generation, and their sum, which is made when it is needed. */
  readonly #counts = Array.from({ length: generations }, () => new Float64Array(latencyBuckets.count));
  readonly #sum = new Float64Array(latencyBuckets.count);
  #current = this.#counts[0] as Float64Array;
  #generation = Number.NaN;
  #refreshAt = Number.NEGATIVE_INFINITY;
  #delay = noHedge;
  #isKnown = false;

  constructor({ quantile, least }: HedgeRules) {
    this.#quantile = quantile;
    this.#least = least;
    // With fewer, the quantile is only the longest one.
    this.#fewest = Math.ceil(1 / (1 - quantile));
  }

  /** An answer came after so long. Times of day are in milliseconds and never go back. */
  record(microseconds: number, now: number): void {
    this.#turn(now);
    const bucket = latencyBuckets.of(microseconds);
    this.#current[bucket] = (this.#current[bucket] as number) + 1;
  }

  /** Milliseconds after which to ask a second endpoint, or -1 while too few answers are known or they take longer than can be told. */
  delay(now: number): number {
    if (now >= this.#refreshAt) {
      this.#turn(now);
      this.#refresh();
      // The first one is not waited for.
      if (this.#isKnown) this.#refreshAt = now + refreshEvery;
    }
    return this.#delay;
  }

  #turn(now: number): void {
    const generation = Math.floor(now / lengthOfGeneration);
    if (generation === this.#generation) return;
    // What nobody counted in, while nothing happened, is forgotten as well.
    const passed = Math.min(generations, generation - this.#generation) || generations;
    for (let back = 0; back < passed; back++) this.#counts[(generation - back) % generations]?.fill(0);
    this.#generation = generation;
    // There are as many as generations.
    this.#current = this.#counts[generation % generations] as Float64Array;
  }

  #refresh(): void {
    let total = 0;
    for (let bucket = 0; bucket < this.#sum.length; bucket++) {
      let count = 0;
      for (let index = 0; index < generations; index++) count += this.#counts[index]?.[bucket] ?? 0;
      this.#sum[bucket] = count;
      total += count;
    }
    this.#delay = noHedge;
    this.#isKnown = total >= this.#fewest;
    if (!this.#isKnown) return;
    const microseconds = latencyBuckets.quantile(this.#sum, this.#quantile);
    if (microseconds >= longestTold) return;
    this.#delay = Math.max(this.#least, microseconds / 1000);
  }
}

const longestTold = latencyBuckets.upperEnd(latencyBuckets.count - 2);

/** A pool hedges as much as its share, and nothing beyond. */
export function hedgeBudget({ share }: HedgeRules): RetryBudgetRules {
  return { share, perSecond: 0 };
}
