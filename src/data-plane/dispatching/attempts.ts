// Hot path. Carries one exchange through a pool: the way in, first try, further tries, a second one beside the first, and the one end.
// Stands between the client's side and the endpoint's: each of the two is slowed, stopped and told by the other.
import type { Endpoint } from '../../domain/endpoints/endpoint.ts';
import { endpointCounter } from '../../domain/endpoints/scoreboard.ts';
import { catalogue } from '../../domain/exceptions/catalogue.ts';
import type { Failure } from '../../domain/exceptions/failure.ts';
import { failureOf } from '../../domain/exceptions/failure.ts';
import type { RequestHead } from '../../domain/http/request-head.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';
import type { LastResortSettings } from '../../domain/traffic/pool-settings.ts';
import type { Exchange, ExchangeServer } from '../listening/exchange.ts';
import { Attempt } from './attempt.ts';
import { BreakerPass } from './breaker-pass.ts';
import type { DispatchTools } from './dispatch-tools.ts';
import { ExchangeTime } from './exchange-time.ts';
import type { Legacy } from './last-resort.ts';
import { refuseInWords } from './last-resort.ts';
import { openTunnel } from './open-tunnel.ts';
import { PoolPlace } from './pool-place.ts';
import type { PoolTraffic } from './pool-traffic.ts';
import { RequestBody } from './request-body.ts';
import type { HedgeOwner } from './second-try.ts';
import { SecondTry } from './second-try.ts';
import { mayRepeat, Tries } from './tries.ts';
import type { Waiter } from './waiting/waiting-room.ts';
import { noTicket } from './waiting/waiting-room.ts';

const firstFailedStatus = 500;
const unlimited = Number.POSITIVE_INFINITY;
const nobody: readonly Endpoint[] = [];

/** One object for each exchange, and one for each try. What serves second tries, bodies, timers or limits is made where there are such. */
export class Attempts implements ExchangeServer, HedgeOwner, Waiter {
  readonly exchange: Exchange;
  readonly pool: PoolTraffic;
  readonly tools: DispatchTools;
  /** The try that is on; the first, where there are two. */
  attempt: Attempt | undefined = undefined;
  /** Of the waiting room. */
  ticket = noTicket;
  readonly #isSafeByRoute: boolean;
  #isAnswered = false;
  /** The client does not read at the moment: a try that begins now waits for it too. */
  #isClientBlocked = false;
  /** Absent while the first try is the only one. */
  #tries: Tries | undefined = undefined;
  /** Absent while nothing takes its time from a timer or a deadline. */
  #time: ExchangeTime | undefined = undefined;
  /** Of a request that has one, once it was let flow. */
  #body: RequestBody | undefined = undefined;
  /** Absent where no second endpoint is asked for what the first one is late with. */
  readonly #second: SecondTry | undefined;
  /** Absent where the pool has no breaker. */
  readonly #pass: BreakerPass | undefined;
  /** Absent where a pool takes any number. */
  readonly #place: PoolPlace | undefined;
  /** Of a pool that stands in for another. */
  #legacy: Legacy | undefined = undefined;

  constructor(exchange: Exchange, pool: PoolTraffic, tools: DispatchTools, isSafeByRoute: boolean) {
    this.exchange = exchange;
    this.pool = pool;
    this.tools = tools;
    this.#isSafeByRoute = isSafeByRoute;
    this.#second = pool.hedging && new SecondTry(this);
    this.#pass = pool.breaker && new BreakerPass(pool.breaker, () => pool.now());
    this.#place = pool.countsPlaces ? new PoolPlace(pool) : undefined;
  }

  get tries(): Tries {
    this.#tries ??= new Tries(this.exchange.request, this.pool.settings.retry, this.#isSafeByRoute);
    return this.#tries;
  }

  get time(): ExchangeTime {
    this.#time ??= new ExchangeTime(this.pool);
    return this.#time;
  }

