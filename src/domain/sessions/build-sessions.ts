// From a pool's `sticky` setting to the sessions of one worker.
import type { SharedTable, SharedTableShape } from '../../foundation/algorithms/shared-table.ts';
import { xxh32 } from '../../foundation/hashing/xxh32.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { IssuedSessions } from './issued-sessions.ts';
import { LearnedSessions } from './learned-sessions.ts';
import type { Sessions } from './sessions.ts';
import type { StickySettings } from './sticky-settings.ts';

export interface SessionParts {
  /** The pool's name. */
  readonly pool: string;
  readonly endpoints: readonly Endpoint[];
  /** HMAC-SHA256 in base64url, keyed with the secret of the settings, else with one that all workers were given at the start. */
  readonly sign: (text: string) => string;
  /** The pool's table, of `sessionTableShape`; needed for sessions that are learned. */
  readonly table: SharedTable | undefined;
  /** Milliseconds of a clock that is the same for all workers and only goes forward. */
  readonly now: () => number;
}

export function buildSessions(settings: StickySettings, { pool, endpoints, sign, table, now }: SessionParts): Sessions {
  if ('cookie' in settings) return new IssuedSessions(settings, pool, endpoints, sign);
  if (table === undefined) throw new Error(`Pool ${pool} learns sessions and was given no table for them.`);
  return new LearnedSessions(settings, { table, seed: xxh32(sign(`${pool}\0`)) | 0, now });
}

/** The table that all workers share for a pool; undefined where none is needed. */
export function sessionTableShape(settings: StickySettings): SharedTableShape | undefined {
  return 'cookie' in settings ? undefined : { capacity: settings.most, lifetime: settings.idle };
}
