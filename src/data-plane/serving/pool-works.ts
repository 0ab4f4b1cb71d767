// One pool at work in one worker: its endpoints with their load, the connections to them, and its traffic: the whole of it, and for each choice
// that routes make by metadata. Built from settings once; another document builds another one, which takes over what stays the same.
import { isDeepStrictEqual } from 'node:util';
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
import type { PoolPlaces } from '../../domain/endpoints/places.ts';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { poolCounter } from '../../domain/endpoints/scoreboard.ts';
import { firstBackupTier, tiersOf, weightsOf } from '../../domain/endpoints/weights.ts';
import { BreakerGate } from '../../domain/resilience/breaker-gate.ts';
import type { BreakerRules } from '../../domain/resilience/breaker-rules.ts';
import { CircuitBreaker } from '../../domain/resilience/circuit-breaker.ts';
import { PoolEntry } from '../../domain/resilience/pool-entry.ts';
import { RetryBudget } from '../../domain/resilience/retry-budget.ts';
import type { RouteTimeouts } from '../../domain/routing/route-rules.ts';
import { buildSessions } from '../../domain/sessions/build-sessions.ts';
import { Override } from '../../domain/sessions/override.ts';
import type { Sessions } from '../../domain/sessions/sessions.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import type { Random } from '../../foundation/basics/random.ts';
import { seeded } from '../../foundation/basics/random.ts';
import type { ConnectionPool } from '../connecting/connection-pool.ts';
import { PoolConnections } from '../connecting/pool-connections.ts';
import { Hedging } from '../dispatching/hedging.ts';
import type { Seat } from '../dispatching/pool-traffic.ts';
import { PoolTraffic } from '../dispatching/pool-traffic.ts';
import type { TrafficChoice } from '../dispatching/route-target.ts';
import { choiceText } from '../dispatching/route-target.ts';
import { WaitingRooms } from '../dispatching/waiting/waiting-rooms.ts';
import type { SocketTools } from '../sockets/socket-tools.ts';
import type { BreakerNews } from './breaker-news.ts';
import { newsOfBreaker } from './breaker-news.ts';
import type { SharedState } from './shared-state.ts';
import { assignmentTable, PoolWords, sessionTable } from './shared-state.ts';

/** The same for all pools of a worker, and for all of its life. */
export interface PoolTools {
  readonly board: Scoreboard;
  readonly worker: number;
  readonly workers: number;
  readonly tools: SocketTools;
  /** Milliseconds of a clock that only goes forward and is the same for all workers. */
  readonly clock: () => number;
  /** The name of this balancer among others. */
  readonly identity: string;
  /** Told when a policy of the user's own failed. */
  readonly report: (pool: string, reason: string) => void;
  readonly reportBreaker: (news: BreakerNews) => void;
}

export interface PoolPlan {
  readonly name: string;
  readonly settings: PoolSettings;
  readonly places: PoolPlaces;
  readonly shared: SharedState;
  /** The user's policies, by the path that documents name them with. */
  readonly ownPolicies: OwnPolicies | undefined;
}

/** What routes ask for beside the pool: `metadata` of endpoints, `timeouts` in place of the pool's. */
export type Wanted = Omit<TrafficChoice, 'pool'>;

export class PoolWorks {
  readonly plan: PoolPlan;
  readonly #tools: PoolTools;
  /** The user's policies, whose faults are counted for this pool. */
  readonly #own: OwnPolicies | undefined;
  readonly #words: PoolWords;
  /** What this worker learned is the same whichever way a route took. */
  readonly #entry: PoolEntry | undefined;
  readonly #rooms = new WaitingRooms();
  readonly #endpoints: readonly Endpoint[];
  /** By the timeouts of routes, as text; '' with those of the pool. */
  readonly #connections = new Map<string, PoolConnections>();
  readonly #gate: Gate | undefined;
  /** The generator of the language allocates a number for each draw. */
  readonly #random: Random = seeded(Math.floor(Math.random() * 2 ** 32));
  /** By the choice of routes, as text; '' for the whole pool. */
  readonly #traffics = new Map<string, PoolTraffic>();

