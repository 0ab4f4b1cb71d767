// Hot path. Carries one exchange to an endpoint and its answer back: first try, further tries, and the one end.
// Stands between the client's side and the endpoint's: each of the two is slowed, stopped and told by the other.
import type { Endpoint } from '../../domain/endpoints/endpoint.ts';
import { endpointCounter } from '../../domain/endpoints/scoreboard.ts';
import { catalogue } from '../../domain/exceptions/catalogue.ts';
import type { Failure } from '../../domain/exceptions/failure.ts';
import { failureOf } from '../../domain/exceptions/failure.ts';
import { fieldValue } from '../../domain/http/field-text.ts';
import { isIdempotent, isSafe } from '../../domain/http/methods.ts';
import type { RequestHead } from '../../domain/http/request-head.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';
import { backoff } from '../../domain/resilience/backoff.ts';
import { timeLeftFor } from '../../domain/resilience/deadlines.ts';
import { timeGiven, withTimeLeft } from '../../domain/resilience/request-deadline.ts';
import type { LastResortSettings } from '../../domain/traffic/pool-settings.ts';
import type { Exchange, ExchangeServer } from '../listening/exchange.ts';
import type { AttemptOwner } from './attempt.ts';
import { Attempt } from './attempt.ts';
import { BreakerPass } from './breaker-pass.ts';
import type { DispatchTools } from './dispatch-tools.ts';
import type { TimerName } from './exchange-timers.ts';
import { ExchangeTimers } from './exchange-timers.ts';
import type { Hedging } from './hedging.ts';
import { KeptBody } from './kept-body.ts';
import { answerLastResort } from './last-resort.ts';
import { openTunnel } from './open-tunnel.ts';
import { PoolPlace } from './pool-place.ts';
import type { PoolTraffic } from './pool-traffic.ts';
import type { Waiter } from './waiting-room.ts';
import { noTicket } from './waiting-room.ts';

const nobody: readonly Endpoint[] = [];
const unlimited = Number.POSITIVE_INFINITY;
const firstFailedStatus = 500;

export class Attempts implements ExchangeServer, AttemptOwner, Waiter {
  readonly exchange: Exchange;
  readonly pool: PoolTraffic;
  readonly tools: DispatchTools;
  /** The route says that its requests may be sent twice. */
  readonly #isSafeByRoute: boolean;
  /** The try that is on. */
  #attempt: Attempt | undefined = undefined;
  /** A second one beside it, because the first is late: whichever answers first goes on. */
  #rival: Attempt | undefined = undefined;
  #tried: Endpoint[] | undefined = undefined;
  #count = 0;
  #isAnswered = false;
  /** One connection was found to have been kept too long. */
  #wasStale = false;
  /** The client does not read at the moment: a try that begins now waits for it too. */
  #isClientBlocked = false;
  /** The request's body was let flow: what has come of it can only be sent again if it was kept. */
  #isBodyBegun = false;
  #isBodyEnded = false;
  #body: KeptBody | undefined = undefined;
  #trailers = '';
  #timers: ExchangeTimers | undefined = undefined;
  /** Absent where the pool has no breaker. */
  readonly #pass: BreakerPass | undefined;
  /** Of the pools for which this one stands in: the first that was asked has the first word. */
  #lastResort: LastResortSettings | undefined = undefined;
  /** Of the waiting room. */
  ticket = noTicket;
  /** Until when the client waits, by the pool's clock. */
  #deadline = unlimited;
  /** Absent where a pool takes any number. */
  readonly #place: PoolPlace | undefined;

  constructor(exchange: Exchange, pool: PoolTraffic, tools: DispatchTools, isSafeByRoute: boolean) {
    this.exchange = exchange;
    this.pool = pool;
    this.tools = tools;
    this.#isSafeByRoute = isSafeByRoute;
    this.#pass = pool.breaker && new BreakerPass(pool.breaker, () => pool.now());
    this.#place = pool.countsPlaces ? new PoolPlace(pool) : undefined;
  }

