// Settings of limits and waiting that work as they are written and are hardly meant so: each with what will happen.
import type { Milliseconds } from '../../foundation/basics/units.ts';
import type { ConcurrencyRules, QueueRules } from './rules.ts';

export interface WaitingSettings {
  readonly endpoints: readonly { readonly maxConnections: number }[];
  readonly maxRequests: number;
  readonly concurrency?: ConcurrencyRules;
  readonly queue?: QueueRules;
  readonly backup?: string;
  readonly timeouts: { readonly total: Milliseconds };
}

/** Sentences for whoever wrote the document, without full stops; each begins with the key that it is about. */
export function unwiseWaiting(pool: WaitingSettings): readonly string[] {
  const { queue, concurrency, maxRequests } = pool;
  return [
    ...(queue === undefined ? [] : unwiseQueue(queue, pool)),
    ...(concurrency !== undefined && concurrency.least >= maxRequests
      ? ['concurrency.least is not below maxRequests: what is learned never counts']
      : []),
  ];
}

function unwiseQueue({ timeout, codel, order }: QueueRules, pool: WaitingSettings): readonly string[] {
  if (pool.backup !== undefined) return ['queue is never used: backup takes what is beyond the limits'];
  if (!isLimited(pool))
    return ['queue is never used: it takes maxRequests, concurrency, or maxConnections of every endpoint for somebody to wait'];
  return [
    ...(codel !== undefined && order !== 'adaptive' && codel.target >= timeout
      ? ['queue.target is not below queue.timeout: it shortens no wait']
      : []),
    ...(timeout >= pool.timeouts.total
      ? ['queue.timeout is not below timeouts.total: who waits so long has no time left to be served']
      : []),
  ];
}

/** One endpoint without a limit takes all that comes. */
const isLimited = ({ endpoints, maxRequests, concurrency }: WaitingSettings): boolean =>
  Number.isFinite(maxRequests) || concurrency !== undefined || endpoints.every(({ maxConnections }) => Number.isFinite(maxConnections));