  /** `before` is the same pool by the document in force. It goes on as it is until `takeOver`. */
  constructor(tools: PoolTools, plan: PoolPlan, before?: PoolWorks) {
    const { name, settings, places } = plan;
    this.#tools = tools;
    this.plan = plan;
    this.#own = plan.ownPolicies && guardPolicies(plan.ownPolicies, (reason) => this.#reportFault(reason));
    this.#words = new PoolWords(plan.shared, name);
    this.#entry = this.#makeEntry(before);
    const loads = new Map((before === undefined ? [] : before.#endpoints).map(({ load }) => [load.slot, load]));
    this.#endpoints = endpointsOf(settings, (position) => {
      const row = itemAt(places.endpoints, position);
      return loads.get(row) ?? new EndpointLoad(tools.board, tools.worker, row);
    });
    this.#gate = this.#buildGate();
    this.#connectionsFor(undefined);
  }

  /** Over all endpoints, or those whose metadata say what a route asks for. */
  traffic(wanted?: Wanted, before?: PoolWorks): PoolTraffic {
    const choice = wanted === undefined ? wholePool : choiceText(wanted);
    const known = this.#traffics.get(choice);
    if (known !== undefined) return known;
    const connections = this.#connectionsFor(wanted?.timeouts);
    const traffic = this.#buildTraffic(wanted, connections, before === undefined ? undefined : before.#traffics.get(choice)?.seat);
    this.#traffics.set(choice, traffic);
    return traffic;
  }

  get traffics(): Iterable<PoolTraffic> {
    return this.#traffics.values();
  }

