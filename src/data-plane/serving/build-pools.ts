// Builds the pools of a document: endpoints with their load, balancers around their policies, and the connections to them.
// A pool whose routes choose by metadata has a balancer for each choice; load and connections are the same for all of them.
import { keyReader } from '../../domain/balancing/affinity-key.ts';
import type { BalancerParts } from '../../domain/balancing/balancer.ts';
import { Balancer } from '../../domain/balancing/balancer.ts';
import type { OwnPolicies } from '../../domain/balancing/build-picker.ts';
import { policyOf } from '../../domain/balancing/build-picker.ts';
import { FailTimeoutGate } from '../../domain/balancing/gates/fail-timeout-gate.ts';
import type { Gate } from '../../domain/balancing/gates/gate.ts';
import { guardPolicies } from '../../domain/balancing/guarded-picker.ts';
import { subsetOf } from '../../domain/balancing/subset.ts';
import type { Endpoint } from '../../domain/endpoints/endpoint.ts';
import { EndpointLoad } from '../../domain/endpoints/endpoint-load.ts';
import type { Places } from '../../domain/endpoints/places.ts';
import { endpointRowAt, poolRowOf } from '../../domain/endpoints/places.ts';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { poolCounter } from '../../domain/endpoints/scoreboard.ts';
import { firstBackupTier, tiersOf, weightsOf } from '../../domain/endpoints/weights.ts';
import { BreakerGate } from '../../domain/resilience/breaker-gate.ts';
import { CircuitBreaker } from '../../domain/resilience/circuit-breaker.ts';
import { PoolEntry } from '../../domain/resilience/pool-entry.ts';
import { RetryBudget } from '../../domain/resilience/retry-budget.ts';
import type { RouteSettings } from '../../domain/routing/route-settings.ts';
import { buildSessions } from '../../domain/sessions/build-sessions.ts';
import { Override } from '../../domain/sessions/override.ts';
import type { Sessions } from '../../domain/sessions/sessions.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import type { Random } from '../../foundation/basics/random.ts';
import { seeded } from '../../foundation/basics/random.ts';
import { ConnectionPool } from '../connecting/connection-pool.ts';
import { trafficName } from '../dispatching/dispatcher.ts';
import { Hedging } from '../dispatching/hedging.ts';
import { PoolTraffic } from '../dispatching/pool-traffic.ts';
import type { SocketTools } from '../sockets/socket-tools.ts';
import type { SharedState } from './shared-state.ts';
import { assignmentTable, PoolWords, sessionTable } from './shared-state.ts';

export interface PoolsToBuild {
  readonly document: {
    readonly listeners: readonly { readonly routes: readonly RouteSettings[] }[];
    readonly pools: Readonly<Record<string, PoolSettings>>;
  };
  readonly board: Scoreboard;
  readonly places: Places;
  readonly worker: number;
  readonly workers: number;
  readonly tools: SocketTools;
  /** Milliseconds of a clock that only goes forward and is the same for all workers. */
  readonly clock: () => number;
  /** The name of this balancer among others. */
  readonly identity: string;
  readonly ownPolicies: OwnPolicies | undefined;
  readonly report: (pool: string, reason: string) => void;
  readonly shared: SharedState;
}

/** By what routes know them: see `trafficName`. */
export function buildPools(parts: PoolsToBuild): ReadonlyMap<string, PoolTraffic> {
  const { document } = parts;
  const routes = document.listeners.flatMap((listener) => listener.routes);
  const traffics = new Map<string, PoolTraffic>();
  for (const [name, settings] of Object.entries(document.pools)) {
    const pool = new PoolToBuild(parts, { name, settings, row: poolRowOf(parts.places, name) });
    traffics.set(name, pool.build());
    for (const route of routes)
      if (route.pool === name) traffics.set(trafficName(route), traffics.get(trafficName(route)) ?? pool.build(route.metadata));
  }
  for (const [name, { backup }] of Object.entries(document.pools)) linkBackups(traffics, name, backup);
  return traffics;
}

/** Each traffic of a pool, also those by metadata, has the whole of the other pool behind it. */
function linkBackups(traffics: ReadonlyMap<string, PoolTraffic>, pool: string, backup: string | undefined): void {
  if (backup === undefined) return;
  for (const traffic of traffics.values()) if (traffic.name === pool) traffic.backup = traffics.get(backup);
}

interface PoolPlace {
  readonly name: string;
  readonly settings: PoolSettings;
  /** On the scoreboard. */
  readonly row: number;
}

class PoolToBuild {
  readonly #parts: PoolsToBuild;
  readonly #place: PoolPlace;
  /** The user's policies, whose faults are counted for this pool. */
  readonly #own: OwnPolicies | undefined;
  readonly #endpoints: readonly Endpoint[];
  readonly #connections: ReadonlyMap<EndpointLoad, ConnectionPool>;
  readonly #gate: Gate | undefined;
  /** The generator of the language allocates a number for each draw. */
  readonly #random: Random = seeded(Math.floor(Math.random() * 2 ** 32));

