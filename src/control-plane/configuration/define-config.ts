// Types for documents in TypeScript: a route that names a pool that does not exist does not compile.
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
type RouteTo<Pool extends string> = Omit<WrittenRoute, Action | 'mirror'> &
  ActionTo<Pool> & { readonly mirror?: Omit<NonNullable<WrittenRoute['mirror']>, 'pool'> & { readonly pool: Pool } };
type ListenerTo<Pool extends string> = Omit<WrittenListener, 'pool' | 'routes'> &
  ({ readonly pool: Pool; readonly routes?: never } | { readonly routes: RouteTo<Pool>[]; readonly pool?: never });

/** A document whose listeners and routes name pools among `Pool`. */
export type ConfigTo<Pool extends string> = Omit<WrittenDocument, 'listeners' | 'pools' | 'include' | '$schema'> & {
  // Names come from `pools` alone: a name that only a route mentions is not a pool.
  readonly listeners: ListenerTo<NoInfer<Pool>>[];
  readonly pools: { readonly [Name in Pool]: WrittenPool };
};

/** Gives its argument back; what it does happens in the compiler. Use: `export default defineConfig({ … })`. */
export function defineConfig<Pool extends string>(config: ConfigTo<Pool>): ConfigTo<Pool> {
  return config;
}