  /** From now on exchanges that are on with what was before choose here, and what nobody needs any more is closed as it becomes idle. */
  takeOver(before: PoolWorks | undefined): readonly ConnectionPool[] {
    for (const traffic of this.#traffics.values()) traffic.takeSeat();
    return before === undefined ? [] : before.#leaveTo(this.#connections);
  }

  /** The document does not name the pool any more. */
  leave(): readonly ConnectionPool[] {
    return this.#leaveTo(new Map());
  }

  #leaveTo(next: ReadonlyMap<string, PoolConnections>): readonly ConnectionPool[] {
    return [...this.#connections].flatMap(([name, connections]) => connections.leaveTo(next.get(name)));
  }

  /** A connection waits as long as it was made for: those of a route with timeouts of its own are its own. */
  #connectionsFor(wanted: RouteTimeouts | undefined): PoolConnections {
    const name = wanted === undefined ? '' : choiceText({ timeouts: wanted });
    const known = this.#connections.get(name);
    if (known !== undefined) return known;
    const { timeouts, connections, limits } = this.plan.settings;
    const settings = { timeouts: { ...timeouts, ...wanted }, connections, limits };
    const made = new PoolConnections(this.#endpoints, settings, this.#tools.tools);
    this.#connections.set(name, made);
    return made;
  }

  #buildGate(): Gate | undefined {
    const { outliers, endpointBreaker } = this.plan.settings;
    const { board, clock: now } = this.#tools;
    if (outliers.kind === 'nginx') return new FailTimeoutGate({ endpoints: this.#endpoints, rules: outliers, board, now });
    if (endpointBreaker === undefined) return undefined;
    const breakers = this.#endpoints.map(
      ({ load, id }, position) => [load.slot, this.#breaker(endpointBreaker, this.#words.breakerOf(position), id)] as const,
    );
    return new BreakerGate(new Map(breakers), now);
  }

  #breaker(rules: BreakerRules, words: Int32Array, endpoint?: string): CircuitBreaker {
    const onChange = newsOfBreaker(this.#tools.reportBreaker, { pool: this.plan.name, endpoint });
    return new CircuitBreaker(rules, words, this.#random, onChange);
  }

  #buildTraffic(wanted: Wanted | undefined, connections: PoolConnections, seat: Seat | undefined): PoolTraffic {
    const { name } = this.plan;
    const settings = { ...this.plan.settings, timeouts: { ...this.plan.settings.timeouts, ...wanted?.timeouts } };
    const rows = this.#rows();
    const counters = itemAt(rows, this.#tools.worker);
    const keyedOn = policyOf(settings.balance, this.#own).keyedOn;
    const words = this.#words;
    return new PoolTraffic({
      name,
      settings,
      seat,
      balancer: new Balancer(this.#balancerParts(counters, wanted?.metadata)),
      gate: this.#gate,
      connections,
      // The policy was found by the name in the settings, so they are its own.
      keyOf: keyedOn === undefined ? undefined : keyReader(keyedOn(settings.balance as never)),
      sessions: this.#sessions(),
      override: settings.override === undefined ? undefined : new Override(settings.override, this.#endpoints),
      counters,
      rows,
      clock: this.#tools.clock,
      random: this.#random,
      budget: settings.retry.budget && new RetryBudget(settings.retry.budget, words.budget),
      entry: this.#entry,
      rooms: this.#rooms,
      endpointsName: choiceText({ metadata: wanted?.metadata }),
      breaker: settings.breaker && this.#breaker(settings.breaker, words.breaker),
      hedging: settings.hedge && new Hedging({ rules: settings.hedge, words: words.hedges, counters, clock: this.#tools.clock }),
    });
  }

  /** The rows of the pool, of all workers. */
  #rows(): readonly Float64Array[] {
    const { board } = this.#tools;
    return Array.from({ length: board.shape.workers }, (_, worker) => board.poolRow(worker, this.plan.places.row));
  }

  /** A door of its own for each worker and choice would let in too many: the words are the pool's. */
  #makeEntry(before: PoolWorks | undefined): PoolEntry | undefined {
    const { maxRequests, concurrency } = this.plan.settings;
    if (maxRequests === Number.POSITIVE_INFINITY && concurrency === undefined) return undefined;
    const words = this.#words.entry;
    if (before !== undefined && before.#words.entry.buffer === words.buffer && hasSameLimits(before.plan.settings, this.plan.settings))
      return before.#entry;
    return new PoolEntry({ maxRequests, concurrency, words, worker: this.#tools.worker });
  }

  #reportFault(reason: string): void {
    const counters = itemAt(this.#rows(), this.#tools.worker);
    counters[poolCounter.policyFaults] = (counters[poolCounter.policyFaults] ?? 0) + 1;
    this.#tools.report(this.plan.name, reason);
  }

  #balancerParts(counters: Float64Array, wanted: Metadata | undefined): BalancerParts {
    const { board, worker, workers, clock } = this.#tools;
    const { name: pool, settings, shared, places } = this.plan;
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
      ...(workers > 1 && wanted === undefined ? { turns: (tier: number) => board.turns(places.row, tier) } : {}),
      counters,
      revision: () => board.revision(places.row),
      ...(this.#own === undefined ? {} : { own: this.#own }),
    };
  }

  #sessions(): Sessions | undefined {
    const { worker, clock: now } = this.#tools;
    const { name: pool, settings, shared } = this.plan;
    const { sticky } = settings;
    if (sticky === undefined) return undefined;
    const secret = ('secret' in sticky ? sticky.secret : undefined) ?? shared.secret;
    // An import statement would load it in every worker, also where there are no sessions.
    const { createHmac } = process.getBuiltinModule('node:crypto');
    const sign = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');
    return buildSessions(sticky, { pool, endpoints: this.#endpoints, sign, table: sessionTable(shared, { pool, settings, worker }), now });
  }

  #candidates(wanted: Metadata = {}): readonly Endpoint[] {
    const { endpoints, subset } = this.plan.settings;
    const asks = Object.entries(wanted);
    const fitting = this.#endpoints.filter((_, index) => asks.every(([word, value]) => endpoints[index]?.metadata[word] === value));
    return subset === undefined ? fitting : subsetOf(fitting, subset.size, subset.identity ?? this.#tools.identity);
  }
}

type Metadata = Readonly<Record<string, string>>;

/** As the choice of those that ask for nothing. */
const wholePool = choiceText({});

/** What was learned under them goes on to hold. */
const hasSameLimits = (one: PoolSettings, other: PoolSettings): boolean =>
  one.maxRequests === other.maxRequests && isDeepStrictEqual(one.concurrency, other.concurrency);

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
