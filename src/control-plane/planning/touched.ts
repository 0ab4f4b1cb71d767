// Which listeners and pools a change touches, also by what leads to what: where it would be seen that the change was none for the better.
import { isDeepStrictEqual } from 'node:util';
import { poolsOf } from '../../domain/routing/route-rules.ts';
import { differenceOf } from '../changing/difference.ts';
import type { Document } from '../configuration/document.ts';

export interface Touched {
  readonly listeners: readonly string[];
  readonly pools: readonly string[];
}

type Compared = Pick<Document, 'listeners' | 'pools' | 'overload'>;

/** By name, of those that are there after the change. Where a change touches none of them, clients are watched everywhere. */
export function touchedBy(before: Compared, after: Compared): Touched {
  const { listeners, pools } = differenceOf(before, after);
  const changedPools = new Set([...pools.added, ...pools.changed, ...pools.removed]);
  const changedListeners = new Set([...listeners.added, ...listeners.changed]);
  const leads = after.listeners.map((listener) => ({
    name: listener.name,
    pools: reachedFrom(listener.routes.flatMap(poolsOf), after.pools),
  }));
  const affected = leads.filter((each) => changedListeners.has(each.name) || each.pools.some((pool) => changedPools.has(pool)));
  const reached = leads.filter(({ name }) => changedListeners.has(name)).flatMap((each) => each.pools);
  const isEverywhere = affected.length === 0 || !isDeepStrictEqual(before.overload, after.overload);
  return {
    listeners: (isEverywhere ? leads : affected).map(({ name }) => name),
    pools: [...new Set([...changedPools, ...reached])].filter((pool) => Object.hasOwn(after.pools, pool)),
  };
}

/** With the pools behind them. */
function reachedFrom(names: readonly string[], pools: Compared['pools']): readonly string[] {
  const reached = new Set<string>();
  const reach = (name: string | undefined): void => {
    if (name === undefined || reached.has(name)) return;
    reached.add(name);
    reach(pools[name]?.backup);
  };
  for (const name of names) reach(name);
  return [...reached];
}
