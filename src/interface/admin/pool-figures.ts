// What is known of a pool: the document, what was changed since, and what is counted, joined endpoint by endpoint.
import { hostname } from 'node:os';
import type { SourceFigures } from '../../control-plane/discovery/source-watch.ts';
import type { TransitionCounts } from '../../control-plane/judging/event-log.ts';
import type { HealthFigures } from '../../control-plane/judging/health-service.ts';
import type { EndpointStateName } from '../../control-plane/supervising/endpoint-change.ts';
import type { EndpointTotals, PoolTotals } from '../../control-plane/supervising/totals.ts';
import { endpointTotals, poolTotals } from '../../control-plane/supervising/totals.ts';
import { allPolicies } from '../../domain/balancing/policy-settings.ts';
import { subsetOf } from '../../domain/balancing/subset.ts';
import { endpointRowAt, poolRowOf } from '../../domain/endpoints/places.ts';
import { firstBackupTier, tiersOf, weightsOf } from '../../domain/endpoints/weights.ts';
import { noPanic, tierLoads } from '../../domain/health/priority-loads.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import type { BreakerName, FailTimeoutFigures } from './gate-figures.ts';
import { breakerIn, failTimeoutOf } from './gate-figures.ts';
import type { AdminView, WatchedDiscovery } from './operation.ts';

export interface PoolFigures {
  readonly name: string;
  readonly policy: string;
  /** Of the policy, with every default filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly totals: PoolTotals;
  /** `Infinity` without a limit. */
  readonly maxRequests: number;
  /** Of all workers together; undefined for a pool that learns none. */
  readonly learnedLimit: number | undefined;
  /** So many may wait, in all workers together; undefined for a pool without a waiting room. */
  readonly queueSize: number | undefined;
  /** undefined for a pool without one. */
  readonly breaker: BreakerName | undefined;
  /** So few endpoints are well that their health is not heeded, or that nobody gets anything. */
  readonly isInPanic: boolean;
  /** Where its endpoints are found; undefined for a pool whose endpoints are named. */
  readonly discovery: SourceFigures | undefined;
  readonly endpoints: readonly EndpointFigures[];
}

export interface EndpointFigures {
  readonly id: string;
  readonly state: EndpointStateName;
  /** When it goes down because the deadline of its draining passes. */
  readonly downAt: Date | undefined;
  readonly health: HealthFigures;
  readonly transitions: TransitionCounts;
  /** Its own; undefined without one. */
  readonly breaker: BreakerName | undefined;
  /** Where nginx's way judges it. */
  readonly failTimeout: FailTimeoutFigures | undefined;
  /** Counts the sessions that it has; null where they are kept by clients, or by nobody. */
  readonly countSessions: () => number | null;
  /** In force. */
  readonly weight: number;
  /** What the document gives; a change to `null` comes back to it. */
  readonly configuredWeight: number;
  readonly capacity: number | undefined;
  /** By weight, of what its tier gets; null where the policy does not go by weights. */
  readonly share: number | null;
  readonly tier: number;
  readonly backup: boolean;
  /** By the document, or by its agent where that bears less. `Infinity` without a limit. */
  readonly maxConnections: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly totals: EndpointTotals;
}

type Sources = Pick<
  AdminView['supervisor'],
  'board' | 'places' | 'clock' | 'endpoints' | 'health' | 'events' | 'wordsOf' | 'sessionCounts'
>;

interface NamedPool {
  readonly name: string;
  readonly settings: PoolSettings;
}

export function readPools(
  pools: Readonly<Record<string, PoolSettings>>,
  sources: Sources,
  discovery?: WatchedDiscovery,
): readonly PoolFigures[] {
  return Object.entries(pools).map(([name, settings]) => ({
    ...poolFigures({ name, settings }, sources),
    discovery: discovery?.figuresOf(name),
  }));
}

