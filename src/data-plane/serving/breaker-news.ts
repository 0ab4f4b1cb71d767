// What operators hear of breakers: that one opened, and that it is closed again. The worker that changed it tells so, once for all workers; how often it
// is tried in between is its own affair.
import type { OnChange } from '../../domain/resilience/circuit-breaker.ts';
import { breakerState } from '../../domain/resilience/circuit-breaker.ts';

export interface BreakerNews {
  readonly pool: string;
  /** undefined for the breaker of the pool as a whole. */
  readonly endpoint: string | undefined;
  readonly isClosed: boolean;
}

export function newsOfBreaker(report: (news: BreakerNews) => void, whose: Omit<BreakerNews, 'isClosed'>): OnChange {
  return (from, to) => {
    if (to === breakerState.closed) report({ ...whose, isClosed: true });
    else if (from === breakerState.closed) report({ ...whose, isClosed: false });
  };
}