  begin(): void {
    this.exchange.server = this;
    const { pool } = this;
    if (pool.limitsTime) this.time.hear(this.exchange.request);
    if (this.#time?.isSpent === true) return this.#refuse(failureOf('deadline-exceeded'));
    if (this.#pass?.enter() === false) return this.#giveToBackup({ kind: 'breaker-open', retryAfter: this.#pass.retryAfter });
    pool.countRequest();
    // While somebody waits, places that become free are theirs.
    const mustWait = pool.waiting?.isEmpty === false && !pool.passesNobody(this.exchange);
    if (mustWait || !this.#start()) this.#wait();
  }

  requestFor(): RequestHead {
    const { request } = this.exchange;
    return this.#time === undefined ? request : this.#time.tell(request);
  }

  /** False when there is no place for it now. */
  #start(): boolean {
    const { pool } = this;
    if (this.#place?.take() === false) return this.#refuseIfNobody();
    const endpoint = this.#choose();
    if (endpoint !== undefined) {
      this.#watchAll();
      this.#tryAt(endpoint, true);
      return true;
    }
    this.#place?.giveBack();
    if (pool.refusal.kind === 'pool-saturated') return false;
    this.#giveToBackup(pool.refusal);
    return true;
  }

  /** All places are taken, and may be for long by those whose endpoints went down: a client need not wait to be told so. */
  #refuseIfNobody(): boolean {
    const { hasNobody } = this.pool;
    if (hasNobody) this.#giveToBackup(failureOf('no-endpoint'));
    return hasNobody;
  }

  #wait(): void {
    const { waiting, backup } = this.pool;
    if (waiting === undefined || backup !== undefined) return this.#giveToBackup(failureOf('pool-saturated'));
    if (waiting.join(this, this.pool.priorityOf(this.exchange), this.#time?.deadline ?? unlimited)) return;
    this.#giveToBackup({ kind: waiting.isTooLate ? 'too-late' : 'pool-saturated', retryAfter: waiting.retryAfter });
  }

  /** There may be a place now. */
  wake(): boolean {
    return this.#start();
  }

  expired(retryAfter: number, isDisplaced: boolean): void {
    this.#giveToBackup({ kind: isDisplaced ? 'pool-saturated' : 'queue-timeout', retryAfter });
  }

  /** Nothing was tried in this pool. */
  #giveToBackup(failure: Failure): void {
    const { backup } = this.pool;
    this.#pass?.leave('nothing', 0);
    if (backup !== undefined) return this.#handOver(backup);
    // Who has failed at it elsewhere has more to tell.
    if (this.#legacy?.failure !== undefined) return refuseInWords(this.exchange, this.#legacy.failure, this.#lastResort);
    this.pool.countRefusal(failure.kind);
    refuseInWords(this.exchange, failure, this.#lastResort);
  }

  get #lastResort(): LastResortSettings | undefined {
    return this.#legacy?.lastResort ?? this.pool.settings.lastResort;
  }

  /** `failure`: what the last try came to, if there was one. */
  #handOver(backup: PoolTraffic, failure = this.#legacy?.failure): void {
    const further = new Attempts(this.exchange, backup, this.tools, this.#isSafeByRoute);
    further.#legacy = { lastResort: this.#lastResort, failure };
    if (this.#time !== undefined) {
      this.#time.stop();
      further.time.deadline = this.#time.end;
    }
    further.#body = this.#body;
    further.#isClientBlocked = this.#isClientBlocked;
    further.begin();
  }

  /** An endpoint that has not failed at it, with its load held. */
  #choose(): Endpoint | undefined {
    const tries = this.#tries;
    return tries === undefined ? this.pool.choose(this.exchange, nobody, 0) : this.pool.choose(this.exchange, tries.failed, tries.count);
  }

  #tryAt(endpoint: Endpoint, mayReuse: boolean): void {
    const attempt = new Attempt(this, endpoint);
    this.attempt = attempt;
    this.#begin(attempt, mayReuse);
  }

  #begin(attempt: Attempt, mayReuse: boolean): void {
    if (this.#tries !== undefined) this.#tries.count++;
    this.#time?.startTry(attempt, 'one');
    if (this.exchange.request.length === 0 && this.#isFirst) this.#second?.later(attempt);
    attempt.begin(mayReuse);
  }

  get #isFirst(): boolean {
    return this.#tries === undefined || this.#tries.count === 1;
  }

  attemptSent(attempt: Attempt): void {
    if (this.#isClientBlocked) attempt.connection?.pause();
    if (this.exchange.request.length === 0) return;
    if (this.#body !== undefined) return this.#sendAgain(attempt, this.#body);
    this.#body = new RequestBody(mayRepeat(this.exchange.request, this.#isSafeByRoute) ? this.pool.settings.retry.body : 0);
    this.exchange.receive();
  }

  #sendAgain(attempt: Attempt, body: RequestBody): void {
    // In the read in which its endpoint was found dead, more may have come than is kept.
    if (!body.canBeSentAgain) {
      attempt.abandon();
      return this.#refuse(failureOf('endpoint-closed'));
    }
    body.sendAgain(attempt);
    // An endpoint that has not taken what it was sent so far lets the rest come when it has; one that broke leaves it to the next.
    if (attempt.awaitsClient || body.isComplete) this.exchange.resumeRequest();
  }

  requestBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    this.#body?.add(bytes, start, end);
    this.attempt?.connection?.sendBytes(bytes, start, end, stays);
  }

  requestEnd(trailers: string): void {
    this.#body?.end(trailers);
    const { attempt } = this;
    if (attempt?.isUnderWay === true && !this.#isAnswered) {
      // What the client took to send it is not held against the endpoint.
      this.#watchAll();
      this.#time?.startTry(attempt, 'one');
    }
    attempt?.endRequest(trailers);
  }

  clientBlocked(): void {
    this.#isClientBlocked = true;
    this.attempt?.connection?.pause();
    this.#second?.pause();
  }

  clientDrained(): void {
    this.#isClientBlocked = false;
    this.attempt?.connection?.resume();
    this.#second?.resume();
  }

  attemptBlocked(): void {
    this.exchange.pauseRequest();
  }

  attemptDrained(): void {
    this.exchange.resumeRequest();
  }

  attemptInterim(_attempt: Attempt, head: ResponseHead): void {
    // Of two tries it is not known yet which of them the client will hear.
    if (this.#second?.isOn !== true) this.exchange.interim(head);
  }

  attemptAnswered(attempt: Attempt, head: ResponseHead): void {
    const { on } = this.pool.settings.retry;
    const isListed = on.length > 0 && on.includes(head.status);
    const hasFailed = head.status >= firstFailedStatus;
    if ((isListed || hasFailed) && this.#second?.leave(attempt) === true) return;
    if (isListed && this.#tryOther(attempt)) return;
    this.#second?.win(attempt);
    if (!hasFailed) this.pool.hedging?.record(attempt.waited);
    this.#isAnswered = true;
    this.#time?.stop();
    this.#place?.answered(head.status);
    this.#pass?.leave(hasFailed ? 'failed' : 'passed', attempt.waited);
    this.#body?.forget();
    this.exchange.respond(this.pool.keepSession(this.exchange, attempt.endpoint, head));
  }

  /** In the place of an answer that is not wanted. False when there is no other to be had: then it is passed on. */
  #tryOther(attempt: Attempt): boolean {
    const { pool } = this;
    if (!this.tries.mayRepeat || !this.#canSendAgain || !pool.mayRetry()) return false;
    const { failed, count } = this.tries;
    const next = pool.choose(this.exchange, [...failed, attempt.endpoint], count);
    if (next === undefined) {
      pool.giveRetryBack();
      return false;
    }
    // It is held during the wait: what was answered is gone then, so that there must be another one.
    const further = new Attempt(this, next);
    this.attempt = further;
    attempt.reject();
    this.tries.fail(attempt.endpoint);
    attempt.endpoint.load.count(endpointCounter.retries, 1);
    this.#holdBody();
    this.#afterWait(() => this.#begin(further, true));
    return true;
  }

  attemptBytes(bytes: Buffer, start: number, end: number, stays: boolean): void {
    this.exchange.responseBytes(bytes, start, end, stays);
  }

  attemptDone(_attempt: Attempt, trailers: string): void {
    // In this order: with its end the client's next request may begin, which wants a place too.
    this.#place?.leave();
    this.exchange.end(trailers);
  }

  attemptFailed(attempt: Attempt, failure: Failure, wasKeptTooLong: boolean): void {
    if (failure.kind === 'try-timeout') this.pool.hedging?.record(attempt.waited);
    if (this.#second?.leave(attempt) === true) return;
    const { endpoint } = attempt;
    this.attempt = undefined;
    if (this.#isAnswered) {
      this.#place?.leave('dropped');
      return this.exchange.breakOff(failure);
    }
    const { tries } = this;
    const isExcused = wasKeptTooLong && tries.excuse();
    if (!isExcused) tries.fail(endpoint);
    if (!tries.isSafeAfter(failure) || !this.#canSendAgain) return this.#refuse(failure);
    const isFree = isExcused || tries.isFreeAfter(failure);
    if (!isFree && !this.pool.mayRetry()) return this.#refuse(failure);
    this.#holdBody();
    if (isExcused) this.#tryAgain(endpoint, failure, isFree, this.pool.chooseAgain(endpoint));
    else this.#afterWait(() => this.#tryAgain(endpoint, failure, isFree));
  }

  /** `same`: the endpoint that failed, to be asked on a fresh connection. */
  #tryAgain(endpoint: Endpoint, failure: Failure, isFree: boolean, same?: Endpoint): void {
    const { backup } = this.pool;
    const next = same ?? this.#choose();
    if (next === undefined && backup === undefined) {
      if (!isFree) this.pool.giveRetryBack();
      return this.#refuse(failure);
    }
    endpoint.load.count(endpointCounter.retries, 1);
    if (next !== undefined) return this.#tryAt(next, same === undefined);
    this.#pass?.leave('failed', 0);
    this.#place?.leave('dropped');
    if (backup !== undefined) this.#handOver(backup, failure);
  }

  #afterWait(act: () => void): void {
    const wait = this.tries.nextWait(this.pool.random);
    if (wait < 1) act();
    else this.time.start('one', wait, act);
  }

  /** What has come of the body can be sent again, and one more try may be made. */
  get #canSendAgain(): boolean {
    return this.tries.isOneLeft && this.#body?.canBeSentAgain !== false;
  }

  /** What comes of the request while no endpoint has it would be lost beyond what is kept. */
  #holdBody(): void {
    if (this.#body?.isComplete === false) this.exchange.pauseRequest();
  }

  /** The client left, or its request was refused in the middle: the endpoint is spared the rest. */
  clientGone(_failure: Failure): void {
    this.pool.waiting?.leave(this);
    this.#pass?.leave('nothing', this.attempt?.waited ?? 0);
    this.#time?.stop();
    this.#abandon();
    this.#place?.leave('cut');
  }

  attemptSwitched(attempt: Attempt, head: ResponseHead, early: Buffer | undefined): void {
    this.#time?.stop();
    this.#pass?.leave('passed', attempt.waited);
    openTunnel(this, attempt, { head, early, over: () => this.#leaveTunnel() });
  }

  /** How long it was open tells nothing of what requests take. */
  #leaveTunnel(): void {
    this.#place?.giveBack();
    this.pool.freed();
  }

  #watchAll(): void {
    this.#time?.startAll(() => this.#expire());
  }

  #abandon(): void {
    this.attempt?.abandon();
    this.#second?.abandon();
  }

  #expire(): void {
    const { attempt, time } = this;
    const awaitsClient = attempt?.awaitsClient === true;
    if (time.beginsAnew && awaitsClient) return this.#watchAll();
    // Nothing can be said of a pool whose client waits no longer or is still sending, but for how long it has waited.
    const hasFailed = time.isPools && !awaitsClient;
    this.#pass?.leave(hasFailed ? 'failed' : 'nothing', attempt?.waited ?? 0);
    if (hasFailed && this.#isFirst) attempt?.condemn();
    this.#abandon();
    this.#refuse(failureOf('deadline-exceeded'));
  }

  #refuse(failure: Failure): void {
    // What was refused for want of a place says nothing of what those do who have one.
    this.#pass?.leave(catalogue[failure.kind].origin === 'upstream' ? 'failed' : 'nothing', 0);
    this.#time?.stop();
    this.pool.waiting?.leave(this);
    this.pool.countRefusal(failure.kind);
    // A client that waits no longer is no sign that the pool has too much to do.
    this.#place?.leave(failure.kind === 'deadline-exceeded' && this.#time?.isPools !== true ? 'cut' : 'dropped');
    refuseInWords(this.exchange, failure, this.#lastResort);
  }
}
