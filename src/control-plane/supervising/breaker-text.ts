// What becomes of breakers, for the log.
import type { BreakerNews } from '../../data-plane/serving/breaker-news.ts';

export function breakerText({ pool, endpoint, isClosed }: BreakerNews): string {
  const whose = endpoint === undefined ? 'its breaker' : `the breaker of endpoint ${endpoint}`;
  if (isClosed) return `Pool ${pool}: ${whose} is closed again.`;
  const refused = endpoint === undefined ? 'Requests are refused' : 'It is asked for nothing';
  return `Pool ${pool}: ${whose} is open, for too much has failed or was slow. ${refused} but for trials until these succeed.`;
}