  begin(): void {
    this.exchange.server = this;
    const { pool } = this;
    if (this.#pass?.enter() === false) return this.#giveToBackup(failureOf('breaker-open'));
    pool.countRequest();
    this.#startDeadline();
    // While somebody waits, places that become free are theirs.
    const mustWait = pool.waiting?.isEmpty === false;
    if (mustWait || !this.#start()) this.#wait();
  }

  /** The time for all tries, or what the client gives, whichever is less. */
  #startDeadline(): void {
    const { retry, deadline } = this.pool.settings;
    const given = deadline === undefined ? unlimited : timeGiven(this.exchange.request.fields, deadline);
    const time = Math.min(retry.within, given);
    if (given !== unlimited) this.#deadline = this.pool.now() + given;
    if (time !== unlimited) this.#startTimer('all', time, () => this.#expire());
  }

  /** With no more time than is left. */
  requestFor(): RequestHead {
    const { request } = this.exchange;
    const { deadline } = this.pool.settings;
    if (deadline === undefined || this.#deadline === unlimited) return request;
    const left = timeLeftFor(this.#deadline, this.pool.now(), deadline.margin);
    return { ...request, fields: withTimeLeft(request.fields, deadline, left) };
  }

  /** False when there is no place for it now. */
  #start(): boolean {
    const { pool } = this;
    if (this.#place?.take() === false) return false;
    const endpoint = pool.choose(this.exchange, nobody, 0);
    if (endpoint !== undefined) {
      this.#tryAt(endpoint, true);
      return true;
    }
    this.#place?.giveBack();
    if (pool.refusal.kind === 'pool-saturated') return false;
    this.#giveToBackup(pool.refusal);
    return true;
  }

  #wait(): void {
    const { waiting, backup } = this.pool;
    if (waiting === undefined || backup !== undefined) return this.#giveToBackup(failureOf('pool-saturated'));
    if (waiting.join(this, this.pool.priorityOf(this.exchange), this.#deadline)) return;
    this.#refuse({ kind: waiting.isTooLate ? 'too-late' : 'pool-saturated', retryAfter: waiting.retryAfter });
  }

  /** There may be a place now. */
  wake(): boolean {
    return this.#start();
  }

  expired(retryAfter: number, isDisplaced: boolean): void {
    this.#refuse({ kind: isDisplaced ? 'pool-saturated' : 'queue-timeout', retryAfter });
  }

  /** Nothing was tried yet. */
  #giveToBackup(failure: Failure): void {
    const { backup, settings } = this.pool;
    const lastResort = this.#lastResort ?? settings.lastResort;
    this.#pass?.leave('nothing', 0);
    this.#stopTimers();
    if (backup === undefined) return lastResort === undefined ? this.exchange.refuse(failure) : answerLastResort(this.exchange, lastResort);
    const further = new Attempts(this.exchange, backup, this.tools, this.#isSafeByRoute);
    further.#lastResort = lastResort;
    further.begin();
  }

  /** The endpoint's load is held already. */
  #tryAt(endpoint: Endpoint, mayReuse: boolean): void {
    this.#count++;
    const attempt = new Attempt(this, endpoint);
    this.#attempt = attempt;
    const { perTry } = this.pool.settings.retry;
    if (perTry !== unlimited) this.#startTimer('one', perTry, () => attempt.giveUp(failureOf('try-timeout')));
    attempt.begin(mayReuse);
  }

  attemptSent(attempt: Attempt): void {
    if (this.#isClientBlocked) attempt.connection?.pause();
    if (this.exchange.request.length === 0) return this.#hedgeLater();
    if (this.#isBodyBegun) return this.#sendAgain(attempt);
    this.#isBodyBegun = true;
    const { body } = this.pool.settings.retry;
    if (body > 0 && this.pool.settings.retry.attempts > 1 && this.#mayRepeat()) this.#body = new KeptBody(body);
    this.exchange.receive();
  }

  #sendAgain(attempt: Attempt): void {
    // In the read in which its endpoint was found dead, more may have come than is kept.
    if (this.#body?.isWhole !== true) {
      attempt.abandon();
      return this.#refuse(failureOf('endpoint-closed'));
    }
    const { connection } = attempt;
    this.#body.send((bytes) => connection?.sendBytes(bytes, 0, bytes.length, true));
    if (this.#isBodyEnded) connection?.endSending(this.#trailers);
    // An endpoint that has not taken what it was sent so far lets the rest come when it has.
    else if (connection?.wire.isBlocked !== true) this.exchange.resumeRequest();
  }

  requestBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    this.#body?.add(bytes, start, end);
    this.#attempt?.connection?.sendBytes(bytes, start, end, stays);
  }

  requestEnd(trailers: string): void {
    this.#isBodyEnded = true;
    this.#trailers = trailers;
    this.#attempt?.connection?.endSending(trailers);
  }

  clientBlocked(): void {
    this.#isClientBlocked = true;
    this.#attempt?.connection?.pause();
    this.#rival?.connection?.pause();
  }

  clientDrained(): void {
    this.#isClientBlocked = false;
    this.#attempt?.connection?.resume();
    this.#rival?.connection?.resume();
  }

  attemptBlocked(): void {
    this.exchange.pauseRequest();
  }

  attemptDrained(): void {
    this.exchange.resumeRequest();
  }

  attemptInterim(_attempt: Attempt, head: ResponseHead): void {
    // Of two tries it is not known yet which of them the client will hear.
    if (this.#rival === undefined) this.exchange.interim(head);
  }

  attemptAnswered(attempt: Attempt, head: ResponseHead): void {
    const { on } = this.pool.settings.retry;
    const isUnwanted = on.length > 0 && on.includes(head.status);
    if (isUnwanted && (this.#leaveToRival(attempt) || this.#tryOther(attempt))) return;
    if (this.#rival !== undefined) this.#win(attempt);
    this.pool.hedging?.record(attempt.latency);
    this.#isAnswered = true;
    this.#stopTimers();
    this.#pass?.leave(head.status < firstFailedStatus ? 'passed' : 'failed', attempt.latency);
    this.#body?.forget();
    this.exchange.respond(this.pool.keepSession(this.exchange, attempt.endpoint, head));
  }

  /** Once in an exchange, for what asks for nothing but an answer and has no body: a second try when that is late for this pool. */
  #hedgeLater(): void {
    const { hedging } = this.pool;
    const { method, upgrade } = this.exchange.request;
    if (hedging === undefined || this.#count > 1 || this.#rival !== undefined || !isSafe(method) || upgrade !== '') return;
    const delay = hedging.delay();
    if (delay >= 0) this.#startTimer('hedge', delay, () => this.#hedge(hedging));
  }

  #hedge(hedging: Hedging): void {
    const first = this.#attempt;
    if (first === undefined || this.#isAnswered || !hedging.mayHedge()) return;
    const endpoint = this.pool.choose(this.exchange, [...(this.#tried ?? nobody), first.endpoint], this.#count);
    hedging.settle(endpoint !== undefined);
    if (endpoint === undefined) return;
    this.#rival = new Attempt(this, endpoint);
    this.#rival.begin(true);
  }

  #win(attempt: Attempt): void {
    const loser = attempt === this.#rival ? this.#attempt : this.#rival;
    this.#attempt = attempt;
    this.#rival = undefined;
    loser?.abandon();
  }

  /** One of two tries came to nothing: the other one goes on. False when there is no other. */
  #leaveToRival(attempt: Attempt): boolean {
    if (this.#rival === undefined) return false;
    this.#attempt = attempt === this.#rival ? this.#attempt : this.#rival;
    this.#rival = undefined;
    this.#tried = [...(this.#tried ?? nobody), attempt.endpoint];
    attempt.reject();
    return true;
  }

  /** In the place of an answer that is not wanted. False when there is no other to be had: then it is passed on. */
  #tryOther(attempt: Attempt): boolean {
    if (!this.#mayRepeat() || !this.#mayTryAgain(false)) return false;
    const next = this.pool.choose(this.exchange, [...(this.#tried ?? nobody), attempt.endpoint], this.#count);
    if (next === undefined) return false;
    attempt.reject();
    this.#tried = [...(this.#tried ?? nobody), attempt.endpoint];
    attempt.endpoint.load.count(endpointCounter.retries, 1);
    this.#holdBody();
    this.#tryAt(next, true);
    return true;
  }

  attemptBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    this.exchange.responseBytes(bytes, start, end, stays);
  }

  attemptDone(_attempt: Attempt, trailers: string): void {
    this.exchange.end(trailers);
    this.#place?.leave(false);
  }

  attemptFailed(attempt: Attempt, failure: Failure, wasKeptTooLong: boolean): void {
    if (this.#leaveToRival(attempt)) return;
    const { endpoint } = attempt;
    this.#attempt = undefined;
    if (this.#isAnswered) return this.#breakOff(failure);
    // A connection that was kept too long says nothing about the endpoint: the same one is asked again, on a fresh connection, and the
    // try is not counted. Once is enough: on a fresh connection it is the endpoint that fails.
    const isStale = wasKeptTooLong && !this.#wasStale;
    if (isStale) this.#count--;
    if (!this.#isSafeAfter(failure) || !this.#mayTryAgain(isStale || this.#isFree(failure))) return this.#refuse(failure);
    this.#holdBody();
    if (isStale) this.#wasStale = true;
    else this.#tried = [...(this.#tried ?? nobody), endpoint];
    const wait = isStale || this.#count < 2 ? 0 : backoff(this.pool.settings.retry.backoff, this.#count - 2, 0, this.pool.random);
    if (wait < 1) return this.#tryAgain(endpoint, failure, isStale);
    this.#startTimer('one', wait, () => this.#tryAgain(endpoint, failure, false));
  }

  #tryAgain(endpoint: Endpoint, failure: Failure, isStale: boolean): void {
    const same = isStale ? this.pool.chooseAgain(endpoint) : undefined;
    const next = same ?? this.pool.choose(this.exchange, this.#tried ?? nobody, this.#count);
    if (next === undefined) return this.#refuse(failure);
    endpoint.load.count(endpointCounter.retries, 1);
    this.#tryAt(next, same === undefined);
  }

  /** No endpoint has seen the request: the first time that happens, another try costs nobody anything. */
  #isFree(failure: Failure): boolean {
    return this.#count === 1 && catalogue[failure.kind].retry === 'always';
  }

  #isSafeAfter({ kind }: Failure): boolean {
    const { retry } = catalogue[kind];
    return retry === 'always' || (retry === 'if-idempotent' && this.#mayRepeat());
  }

  /** What has come of the body can be sent again, and all limits leave room for another try. */
  #mayTryAgain(isFree: boolean): boolean {
    if (this.#isBodyBegun && this.#body?.isWhole !== true) return false;
    return this.#count < this.pool.settings.retry.attempts && (isFree || this.pool.mayRetry());
  }

  /** RFC 9110 section 9.2.2; or the client says by Idempotency-Key, or the route by its settings, that it does no harm. */
  #mayRepeat(): boolean {
    const { method, fields } = this.exchange.request;
    return isIdempotent(method) || this.#isSafeByRoute || fieldValue(fields, 'idempotency-key') !== undefined;
  }

  /** What comes of the request while no endpoint has it would be lost beyond what is kept. */
  #holdBody(): void {
    if (this.#isBodyBegun && !this.#isBodyEnded) this.exchange.pauseRequest();
  }

  /** The client left, or its request was refused in the middle: the endpoint is spared the rest. */
  clientGone(_failure: Failure): void {
    this.pool.waiting?.leave(this);
    this.#pass?.leave('nothing', 0);
    this.#stopTimers();
    this.#attempt?.abandon();
    this.#rival?.abandon();
    this.#place?.leave(false);
  }

  attemptSwitched(attempt: Attempt, head: ResponseHead, early: Buffer | undefined): void {
    this.#stopTimers();
    this.#pass?.leave('passed', attempt.latency);
    if (this.#rival !== undefined) this.#win(attempt);
    openTunnel(this, attempt, { head, early, over: () => this.#place?.leave(false) });
  }

  #expire(): void {
    this.#attempt?.abandon();
    this.#rival?.abandon();
    this.#refuse(failureOf('deadline-exceeded'));
  }

  #breakOff(failure: Failure): void {
    this.exchange.breakOff(failure);
    this.#place?.leave(true);
  }

  #refuse(failure: Failure): void {
    this.#pass?.leave(catalogue[failure.kind].origin === 'client' ? 'nothing' : 'failed', 0);
    this.#stopTimers();
    this.pool.waiting?.leave(this);
    this.exchange.refuse(failure);
    this.#place?.leave(true);
  }

  #startTimer(name: TimerName, milliseconds: number, act: () => void): void {
    this.#timers ??= new ExchangeTimers();
    this.#timers.start(name, milliseconds, act);
  }

  #stopTimers(): void {
    this.#timers?.stop();
  }
}
