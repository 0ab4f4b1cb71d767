// Which sessions another document would part from their endpoints, as far as anybody knows.
import { isDeepStrictEqual } from 'node:util';
import type { StickySettings } from '../../domain/sessions/sticky-settings.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';

export interface LostSessions {
  /** All of the pool, or those of the endpoints that go. */
  readonly of: 'all' | 'endpoints';
  /** As many as are remembered now; null where clients carry them and nobody counts. */
  readonly count: number | null;
  readonly reason: string;
}

/** `countOf` gives how many sessions an endpoint has; absent where this is not known. */
export function lostSessions(
  before: PoolSettings,
  after: PoolSettings | undefined,
  countOf: ((endpoint: string) => number) | undefined,
): LostSessions | undefined {
  const { sticky } = before;
  if (sticky === undefined) return undefined;
  const ids = before.endpoints.map(({ id }) => id);
  const isCarried = 'cookie' in sticky;
  const count = (endpoints: readonly string[]): number | null =>
    isCarried || countOf === undefined ? null : endpoints.reduce((sum, id) => sum + countOf(id), 0);

  const end = endOfAll(sticky, after);
  if (end !== undefined) return { of: 'all', count: count(ids), reason: end };
  const kept = new Set(after?.endpoints.map(({ id }) => id));
  const gone = ids.filter((id) => !kept.has(id));
  if (gone.length === 0) return undefined;
  return { of: 'endpoints', count: count(gone), reason: gone.length === 1 ? 'their endpoint goes' : 'their endpoints go' };
}

/** Why no session of the pool finds its endpoint any more. */
function endOfAll(before: StickySettings, pool: PoolSettings | undefined): string | undefined {
  if (pool === undefined) return 'the pool goes';
  const after = pool.sticky;
  if (after === undefined) return 'the pool keeps no sessions any more';
  if ('cookie' in before) {
    if (!('cookie' in after) || after.cookie !== before.cookie) return 'another cookie, or none, tells them';
    return after.secret === before.secret ? undefined : 'cookies are signed with another secret';
  }
  if ('cookie' in after || !isDeepStrictEqual(after.session, before.session)) return 'something else tells them';
  const isSameTable = after.idle === before.idle && after.most === before.most;
  return isSameTable ? undefined : 'idle and most need another table, which begins empty';
}
