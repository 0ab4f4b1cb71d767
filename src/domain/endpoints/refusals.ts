// Failures that are a pool's own rather than one of its endpoint's, and where a pool counts that a client was told one of them.
import type { FailureKind } from '../exceptions/failure.ts';
import type { PoolCounter } from './scoreboard.ts';

export const refusals = {
  'no-endpoint': 'noEndpoint',
  'pool-saturated': 'poolSaturated',
  'too-late': 'tooLate',
  'queue-timeout': 'queueTimeout',
  'breaker-open': 'breakerOpen',
  'deadline-exceeded': 'deadlineExceeded',
} as const satisfies Partial<Record<FailureKind, PoolCounter>>;

export type RefusalKind = keyof typeof refusals;

/** By kind, from whatever has a number for each counter. */
export function refusalsIn(totals: Readonly<Record<(typeof refusals)[RefusalKind], number>>): Readonly<Record<RefusalKind, number>> {
  // fromEntries forgets the literal names; the cast gives them back.
  return Object.fromEntries(Object.entries(refusals).map(([kind, counter]) => [kind, totals[counter]])) as Record<RefusalKind, number>;
}
