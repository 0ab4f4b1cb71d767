// Hot path. How long an exchange may take in a pool, all of its tries together and each of them, and what endpoints are told of that. Most
// exchanges have all the time that there is, and cost no timer.
import type { RequestHead } from '../../domain/http/request-head.ts';
import { hasExpired, timeLeftFor } from '../../domain/resilience/deadlines.ts';
import { timeGiven, withTimeLeft } from '../../domain/resilience/request-deadline.ts';
import type { Attempt } from './attempt.ts';
import type { TimerName } from './exchange-timers.ts';
import { ExchangeTimers } from './exchange-timers.ts';
import type { PoolTraffic } from './pool-traffic.ts';

const unlimited = Number.POSITIVE_INFINITY;

export class ExchangeTime {
  /** Until when somebody waits: the client, its route, or the pool for which this one stands in. By the pool's clock. */
  deadline = unlimited;
  /** The client waits for less than the way there takes: it is no use to begin. */
  isSpent = false;
  /** When the time for all tries is over. */
  #until = unlimited;
  /** What bounds that is the pool's own word, and not that of whoever waits; and most of that time its endpoints had. */
  isPools = false;
  /** It is `retry.within`, which begins anew with the end of a request. */
  beginsAnew = false;
  /** The deadline is the client's, or of the pool for which this one stands in. */
  #isOthers = true;
  readonly #pool: PoolTraffic;
  #timers: ExchangeTimers | undefined = undefined;

  constructor(pool: PoolTraffic) {
    this.#pool = pool;
  }

  /** Begins, with what the client says that it waits. */
  hear(request: RequestHead): void {
    const { deadline, timeouts } = this.#pool.settings;
    const given = deadline === undefined ? unlimited : timeGiven(request.fields, deadline);
    const most = Math.min(given, timeouts.total);
    if (most === unlimited) return;
    const until = this.#pool.now() + most;
    if (until < this.deadline) this.#isOthers = given <= timeouts.total;
    this.deadline = Math.min(this.deadline, until);
    this.isSpent = deadline !== undefined && hasExpired(given, 0, deadline.margin);
  }

  /** The request as an endpoint is to see it: with no more time than is left. */
  tell(request: RequestHead): RequestHead {
    const { deadline } = this.#pool.settings;
    const { end } = this;
    if (deadline === undefined || end === unlimited) return request;
    const left = timeLeftFor(end, this.#pool.now(), deadline.margin);
    return { ...request, fields: withTimeLeft(request.fields, deadline, left) };
  }

  /** When it is over: for endpoints, and for who serves the exchange next. */
  get end(): number {
    return Math.min(this.deadline, this.#until);
  }

  /** The time for all tries begins, or begins anew. */
  startAll(act: () => void): void {
    const { retry, timeouts } = this.#pool.settings;
    const { within } = retry;
    if (within === unlimited && this.deadline === unlimited) return;
    const now = this.#pool.now();
    const left = Math.max(0, this.deadline - now);
    this.beginsAnew = within < left;
    this.isPools = this.beginsAnew || (!this.#isOthers && left > timeouts.total / 2);
    this.#until = now + Math.min(within, left);
    this.start('all', Math.min(within, left), act);
  }

  /** The time for one try begins, or begins anew. It does not run out while it is the client that is waited for. */
  startTry(attempt: Attempt, name: TimerName): void {
    const { perTry } = this.#pool.settings.retry;
    if (perTry === unlimited) return;
    this.start(name, perTry, () => {
      if (attempt.awaitsClient) this.startTry(attempt, name);
      else attempt.giveUp();
    });
  }

  start(name: TimerName, milliseconds: number, act: () => void): void {
    this.#timers ??= new ExchangeTimers();
    this.#timers.start(name, milliseconds, act);
  }

  stop(): void {
    this.#timers?.stop();
  }
}
