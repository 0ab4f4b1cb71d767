// Hot path. One pool at work in one worker: who gets an exchange, and the connections to them.
// An endpoint is given with its load held: whoever takes one gives it back.
import type { ExchangeFacts } from '../../domain/balancing/affinity-key.ts';
import type { Balancer } from '../../domain/balancing/balancer.ts';
import type { Gate } from '../../domain/balancing/gates/gate.ts';
import type { Endpoint } from '../../domain/endpoints/endpoint.ts';
import { refusals } from '../../domain/endpoints/refusals.ts';
import type { PoolCounter } from '../../domain/endpoints/scoreboard.ts';
import { poolCounter, poolGauge, waitsAt } from '../../domain/endpoints/scoreboard.ts';
import type { Failure, FailureKind } from '../../domain/exceptions/failure.ts';
import { failureOf } from '../../domain/exceptions/failure.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';
import type { CircuitBreaker } from '../../domain/resilience/circuit-breaker.ts';
import type { PoolEntry } from '../../domain/resilience/pool-entry.ts';
import { requestPriority } from '../../domain/resilience/request-priority.ts';
import type { RetryBudget } from '../../domain/resilience/retry-budget.ts';
import type { QueueRules } from '../../domain/resilience/rules.ts';
import type { Override } from '../../domain/sessions/override.ts';
import type { Sessions } from '../../domain/sessions/sessions.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import type { Random } from '../../foundation/basics/random.ts';
import type { ConnectionPool } from '../connecting/connection-pool.ts';
import type { PoolConnections } from '../connecting/pool-connections.ts';
import type { Hedging } from './hedging.ts';
import { TaughtTrial } from './taught-trial.ts';
import type { WaitingEvent } from './waiting/waiting-room.ts';
import { WaitingRoom } from './waiting/waiting-room.ts';
import type { WaitingRooms } from './waiting/waiting-rooms.ts';

/** Who a pool is by the document in force. What was built from an earlier one finds here who chooses in its place. */
export interface Seat {
  latest: PoolTraffic;
}

export interface PoolTrafficParts {
  readonly name: string;
  readonly settings: PoolSettings;
  /** Of the same pool by the document before; absent for a pool that is new. */
  readonly seat?: Seat | undefined;
  readonly balancer: Balancer;
  /** The same that the balancer asks. */
  readonly gate: Gate | undefined;
  readonly connections: PoolConnections;
  /** What an exchange is keyed on; absent where the policy does not ask. */
  readonly keyOf: ((facts: ExchangeFacts) => string | undefined) | undefined;
  readonly sessions: Sessions | undefined;
  readonly override: Override | undefined;
  /** This worker's row of the pool on the scoreboard. */
  readonly counters: Float64Array;
  /** Those of all workers; this one's is the same object. */
  readonly rows: readonly Float64Array[];
  /** The clock that policies learn by. */
  readonly clock: () => number;
  readonly random: Random;
  /** How many retries there may be; absent for any number. */
  readonly budget: RetryBudget | undefined;
  /** Absent where no second endpoint is asked. */
  readonly hedging: Hedging | undefined;
  /** Of the pool as a whole. */
  readonly breaker: CircuitBreaker | undefined;
  /** Absent where any number may be in flight. */
  readonly entry: PoolEntry | undefined;
  /** Of the whole pool, where exchanges may wait. */
  readonly rooms: WaitingRooms;
  /** A name for the endpoints that may be chosen: who may go to the same ones waits in one room. */
  readonly endpointsName: string;
}

const saturated: Failure = failureOf('pool-saturated');
const noEndpoint: Failure = failureOf('no-endpoint');
const refusalCounters: Partial<Record<FailureKind, PoolCounter>> = refusals;
const nobody = -1;
const nobodyTried: readonly Endpoint[] = [];

const limitsTime = ({ deadline, timeouts, retry }: PoolSettings): boolean =>
  deadline !== undefined || Math.min(timeouts.total, retry.within, retry.perTry) < Number.POSITIVE_INFINITY;

export class PoolTraffic {
  readonly name: string;
  readonly settings: PoolSettings;
  readonly seat: Seat;
  readonly random: Random;
  readonly hedging: Hedging | undefined;
  readonly breaker: CircuitBreaker | undefined;
  readonly entry: PoolEntry | undefined;
  /** Its settings say how long an exchange or a try may take. */
  readonly limitsTime: boolean;
  /** Absent where nobody waits for a place. */
  readonly waiting: WaitingRoom | undefined;
  /** Takes what this pool has no endpoint for. Set once all pools are built. */
  backup: PoolTraffic | undefined = undefined;
  readonly #parts: PoolTrafficParts;
  /** As of the last `refresh`: near enough for what is counted by the second. */
  #now: number;
  /** That began since the budget of retries was told. */
  #requests = 0;
  /** The session of the exchange that chooses now has an endpoint that may not be taken. */
  #hasLeft = false;
  /** Asked with, again and again. */
  readonly #request: { key: string | undefined; attempt: number } = { key: undefined, attempt: 0 };