function poolFigures(pool: NamedPool, sources: Sources): Omit<PoolFigures, 'discovery'> {
  const { name, settings } = pool;
  const { board, places } = sources;
  const present = presentEndpoints(pool, sources);
  const panics = panicsOf(present, settings);
  const shares = sharesOf(present, settings, panics);
  const totals = poolTotals(board, poolRowOf(places, name));
  const { policy, ...options } = settings.balance;
  return {
    name,
    policy,
    options,
    totals,
    maxRequests: settings.maxRequests,
    learnedLimit: settings.concurrency && totals.learnedLimit,
    queueSize: settings.queue && settings.queue.size * board.shape.workers,
    breaker: settings.breaker && breakerIn(sources.wordsOf(name).breaker),
    isInPanic: panics.includes(true),
    endpoints: present.map((endpoint, position) => ({
      ...endpoint,
      share: itemAt(shares, position),
      totals: endpointTotals(board, endpointRowAt(places, name, position)),
    })),
  };
}

type PresentEndpoint = Omit<EndpointFigures, 'share' | 'totals'>;

/** What the document says of each, and what is so now. */
function presentEndpoints({ name, settings }: NamedPool, sources: Sources): readonly PresentEndpoint[] {
  const { endpoints: controls, health, events, clock, board, places } = sources;
  const weights = weightsOf(settings.endpoints);
  const tiers = tiersOf(settings.endpoints);
  const words = settings.endpointBreaker && sources.wordsOf(name);
  // One look at the table of sessions is enough for all endpoints.
  let sessions: Int32Array | undefined;
  const countSessions = (slot: number): number | null => {
    sessions ??= sources.sessionCounts(name);
    return sessions?.[slot] ?? null;
  };
  return settings.endpoints.map(({ id, capacity, backup, maxConnections, metadata }, position) => {
    const slot = endpointRowAt(places, name, position);
    const configuredWeight = itemAt(weights, position);
    const { state, weight = configuredWeight, downIn, maxConnections: borne = maxConnections } = controls.present(slot);
    return {
      ...{ id, state, weight, configuredWeight, capacity, backup, metadata },
      maxConnections: Math.min(maxConnections, borne),
      downAt: downIn === undefined ? undefined : new Date(Date.now() + downIn),
      health: health.figuresOf(name, id, slot),
      transitions: events.transitions(name, id),
      breaker: words && breakerIn(words.breakerOf(position)),
      failTimeout: failTimeoutOf(settings, board, slot, clock()),
      countSessions: () => countSessions(slot),
      tier: itemAt(tiers, position),
    };
  });
}

type Shared = Pick<EndpointFigures, 'id' | 'state' | 'health' | 'weight' | 'tier'>;

/** By tier, as workers see it. */
function panicsOf(endpoints: readonly Shared[], { endpoints: settings, panic = noPanic }: PoolSettings): readonly boolean[] {
  const wanted = endpoints.filter(({ state, weight, health }) => state === 'up' && weight > 0 && !health.isChecking);
  const tiers = 1 + endpoints.reduce((most, { tier }) => Math.max(most, tier), 0);
  const health = Array.from({ length: tiers }, (_, place) => {
    const inTier = wanted.filter(({ tier }) => tier === place);
    return { healthy: inTier.filter((endpoint) => endpoint.health.isWell).length, total: inTier.length };
  });
  return tierLoads(health, firstBackupTier(settings), panic).inPanic;
}

/** The weight of each that takes exchanges, divided by the weights of all in its tier that do. This balancer may send to a subset of them only. */
function sharesOf(endpoints: readonly Shared[], settings: PoolSettings, panics: readonly boolean[]): readonly (number | null)[] {
  const { balance, subset, panic } = settings;
  if (!goesByWeight(balance.policy)) return endpoints.map(() => null);
  const mine = subset === undefined ? endpoints : subsetOf(endpoints, subset.size, subset.identity ?? hostname());
  const isTaking = ({ state, health, weight, tier }: Shared): boolean => {
    if (state !== 'up' || weight <= 0) return false;
    return panics[tier] === true ? panic?.action === 'spread' && !health.isChecking : health.isWell;
  };
  const taking = new Set(mine.filter(isTaking));
  const totals = new Map<number, number>();
  for (const { tier, weight } of taking) totals.set(tier, (totals.get(tier) ?? 0) + weight);
  return endpoints.map((endpoint) => (taking.has(endpoint) ? endpoint.weight / (totals.get(endpoint.tier) ?? endpoint.weight) : 0));
}

/** Nobody here knows that of a policy of the user's own. */
const goesByWeight = (policy: string): boolean => allPolicies.some(({ name, honoursWeights }) => name === policy && honoursWeights);
