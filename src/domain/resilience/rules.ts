// What a pool's settings say of retries, limits, waiting and deadlines, as plain data for those who act on it. Without zod, which no worker loads.
import type { Bytes, Milliseconds } from '../../foundation/basics/units.ts';
import type { BackoffRules } from './backoff.ts';
import type { RetryBudgetRules } from './retry-budget.ts';
import type { CodelRules } from './waiting/codel.ts';
import type { Order } from './waiting/lane.ts';

export interface RetryRules {
  /** Tries in all: 1 means never again. */
  readonly attempts: number;
  /** Statuses that are tried again as failures are. */
  readonly on: readonly number[];
  /** Without one, every failure that may be tried again is. */
  readonly budget?: RetryBudgetRules;
  readonly backoff: BackoffRules;
  /** From the beginning of a try to the head of its answer. Infinity for what the pool's timeouts allow. */
  readonly perTry: Milliseconds;
  /** From the beginning of the first try to the head of an answer. */
  readonly within: Milliseconds;
  /** The largest body that is kept to be sent again. 0 for none. */
  readonly body: Bytes;
}

export interface ConcurrencyRules {
  readonly adaptive: 'aimd' | 'gradient';
  readonly least: number;
  readonly most: number;
  readonly initial: number;
  /** For `aimd`. */
  readonly slowAfter: Milliseconds;
  /** For `gradient`. */
  readonly tolerance: number;
}

export interface QueueRules {
  /** In each worker. */
  readonly size: number;
  readonly timeout: Milliseconds;
  /** `adaptive`: the oldest first, and the newest while the queue stands. */
  readonly order: Order | 'adaptive';
  /** Shortens waits while the queue stands. */
  readonly codel?: CodelRules;
  readonly priority?: PriorityRules;
}

export interface PriorityRules {
  /** Whose value is the class: 0 for the most important. In small letters. */
  readonly header: string;
  /** The most that may wait of each class. */
  readonly limits: readonly number[];
}

export interface DeadlineRules {
  /** Fields in which a client says how long it waits, in small letters. The first one is added where a client says nothing and the route does. */
  readonly headers: readonly [string, ...string[]];
  readonly margin: Milliseconds;
}
