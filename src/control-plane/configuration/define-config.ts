// Types for documents in TypeScript: a route, a backup, a split or a mirror that names a pool that does not exist does not compile, and neither does
// a wrong unit, a key that is none, or an option that a policy does not have.
import type { WrittenDocument } from './document.ts';

type WrittenListener = NonNullable<WrittenDocument['listeners']>[number];
type WrittenRoute = NonNullable<WrittenListener['routes']>[number];
type WrittenPool = WrittenDocument['pools'][string];

type Action = 'pool' | 'split' | 'redirect' | 'respond';

/** Exactly one action. */
type Only<Key extends Action, Value> = { readonly [Name in Key]: Value } & { readonly [Name in Exclude<Action, Key>]?: never };

type ActionTo<Pool extends string> =
  | Only<'pool', Pool>
  | Only<'split', { readonly [Name in Pool]?: number }>
  | Only<'redirect', NonNullable<WrittenRoute['redirect']>>
  | Only<'respond', NonNullable<WrittenRoute['respond']>>;

/** A route to pools among `Pool`. */
export type RouteTo<Pool extends string> = Omit<WrittenRoute, Action | 'mirror'> &
  ActionTo<Pool> & { readonly mirror?: Omit<NonNullable<WrittenRoute['mirror']>, 'pool'> & { readonly pool: Pool } };

/** A listener whose routes name pools among `Pool`. */
export type ListenerTo<Pool extends string> = Omit<WrittenListener, 'pool' | 'routes'> &
  ({ readonly pool: Pool; readonly routes?: never } | { readonly routes: RouteTo<Pool>[]; readonly pool?: never });

/** A pool whose backup, if it has one, is among `Pool`. */
export type PoolWith<Pool extends string> = Omit<WrittenPool, 'backup' | 'endpoints' | 'discover'> &
  WithEndpoints & { readonly backup?: Pool };

type Endpoints = NonNullable<WrittenPool['endpoints']>;
type Discover = NonNullable<WrittenPool['discover']>;

/** They are named, or found, or both. */
type WithEndpoints =
  | { readonly endpoints: Endpoints; readonly discover?: Discover }
  | { readonly endpoints?: Endpoints; readonly discover: Discover };

/** A document whose listeners, routes and pools name pools among `Pool`. */
export type ConfigTo<Pool extends string> = Omit<WrittenDocument, 'listeners' | 'pools' | 'include' | '$schema'> & {
  // Names come from the keys of `pools` alone: a name that only a route or a backup mentions is not a pool.
  readonly listeners: ListenerTo<NoInfer<Pool>>[];
  readonly pools: { readonly [Name in Pool]: PoolWith<NoInfer<Pool>> };
};

// Each gives its argument back; what it does happens in the compiler.

/** Use: `export default defineConfig({ … })`. */
export function defineConfig<Pool extends string>(config: ConfigTo<Pool>): ConfigTo<Pool> {
  return config;
}

/** A pool by itself, to be named under `pools` of a document. */
export function definePool<const Backup extends string = never>(pool: PoolWith<Backup>): PoolWith<Backup> {
  return pool;
}

/** A listener by itself. That its pools exist is checked where it stands in a document. */
export function defineListener<const Pool extends string = never>(listener: ListenerTo<Pool>): ListenerTo<Pool> {
  return listener;
}

/** A route by itself. That its pools exist is checked where it stands in a document. */
export function defineRoute<const Pool extends string = never>(route: RouteTo<Pool>): RouteTo<Pool> {
  return route;
}
