// What another document would do, before it is made: what comes, what goes, what is different; which exchanges would have to be finished by what
// goes; which keys and sessions would move. Pure: what is in flight comes in as figures, and the same input gives the same plan.
import { differenceOf } from '../changing/difference.ts';
import type { Document } from '../configuration/document.ts';
import type { ListenerPlan } from './listener-plan.ts';
import { listenerPlans } from './listener-plan.ts';
import type { PoolChangePlan } from './pool-plan.ts';
import { poolPlans } from './pool-plan.ts';
import type { SettingChange } from './setting-changes.ts';
import { settingChanges } from './setting-changes.ts';

/** What is known of what is going on now. */
export interface PlanFigures {
  /** Exchanges and tunnels in flight at an endpoint: they are not told apart there. */
  inFlight(pool: string, endpoint: string): number;
  /** undefined for a listener that is not known. */
  listener(name: string): OpenAtListener | undefined;
  /** How many sessions each endpoint of a pool has; undefined where nobody counts them. */
  sessions(pool: string): ((endpoint: string) => number) | undefined;
  /** The name of this balancer among others. */
  readonly identity: string;
}

export interface OpenAtListener {
  readonly connections: number;
  readonly exchanges: number;
  /** WebSockets and other upgrades. */
  readonly tunnels: number;
}

export interface Plan {
  /** Nothing would be done at all. */
  readonly isNone: boolean;
  readonly pools: readonly PoolChangePlan[];
  readonly listeners: readonly ListenerPlan[];
  /** Of no pool and no listener: `overload.delay`. */
  readonly settings: readonly SettingChange[];
  /** They wait for the next start. */
  readonly atStart: readonly SettingChange[];
  readonly counts: { readonly added: number; readonly changed: number; readonly removed: number };
  readonly drains: PlanDrains;
}

/** At this moment. What will be in flight when the change is made is not known. */
export interface PlanDrains {
  /** Exchanges and tunnels at endpoints that go, which finish there. */
  readonly atEndpoints: number;
  /** On listeners that go or are bound anew. Many of those at endpoints may be the same. */
  readonly onListeners: OpenAtListener;
}

export function planOf(before: Document, after: Document, figures: PlanFigures): Plan {
  const difference = differenceOf(before, after);
  const pools = poolPlans(before.pools, after.pools, { difference: difference.pools, figures });
  const listeners = listenerPlans(before.listeners, after.listeners, { difference: difference.listeners, figures });
  const parts = [...pools, ...listeners];
  const count = (what: 'added' | 'changed' | 'removed'): number => parts.filter((part) => part.what === what).length;
  const sections = (keys: readonly (keyof Document)[]): readonly SettingChange[] =>
    keys.flatMap((key) => settingChanges(before[key], after[key], key));
  return {
    isNone: difference.isNone,
    pools,
    listeners,
    settings: sections(['overload', 'shutdown']),
    atStart: sections(difference.atStart),
    counts: { added: count('added'), changed: count('changed'), removed: count('removed') },
    drains: drainsOf(pools, listeners),
  };
}

function drainsOf(pools: readonly PoolChangePlan[], listeners: readonly ListenerPlan[]): PlanDrains {
  const open = listeners.flatMap(({ drains }) => drains ?? []);
  const sum = (key: keyof OpenAtListener): number => open.reduce((total, each) => total + each[key], 0);
  return {
    atEndpoints: pools.reduce((total, { drains }) => total + drains, 0),
    onListeners: { connections: sum('connections'), exchanges: sum('exchanges'), tunnels: sum('tunnels') },
  };
}
