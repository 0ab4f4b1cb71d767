// When a circuit breaker opens, for how long, and how it closes again.
import type { Milliseconds } from '../../foundation/basics/units.ts';

export interface BreakerRules {
  /** What is judged: the calls of this time. */
  readonly window: Milliseconds;
  /** Fewer calls than this say nothing. */
  readonly leastCalls: number;
  /** Opens when this share of calls fails, from above 0 to 1. Judged with each call that failed or was slow. */
  readonly failures: number;
  /** Opens when this share of calls is slow, from above 0 to 1. */
  readonly slow: number;
  /** From which time on a call is slow. Infinity for never. */
  readonly slowAfter: Milliseconds;
  /** How long it stays open the first time, up to half of it more or less. It doubles each time that a trial fails. */
  readonly open: Milliseconds;
  readonly mostOpen: Milliseconds;
  /** Trials of the first round when it is half open. The first that fails or is slow opens it again. */
  readonly trials: number;
  /** It closes after so many rounds, each with twice the trials of the one before, up to 255. */
  readonly rounds: number;
}
