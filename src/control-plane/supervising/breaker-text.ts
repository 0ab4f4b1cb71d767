// What becomes of breakers, for the log.
import type { BreakerNews } from '../../data-plane/serving/breaker-news.ts';

export function breakerText({ pool, endpoint, isClosed }: BreakerNews): string {
  const whose = endpoint === undefined ? 'its breaker' : `the breaker of endpoint ${endpoint}`;
  if (isClosed) return `Pool ${pool}: ${whose} is closed again.`;
  return `Pool ${pool}: ${whose} is open, for too much has failed or was slow. Only trials are let through until these succeed.`;
}
