// Hot path. When a pool asks a second endpoint for what the first one is late with, and how often it may.
import { poolCounter } from '../../domain/endpoints/scoreboard.ts';
import type { HedgeRules } from '../../domain/resilience/hedge-delay.ts';
import { HedgeDelay, hedgeBudget } from '../../domain/resilience/hedge-delay.ts';
import { RetryBudget } from '../../domain/resilience/retry-budget.ts';

export interface HedgingParts {
  readonly rules: HedgeRules;
  /** Words of the budget, which all workers of the pool share. */
  readonly words: Int32Array;
  /** This worker's row of the pool on the scoreboard. */
  readonly counters: Float64Array;
  /** Milliseconds of the clock that all workers share. */
  readonly clock: () => number;
}

export class Hedging {
  readonly #delay: HedgeDelay;
  readonly #budget: RetryBudget;
  readonly #counters: Float64Array;
  readonly #clock: () => number;

  constructor({ rules, words, counters, clock }: HedgingParts) {
    this.#delay = new HedgeDelay(rules);
    this.#budget = new RetryBudget(hedgeBudget(rules), words);
    this.#counters = counters;
    this.#clock = clock;
  }

  /** Milliseconds after which to ask a second endpoint, or -1. Counts the request: it earns the pool a share of a second one. */
  delay(): number {
    const now = this.#clock();
    this.#budget.deposit(now);
    return this.#delay.delay(now);
  }

  /** Whether there may be one more second request; if so, its share is taken until `settle` says whether it was made. */
  mayHedge(): boolean {
    return this.#budget.tryWithdraw(this.#clock());
  }

  settle(isMade: boolean): void {
    if (!isMade) return this.#budget.giveBack(this.#clock());
    const counter = poolCounter.hedges;
    // The row has every counter, which the compiler cannot see.
    this.#counters[counter] = (this.#counters[counter] as number) + 1;
  }

  /** An answer began after so many milliseconds, or would have begun later; 0 for one that came before its request was complete. */
  record(latency: number): void {
    if (latency > 0) this.#delay.record(latency * 1000, this.#clock());
  }
}
