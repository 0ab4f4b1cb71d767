// Hot path. How many retries a pool may make: a share of its requests of the last ten seconds, and so many a second besides. After Finagle's
// RetryBudget: a request deposits, a retry withdraws, and slices of a second expire. All workers of a pool spend from one budget, without
// locks: a retry is written down first and verified then, so that not even all workers at once spend more than there is.
import { SharedWindow, sharedWindowWords } from './shared-window.ts';

export interface RetryBudgetRules {
  /** Retries for each request: 0.2 is one for every five. */
  readonly share: number;
  /** Retries a second that need no requests, so that a pool with few of them can retry at all. */
  readonly perSecond: number;
}

/** What Finagle calls a deposit: an amount that divides well. */
const unit = 1000;
const millisecondsOfSlice = 1000;
const slices = 10;

/** How many words of shared memory a budget takes. Zeros at the start. */
export const retryBudgetWords = 2 * sharedWindowWords;

export class RetryBudget {
  readonly #requests: SharedWindow;
  readonly #retries: SharedWindow;
  readonly #deposit: number;
  readonly #withdrawal: number;
  readonly #reserve: number;

  constructor({ share, perSecond }: RetryBudgetRules, words: Int32Array) {
    this.#requests = new SharedWindow(words, 0);
    this.#retries = new SharedWindow(words, sharedWindowWords);
    this.#deposit = share > 0 ? unit : 0;
    this.#withdrawal = share > 0 ? Math.floor(unit / share) : unit;
    this.#reserve = perSecond * slices * this.#withdrawal;
  }

  /** So many requests are made for the first time. Here and below: milliseconds of a clock that all workers share and that never goes back. */
  deposit(now: number, times = 1): void {
    this.#requests.add(sliceOf(now), times);
  }

  /** Whether one more retry may be made; if so, it is counted. */
  tryWithdraw(now: number): boolean {
    const slice = sliceOf(now);
    if (this.#unitsLeft(slice) < this.#withdrawal || !this.#retries.add(slice)) return false;
    if (this.#unitsLeft(slice) >= 0) return true;
    this.#retries.takeBack(slice);
    return false;
  }

  /** One that was counted a moment ago was not made after all. */
  giveBack(now: number): void {
    this.#retries.takeBack(sliceOf(now));
  }

  /** How many retries are left at the moment. */
  balance(now: number): number {
    return Math.max(0, Math.floor(this.#unitsLeft(sliceOf(now)) / this.#withdrawal));
  }

  /**
   * Requests of at most the last ten seconds, and retries of at least these: a slice more, and the one that a worker may be in whose clock
   * was read a little later. Whichever ten seconds one looks at, they hold no more retries than allowed.
   */
  #unitsLeft(slice: number): number {
    const earned = this.#requests.sum(slice - slices + 1, slice) * this.#deposit;
    const spent = this.#retries.sum(slice - slices, slice + 1) * this.#withdrawal;
    return earned + this.#reserve - spent;
  }
}

const sliceOf = (now: number): number => Math.floor(now / millisecondsOfSlice) | 0;
