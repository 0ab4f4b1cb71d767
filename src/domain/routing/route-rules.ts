// A route with its conditions and its one action, as workers get it.
import type { Bytes, Milliseconds } from '../../foundation/basics/units.ts';
import type { Conditions } from './conditions/conditions.ts';

export interface Redirect {
  /** A template. */
  readonly to: string;
  readonly status: number;
}

export interface FixedAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How the path that goes on is made of the one that came; the query stays. */
export type Rewrite =
  /** A template; `*` is what the star of the route's path took. */
  | { readonly path: string }
  /** The first match gives way; `$1` is what the first group of the expression matched. */
  | { readonly match: string; readonly to: string };

/** Values are templates. */
export interface HeaderEdits {
  readonly set: Readonly<Record<string, string>>;
  readonly add: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

export interface Mirror {
  readonly pool: string;
  /** From 0 to 1. */
  readonly share: number;
  /** A longer body is not mirrored. */
  readonly maxBody: Bytes;
}

/** In place of those of the pool. */
export interface RouteTimeouts {
  readonly total?: Milliseconds;
  readonly connect?: Milliseconds;
  readonly response?: Milliseconds;
  readonly body?: Milliseconds;
  readonly tunnel?: Milliseconds;
}

/** Which exchanges it takes, and what becomes of them: exactly one of `pool`, `split`, `redirect` and `respond`. */
export interface RouteRules extends Conditions {
  readonly name?: string;
  readonly pool?: string;
  /** Weights of pools by name. */
  readonly split?: Readonly<Record<string, number>>;
  /** What decides, with the weights, which of the pools: see `keySources`. Chance where absent. */
  readonly splitBy?: readonly string[];
  readonly redirect?: Redirect;
  readonly respond?: FixedAnswer;
  readonly rewrite?: Rewrite;
  readonly requestHeaders?: HeaderEdits;
  readonly responseHeaders?: HeaderEdits;
  readonly mirror?: Mirror;
  readonly timeouts?: RouteTimeouts;
  readonly maxBody?: Bytes;
  /** Only endpoints that say all of this of themselves. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Its requests may be sent twice whatever their method. */
  readonly idempotent?: boolean;
}

/** The pools that its exchanges may go to, but for the one that mirrors. */
export const poolsOf = ({ pool, split }: Pick<RouteRules, 'pool' | 'split'>): readonly string[] =>
  pool === undefined ? Object.keys(split ?? {}) : [pool];
