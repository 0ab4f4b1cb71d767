// For pools that ask a second endpoint for what the first one is late with: the second try of an exchange beside the first. Whichever answers first
// goes on, and the other one is cancelled.
import { isSafe } from '../../domain/http/methods.ts';
import type { AttemptOwner } from './attempt.ts';
import { Attempt } from './attempt.ts';
import type { ExchangeTime } from './exchange-time.ts';
import type { Hedging } from './hedging.ts';
import type { Tries } from './tries.ts';

/** Whose tries they are. */
export interface HedgeOwner extends AttemptOwner {
  /** The try that is on; the first, where there are two. */
  attempt: Attempt | undefined;
  readonly tries: Tries;
  readonly time: ExchangeTime;
}

export class SecondTry {
  #rival: Attempt | undefined = undefined;
  #hasHedged = false;
  readonly #owner: HedgeOwner;

  constructor(owner: HedgeOwner) {
    this.#owner = owner;
  }

  /** There are two. */
  get isOn(): boolean {
    return this.#rival !== undefined;
  }

  pause(): void {
    this.#rival?.connection?.pause();
  }

  resume(): void {
    this.#rival?.connection?.resume();
  }

  abandon(): void {
    this.#rival?.abandon();
  }

  /** Once in an exchange, for what asks for nothing but an answer and has no body: a second try when the first is late for this pool. */
  later(first: Attempt): void {
    const { pool, exchange } = this.#owner;
    const { hedging } = pool;
    if (hedging === undefined || this.#hasHedged) return;
    if (!isSafe(exchange.request.method) || exchange.request.upgrade !== '') return;
    const delay = hedging.delay();
    if (delay >= 0) this.#owner.time.start('hedge', delay, () => this.#hedge(hedging, first));
  }

  #hedge(hedging: Hedging, late: Attempt): void {
    const { pool, exchange, tries, time, attempt } = this.#owner;
    // Another one may be on by now, in its place.
    if (attempt !== late || !pool.bearsMore || !hedging.mayHedge()) return;
    const endpoint = pool.choose(exchange, [...tries.failed, late.endpoint], tries.count);
    hedging.settle(endpoint !== undefined);
    if (endpoint === undefined) return;
    this.#hasHedged = true;
    tries.count++;
    const rival = new Attempt(this.#owner, endpoint);
    this.#rival = rival;
    time.startTry(rival, 'rival');
    rival.begin(true);
  }

  /** It has answered: the other one is not wanted any more. */
  win(attempt: Attempt): void {
    const rival = this.#rival;
    if (rival === undefined) return;
    const loser = attempt === rival ? this.#owner.attempt : rival;
    // Would the late ones not count, what is late would be ever less.
    if (attempt === rival && loser !== undefined) this.#owner.pool.hedging?.record(loser.waited);
    this.#owner.attempt = attempt;
    this.#rival = undefined;
    loser?.abandon();
  }

  /** One of two came to nothing: the other one goes on. False when there is no other. */
  leave(attempt: Attempt): boolean {
    if (this.#rival === undefined) return false;
    if (attempt !== this.#rival) this.#owner.attempt = this.#rival;
    this.#rival = undefined;
    this.#owner.tries.fail(attempt.endpoint);
    attempt.reject();
    return true;
  }
}
