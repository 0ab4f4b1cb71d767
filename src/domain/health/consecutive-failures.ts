// Hot path. Whether an endpoint may be tried after failures, as nginx decides it by max_fails and fail_timeout (ngx_http_upstream_round_robin.c):
// so many failures make it unavailable, and then one try in each fail_timeout shows whether it is back.
// Workers share the words; of all that see the end of a timeout one makes the try.

/** `gateway` for 502, 503 and 504, `none` for none at all. */
export type CountedStatuses = 'gateway' | 'none';

export interface FailureRules {
  /** Failures that make it unavailable. 0 for never. */
  readonly maxFails: number;
  /** In the unit of `now`. nginx counts both in whole seconds. */
  readonly failTimeout: number;
}

/** So many words, from a place on, hold what is remembered of one endpoint. Zeros at the start. */
export const failureWords = 3;
const failsWord = 0;
const accessedWord = 1;
const checkedWord = 2;

/** Times are whole numbers of 31 bits from a clock that never goes back. */
export class ConsecutiveFailures {
  readonly #words: Int32Array;
  readonly #at: number;
  readonly #maxFails: number;
  readonly #failTimeout: number;

  /** `isOnly`: the pool has no other endpoint, backups included. Then nothing is judged: a bad one is better than none. */
  constructor(words: Int32Array, at: number, { maxFails, failTimeout, isOnly }: FailureRules & { readonly isOnly: boolean }) {
    this.#words = words;
    this.#at = at;
    this.#maxFails = isOnly ? 0 : maxFails;
    this.#failTimeout = failTimeout;
  }

  /** Whether it may be picked. Nothing changes by asking. */
  isAvailable(now: number): boolean {
    return !this.#hasFailed || now - this.#load(checkedWord) > this.#failTimeout;
  }

  /** It was picked. False when another worker has just taken the one try that it gets, so that it has to be another endpoint. */
  take(now: number): boolean {
    const checked = this.#load(checkedWord);
    if (now - checked > this.#failTimeout && this.#check(checked, now)) return true;
    return !this.#hasFailed;
  }

  /** A try failed. True when that makes the endpoint unavailable, or keeps it so. */
  failed(now: number): boolean {
    if (this.#maxFails === 0) return false;
    Atomics.add(this.#words, this.#at + failsWord, 1);
    Atomics.store(this.#words, this.#at + accessedWord, now);
    Atomics.store(this.#words, this.#at + checkedWord, now);
    return this.#hasFailed;
  }

  /** A try went well. Failures are forgotten when none came since the last fail_timeout began; until then they add up. */
  succeeded(): void {
    if (this.fails !== 0 && this.#load(accessedWord) < this.#load(checkedWord)) Atomics.store(this.#words, this.#at + failsWord, 0);
  }

  get fails(): number {
    return this.#load(failsWord);
  }

  get #hasFailed(): boolean {
    return this.#maxFails > 0 && this.fails >= this.#maxFails;
  }

  /** True for one worker alone. */
  #check(before: number, now: number): boolean {
    return Atomics.compareExchange(this.#words, this.#at + checkedWord, before, now) === before;
  }

  #load(word: number): number {
    return Atomics.load(this.#words, this.#at + word);
  }
}