  constructor(parts: PoolTrafficParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.settings = parts.settings;
    this.seat = parts.seat ?? { latest: this };
    this.random = parts.random;
    this.hedging = parts.hedging;
    this.breaker = parts.breaker;
    this.entry = parts.entry;
    this.limitsTime = limitsTime(parts.settings);
    const { queue } = parts.settings;
    this.waiting = queue && parts.rooms.roomFor(parts.endpointsName, () => this.#openRoom(queue));
    this.#now = parts.clock();
  }

  /** An endpoint that is not among those tried, with its load held; undefined when none may be taken: `refusal` says why. */
  choose(facts: ExchangeFacts, tried: readonly Endpoint[], attempt: number): Endpoint | undefined {
    const { latest } = this.seat;
    if (latest !== this) return latest.choose(facts, tried, attempt);
    const { balancer, keyOf, sessions, override } = this.#parts;
    if (sessions !== undefined || override !== undefined) {
      const endpoint = this.#chooseNamed(facts, tried);
      if (endpoint !== undefined) return endpoint;
    }
    this.#request.key = keyOf === undefined ? undefined : keyOf(facts);
    this.#request.attempt = attempt;
    const endpoint = balancer.take(this.#request, tried);
    // Who waits for a place, or is refused, has not moved.
    if (endpoint !== undefined && this.#hasLeft) this.#count(poolCounter.sessionsMoved);
    return endpoint;
  }

  /** Its session has an endpoint that takes nothing new, so that nobody who waits for a place waits for one there. */
  passesNobody(facts: ExchangeFacts): boolean {
    const { balancer, sessions, entry } = this.#latest;
    const found = entry === undefined ? (sessions?.find(facts) ?? nobody) : nobody;
    return found !== nobody && balancer.isForSessionsOnly(found);
  }

  /** It chooses for all who were sent to the pool before. */
  takeSeat(): void {
    this.seat.latest.#depositRequests();
    this.seat.latest = this;
  }

  /** Of whoever chooses. */
  get #latest(): PoolTrafficParts {
    return this.seat.latest.#parts;
  }

  /** The last word on the endpoints that `choose` gives. */
  get gate(): Gate | undefined {
    return this.#latest.gate;
  }

  /** An exchange takes a place in the pool, and gives it back. */
  get countsPlaces(): boolean {
    return this.entry !== undefined || this.waiting !== undefined;
  }

  /**
   * So many exchanges of this worker have a place, where places are counted: written by them. While all workers have some who wait, each
   * serves its own at the places that it has.
   */
  get placesTaken(): number {
    return this.#parts.counters[poolGauge.serving] as number;
  }

  set placesTaken(count: number) {
    this.#parts.counters[poolGauge.serving] = count;
  }

  /** The class of an exchange in the waiting room, 0 for the most important. */
  priorityOf({ request }: ExchangeFacts): number {
    const priority = this.settings.queue?.priority;
    return priority === undefined ? 0 : requestPriority(request.fields, priority);
  }

  /** A place has become free: whoever waits may have it. */
  freed(): void {
    this.#parts.rooms.freed();
  }

  #openRoom(rules: QueueRules): WaitingRoom {
    const { clock } = this.#parts;
    return new WaitingRoom({
      rules,
      clock,
      // Where there is nobody any more, those who wait are let in to be told so.
      hasRoom: () => this.hasNobody || (this.entry?.hasRoom !== false && this.#latest.balancer.hasRoom()),
      places: () => Math.max(1, this.placesTaken),
      isBeyondShare: () => this.#isBeyondShare(),
      count: (event) => this.#countWaiting(event),
      ended: (waited) => this.#countWait(waited),
    });
  }

  /** No place would be of any use: all endpoints are down. */
  get hasNobody(): boolean {
    return this.#latest.balancer.hasNobody();
  }

  /** As many of all places as fall to one of the workers in which somebody waits. Others see what a worker writes a little later. */
  #isBeyondShare(): boolean {
    const { rows, counters } = this.#parts;
    // All indices are in range, which the compiler cannot see.
    let places = 1;
    let waiting = 1;
    for (let worker = 0; worker < rows.length; worker++) {
      const row = rows[worker] as Float64Array;
      places += row[poolGauge.serving] as number;
      if (row !== counters && (row[poolGauge.waiting] as number) > 0) waiting++;
    }
    return waiting > 1 && (this.placesTaken + 1) * waiting > places;
  }

  #countWaiting(event: WaitingEvent): void {
    if (event === 'refused') return;
    this.#count(poolCounter[event]);
    if (event === 'queued') this.#count(poolGauge.waiting);
  }

