// Hot path. The tries of an exchange that are on: one, or for a late one a second beside it, at another endpoint. Whichever answers first goes on,
// and the other one is cancelled.
import { isSafe } from '../../domain/http/methods.ts';
import type { AttemptOwner } from './attempt.ts';
import { Attempt } from './attempt.ts';
import type { ExchangeTime } from './exchange-time.ts';
import type { Hedging } from './hedging.ts';
import type { Tries } from './tries.ts';

export class RunningTries {
  /** The try that is on; the first, where there are two. */
  one: Attempt | undefined = undefined;
  #rival: Attempt | undefined = undefined;
  #hasHedged = false;
  readonly #owner: AttemptOwner;
  readonly #tries: Tries;
  readonly #time: ExchangeTime;

  constructor(owner: AttemptOwner, tries: Tries, time: ExchangeTime) {
    this.#owner = owner;
    this.#tries = tries;
    this.#time = time;
  }

  get areTwo(): boolean {
    return this.#rival !== undefined;
  }

  pause(): void {
    this.one?.connection?.pause();
    this.#rival?.connection?.pause();
  }

  resume(): void {
    this.one?.connection?.resume();
    this.#rival?.connection?.resume();
  }

  abandon(): void {
    this.one?.abandon();
    this.#rival?.abandon();
  }

  /** Once in an exchange, for what asks for nothing but an answer and has no body: a second try when that is late for this pool. */
  hedgeLater(attempt: Attempt): void {
    const { pool, exchange } = this.#owner;
    const { hedging } = pool;
    if (hedging === undefined || this.#hasHedged || this.#tries.count > 1) return;
    if (!isSafe(exchange.request.method) || exchange.request.upgrade !== '') return;
    const delay = hedging.delay();
    if (delay >= 0) this.#time.start('hedge', delay, () => this.#hedge(hedging, attempt));
  }

  #hedge(hedging: Hedging, late: Attempt): void {
    const { pool, exchange } = this.#owner;
    // Another one may be on by now, in its place.
    if (this.one !== late || !pool.bearsMore || !hedging.mayHedge()) return;
    const endpoint = pool.choose(exchange, [...this.#tries.failed, late.endpoint], this.#tries.count);
    hedging.settle(endpoint !== undefined);
    if (endpoint === undefined) return;
    this.#hasHedged = true;
    this.#tries.count++;
    const rival = new Attempt(this.#owner, endpoint);
    this.#rival = rival;
    this.#time.startTry(rival, 'rival');
    rival.begin(true);
  }

  /** It has answered: the other one is not wanted any more. */
  win(attempt: Attempt): void {
    const rival = this.#rival;
    if (rival === undefined) return;
    const loser = attempt === rival ? this.one : rival;
    // Would the late ones not count, what is late would be ever less.
    if (attempt === rival && loser !== undefined) this.#owner.pool.hedging?.record(loser.waited);
    this.one = attempt;
    this.#rival = undefined;
    loser?.abandon();
  }

  /** One of two came to nothing: the other one goes on. False when there is no other. */
  leave(attempt: Attempt): boolean {
    if (this.#rival === undefined) return false;
    this.one = attempt === this.#rival ? this.one : this.#rival;
    this.#rival = undefined;
    this.#tries.fail(attempt.endpoint);
    attempt.reject();
    return true;
  }
}
