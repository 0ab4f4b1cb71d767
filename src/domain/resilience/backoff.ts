// How long to wait before another try. Waits grow with the tries, and chance spreads them, so that those who failed together do not come
// back together: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015. Bounds as in Envoy: 25 ms, and ten times as much.
import type { Random } from '../../foundation/basics/random.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';

/** `full`: anywhere up to the bound of a try. `equal`: in the upper half of it. `decorrelated`: up to three times the wait before. */
export const jitters = ['full', 'equal', 'decorrelated'] as const;
export type Jitter = (typeof jitters)[number];

export interface BackoffRules {
  readonly jitter: Jitter;
  /** The bound before the first retry; it doubles with each further one. */
  readonly base: Milliseconds;
  readonly most: Milliseconds;
}

/** What the most is when only the base is given. */
export const mostByBase = 10;

/**
 * Milliseconds before a retry, counted from 0; never more than `most`. `previous` is the wait before the last retry, or 0, and only counts
 * for `decorrelated`. What an endpoint says of when to come back (Retry-After) does not count: it is another one that is asked.
 */
export function backoff(rules: BackoffRules, retry: number, previous: number, random: Random): number {
  const { jitter, base, most } = rules;
  if (jitter === 'decorrelated') {
    const bound = Math.min(most, Math.max(base, 3 * previous));
    const least = Math.min(base, bound);
    return least + random() * (bound - least);
  }
  const bound = Math.min(most, base * 2 ** retry);
  return jitter === 'full' ? random() * bound : bound / 2 + random() * (bound / 2);
}