  constructor(parts: PoolsToBuild, place: PoolPlace) {
    const { settings, name } = place;
    this.#parts = parts;
    this.#place = place;
    this.#own = parts.ownPolicies && guardPolicies(parts.ownPolicies, (reason) => this.#reportFault(reason));
    this.#endpoints = endpointsOf(
      settings,
      (position) => new EndpointLoad(parts.board, parts.worker, endpointRowAt(parts.places, name, position)),
    );
    this.#gate = this.#buildGate();
    this.#connections = new Map(this.#endpoints.map((endpoint) => [endpoint.load, new ConnectionPool(endpoint, settings, parts.tools)]));
  }

  #buildGate(): Gate | undefined {
    const { outliers, endpointBreaker } = this.#place.settings;
    const { board, clock: now, shared } = this.#parts;
    if (outliers.kind === 'nginx') return new FailTimeoutGate({ endpoints: this.#endpoints, rules: outliers, board, now });
    if (endpointBreaker === undefined) return undefined;
    const words = new PoolWords(shared, this.#place.name);
    const breakers = this.#endpoints.map(
      ({ load }, position) => [load.slot, new CircuitBreaker(endpointBreaker, words.breakerOf(position), this.#random)] as const,
    );
    return new BreakerGate(new Map(breakers), now);
  }

  /** Over all endpoints, or those whose metadata say what a route asks for. */
  build(wanted?: Readonly<Record<string, string>>): PoolTraffic {
    const { name, settings } = this.#place;
    const counters = this.#parts.board.poolRow(this.#parts.worker, this.#place.row);
    const keyedOn = policyOf(settings.balance, this.#own).keyedOn;
    const words = new PoolWords(this.#parts.shared, name);
    return new PoolTraffic({
      name,
      settings,
      balancer: new Balancer(this.#balancerParts(counters, wanted)),
      gate: this.#gate,
      connections: this.#connections,
      // The policy was found by the name in the settings, so they are its own.
      keyOf: keyedOn === undefined ? undefined : keyReader(keyedOn(settings.balance as never)),
      sessions: this.#sessions(),
      override: settings.override === undefined ? undefined : new Override(settings.override, this.#endpoints),
      counters,
      clock: this.#parts.clock,
      random: this.#random,
      budget: settings.retry.budget && new RetryBudget(settings.retry.budget, words.budget),
      entry: this.#entry(words),
      breaker: settings.breaker && new CircuitBreaker(settings.breaker, words.breaker, this.#random),
      hedging: settings.hedge && new Hedging({ rules: settings.hedge, words: words.hedges, counters, clock: this.#parts.clock }),
    });
  }

  /** A door of its own for each worker and choice would let in too many: the words are the pool's. */
  #entry(words: PoolWords): PoolEntry | undefined {
    const { maxRequests, concurrency } = this.#place.settings;
    if (maxRequests === Number.POSITIVE_INFINITY && concurrency === undefined) return undefined;
    return new PoolEntry({ maxRequests, concurrency, words: words.entry, worker: this.#parts.worker });
  }

  #reportFault(reason: string): void {
    const { board, worker, report } = this.#parts;
    const counters = board.poolRow(worker, this.#place.row);
    counters[poolCounter.policyFaults] = (counters[poolCounter.policyFaults] ?? 0) + 1;
    report(this.#place.name, reason);
  }

  #balancerParts(counters: Float64Array, wanted: Readonly<Record<string, string>> | undefined): BalancerParts {
    const { board, worker, workers, clock, shared } = this.#parts;
    const { name: pool, settings, row } = this.#place;
    const assignments = assignmentTable(shared, { pool, settings, worker });
    return {
      policy: settings.balance,
      endpoints: this.#candidates(wanted),
      slowStart: settings.slowStart,
      backupsFrom: firstBackupTier(settings.endpoints),
      ...(settings.panic === undefined ? {} : { panic: settings.panic }),
      ...(this.#gate === undefined ? {} : { gate: this.#gate }),
      tools: { random: this.#random, now: clock, ...(assignments === undefined ? {} : { assignments }) },
      // A route's choice takes turns in each worker by itself: one number for two lists of endpoints would let one route's requests decide
      // whose turn it is for the other's.
      ...(workers > 1 && wanted === undefined ? { turns: (tier: number) => board.turns(row, tier) } : {}),
      counters,
      revision: () => board.revision(row),
      ...(this.#own === undefined ? {} : { own: this.#own }),
    };
  }

  #sessions(): Sessions | undefined {
    const { shared, worker, clock: now } = this.#parts;
    const { name: pool, settings } = this.#place;
    const { sticky } = settings;
    if (sticky === undefined) return undefined;
    const secret = ('secret' in sticky ? sticky.secret : undefined) ?? shared.secret;
    // An import statement would load it in every worker, also where there are no sessions.
    const { createHmac } = process.getBuiltinModule('node:crypto');
    const sign = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');
    return buildSessions(sticky, { pool, endpoints: this.#endpoints, sign, table: sessionTable(shared, { pool, settings, worker }), now });
  }

  #candidates(wanted: Readonly<Record<string, string>> = {}): readonly Endpoint[] {
    const { endpoints, subset } = this.#place.settings;
    const asks = Object.entries(wanted);
    const fitting = this.#endpoints.filter((_, index) => asks.every(([word, value]) => endpoints[index]?.metadata[word] === value));
    return subset === undefined ? fitting : subsetOf(fitting, subset.size, subset.identity ?? this.#parts.identity);
  }
}

function endpointsOf({ endpoints }: PoolSettings, loadAt: (position: number) => EndpointLoad): readonly Endpoint[] {
  const weights = weightsOf(endpoints);
  const tiers = tiersOf(endpoints);
  return endpoints.map(({ id, address, maxConnections }, position) =>
    // A policy of the user's own that writes to one is told so at once.
    Object.freeze({
      id,
      address,
      weight: weights[position] ?? 1,
      tier: tiers[position] ?? 0,
      maxConnections,
      load: loadAt(position),
    }),
  );
}
