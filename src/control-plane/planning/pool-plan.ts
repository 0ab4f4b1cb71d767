// What another document would do to pools: settings, endpoints, keys, sessions, and what their endpoints that go have in flight.
import type { EndpointSettings } from '../../domain/endpoints/endpoint-settings.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import type { PartsDifference } from '../changing/difference.ts';
import type { LostSessions } from './lost-sessions.ts';
import { lostSessions } from './lost-sessions.ts';
import type { MovedKeys } from './moved-keys.ts';
import { movedKeys } from './moved-keys.ts';
import type { PlanFigures } from './plan.ts';
import type { SettingChange } from './setting-changes.ts';
import { settingChanges } from './setting-changes.ts';

export interface PoolChangePlan {
  readonly name: string;
  readonly what: 'added' | 'changed' | 'removed';
  readonly settings: readonly SettingChange[];
  readonly endpoints: readonly EndpointPlan[];
  /** In flight at its endpoints that go. */
  readonly drains: number;
  /** Kept connections to its endpoints are closed as they become idle, and others made. */
  readonly connectsAnew: boolean;
  readonly keys?: MovedKeys;
  readonly sessions?: LostSessions;
}

export interface EndpointPlan {
  readonly id: string;
  readonly what: 'added' | 'changed' | 'removed';
  readonly settings: readonly SettingChange[];
  /** Of one that goes: exchanges and tunnels. */
  readonly inFlight?: number;
}

type Pools = Readonly<Record<string, PoolSettings>>;

interface Around {
  readonly difference: PartsDifference;
  readonly figures: PlanFigures;
}

/** Picks for all pools together, and for one: as many take a fraction of a second. */
const mostPicks = 5_000_000;
const mostSamples = 10_000;
const fewestSamples = 500;
/** Further ones are said to be unknown: tables of many thousand places are built for each. */
const mostSampledPools = 100;

export function poolPlans(before: Pools, after: Pools, { difference, figures }: Around): readonly PoolChangePlan[] {
  const endpoints = difference.changed.reduce((sum, name) => sum + (after[name]?.endpoints.length ?? 0), 0);
  const samples = Math.min(mostSamples, Math.max(fewestSamples, Math.floor(mostPicks / Math.max(1, endpoints))));
  const added = difference.added.flatMap((name) => planFor(name, 'added', after[name]));
  const changed = difference.changed.flatMap((name, index): readonly PoolChangePlan[] => {
    const [former, latter] = [before[name], after[name]];
    if (former === undefined || latter === undefined) return [];
    const keys = index < mostSampledPools ? movedKeys({ before: former, after: latter, identity: figures.identity, samples }) : tooMany;
    return [{ ...changeOf(name, former, latter, figures), ...(keys === undefined ? {} : { keys }) }];
  });
  const removed = difference.removed.flatMap((name) => removalOf(name, before[name], figures));
  return [...added, ...changed, ...removed];
}

const tooMany: MovedKeys = { kind: 'unknown', reason: `keys of more than ${mostSampledPools} pools are not tried in one plan` };

const planFor = (name: string, what: 'added', settings: PoolSettings | undefined): readonly PoolChangePlan[] =>
  settings === undefined
    ? []
    : [
        {
          ...{ name, what, settings: [], drains: 0, connectsAnew: false },
          endpoints: settings.endpoints.map(({ id }) => ({ id, what, settings: [] })),
        },
      ];

function removalOf(name: string, settings: PoolSettings | undefined, figures: PlanFigures): readonly PoolChangePlan[] {
  if (settings === undefined) return [];
  const endpoints = settings.endpoints.map(({ id }) => goneEndpoint(name, id, figures));
  const sessions = lostSessions(settings, undefined, figures.sessions(name));
  return [
    {
      ...{ name, what: 'removed', settings: [], endpoints, drains: drainsOf(endpoints), connectsAnew: false },
      ...(sessions === undefined ? {} : { sessions }),
    },
  ];
}

function changeOf(name: string, before: PoolSettings, after: PoolSettings, figures: PlanFigures): PoolChangePlan {
  const { endpoints: _, ...former } = before;
  const { endpoints: __, ...latter } = after;
  const settings = settingChanges(former, latter);
  const endpoints = endpointPlans(name, before, after, figures);
  const sessions = lostSessions(before, after, figures.sessions(name));
  return {
    ...{ name, what: 'changed', settings, endpoints, drains: drainsOf(endpoints) },
    connectsAnew: settings.some(({ path }) => /^(?:timeouts|connections|limits)(?:\.|$)/.test(path)),
    ...(sessions === undefined ? {} : { sessions }),
  };
}

const drainsOf = (endpoints: readonly EndpointPlan[]): number => endpoints.reduce((sum, { inFlight = 0 }) => sum + inFlight, 0);

const goneEndpoint = (pool: string, id: string, figures: PlanFigures): EndpointPlan => ({
  ...{ id, what: 'removed', settings: [] },
  inFlight: figures.inFlight(pool, id),
});

function endpointPlans(pool: string, before: PoolSettings, after: PoolSettings, figures: PlanFigures): readonly EndpointPlan[] {
  const former = byId(before.endpoints);
  const latter = byId(after.endpoints);
  const kept = after.endpoints.flatMap((endpoint): readonly EndpointPlan[] => {
    const { id } = endpoint;
    const known = former.get(id);
    if (known === undefined) return [{ id, what: 'added', settings: [] }];
    const settings = settingChanges(known, endpoint);
    return settings.length === 0 ? [] : [{ id, what: 'changed', settings }];
  });
  const gone = before.endpoints.filter(({ id }) => !latter.has(id)).map(({ id }) => goneEndpoint(pool, id, figures));
  return [...kept, ...gone];
}

const byId = (endpoints: readonly EndpointSettings[]): ReadonlyMap<string, EndpointSettings> =>
  new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