  #countWait(waited: number): void {
    const { counters } = this.#parts;
    const microseconds = waited * 1000;
    counters[poolGauge.waiting] = (counters[poolGauge.waiting] as number) - 1;
    counters[poolCounter.waitSumMicroseconds] = (counters[poolCounter.waitSumMicroseconds] as number) + microseconds;
    this.#count(waitsAt + latencyBuckets.of(microseconds));
  }

  /** Where the pool, and not one of its endpoints, is why the client is told a failure. */
  countRefusal(kind: FailureKind): void {
    const counter = refusalCounters[kind];
    if (counter !== undefined) this.#count(poolCounter[counter]);
  }

  /** The same endpoint, once more: its connection was kept too long. */
  chooseAgain({ load }: Endpoint): Endpoint | undefined {
    return this.#latest.balancer.takeNamed(load.slot, nobodyTried);
  }

  /** By the clock that all workers share. */
  now(): number {
    return this.#parts.clock();
  }

  /** Of the last `choose` that gave undefined. */
  get refusal(): Failure {
    return this.#latest.balancer.isSaturated ? saturated : noEndpoint;
  }

  #chooseNamed(facts: ExchangeFacts, tried: readonly Endpoint[]): Endpoint | undefined {
    const { balancer, sessions, override } = this.#parts;
    this.#hasLeft = false;
    const ordered = override?.find(facts) ?? nobody;
    if (ordered !== nobody) {
      const endpoint = balancer.takeNamed(ordered, tried);
      if (endpoint !== undefined) this.#count(poolCounter.overrides);
      if (endpoint !== undefined) return endpoint;
    }
    const found = sessions?.find(facts) ?? nobody;
    if (found === nobody) return undefined;
    const endpoint = balancer.takeNamed(found, tried);
    if (endpoint === undefined) this.#hasLeft = true;
    else this.#count(poolCounter.sessionsKept);
    return endpoint;
  }

  /** A request begins: each earns the pool a share of a retry. */
  countRequest(): void {
    this.#requests++;
  }

  /** Many at a time: one by one they would cost each request an exchange with what other workers have in their caches. */
  #depositRequests(): void {
    if (this.#requests > 0) this.#parts.budget?.deposit(this.#now, this.#requests);
    this.#requests = 0;
  }

  /** A request was refused before it began, because this worker has too much to do. */
  countShed(): void {
    this.#count(poolCounter.shed);
  }

  /** Whether the budget has one more retry; if so, it is spent. */
  mayRetry(): boolean {
    const { budget } = this.#parts;
    this.#depositRequests();
    if (budget === undefined || budget.tryWithdraw(this.seat.latest.#now)) return true;
    this.#count(poolCounter.retriesRefused);
    return false;
  }

  /** There was no endpoint for the retry. */
  giveRetryBack(): void {
    this.#parts.budget?.giveBack(this.#now);
  }

  /** Nobody waits for a place, and its endpoints are believed to be well: it can be asked twice for one thing. */
  get bearsMore(): boolean {
    return this.waiting?.isEmpty !== false && !this.#parts.balancer.isInPanic;
  }

  /** The answer's head, with what makes the session stick to the endpoint that gave it. */
  keepSession(facts: ExchangeFacts, endpoint: Endpoint, head: ResponseHead): ResponseHead {
    const { sessions } = this.#latest;
    return sessions === undefined ? head : sessions.keep(facts, endpoint.load.slot, head);
  }

  /** Tells the policy that a try begins, where it learns from tries. */
  beginTrial(endpoint: Endpoint): TaughtTrial | undefined {
    const { balancer, clock } = this.#latest;
    return balancer.learns ? new TaughtTrial(endpoint, balancer, clock) : undefined;
  }

  /** The connections to one of the pool's endpoints. */
  connectionsTo(endpoint: Endpoint): ConnectionPool {
    const pool = this.#latest.connections.to(endpoint) ?? this.#parts.connections.to(endpoint);
    if (pool === undefined) throw new Error(`Endpoint ${endpoint.id} is not of pool ${this.#parts.name}.`);
    return pool;
  }

  /** Follows what changed since the last time, off the way of requests. */
  refresh(now: number): void {
    const { balancer, counters, entry } = this.#parts;
    this.#depositRequests();
    this.#now = now;
    balancer.refresh(now);
    if (entry?.learnedLimit !== undefined) counters[poolGauge.learnedLimit] = entry.learnedLimit;
  }

  /** Closes connections that wait. */
  drain(): void {
    for (const pool of this.#parts.connections.made) pool.drain();
  }

  abort(): void {
    for (const pool of this.#parts.connections.made) pool.abort();
  }

  #count(counter: number): void {
    const { counters } = this.#parts;
    // The row has every counter, which the compiler cannot see.
    counters[counter] = (counters[counter] as number) + 1;
  }
}
