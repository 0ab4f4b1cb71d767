// Hot path. How many retries a pool may make: a share of its requests of the last ten seconds, and so many a second besides. After Finagle's
// RetryBudget: a request deposits, a retry withdraws, and slices of a second expire. All workers of a pool spend from one budget, without
// locks: a retry is written down first and verified then, so that not even all workers at once spend more than there is.

export interface RetryBudgetRules {
  /** Retries for each request: 0.2 is one for every five. */
  readonly share: number;
  /** Retries a second that need no requests, so that a pool with few of them can retry at all. */
  readonly perSecond: number;
}

/** What Finagle calls a deposit: an amount that divides well. */
const unit = 1000;
const slice = 1000;
const slices = 10;

// A cell holds the count of one slice, and in its upper bits in which round of the ring that slice is: both change in one step.
// What is older than its round's slice counts for nothing, and the first who writes in a new round begins at one.
const cellBits = 4;
const cells = 1 << cellBits;
const countBits = 20;
/** Beyond a million in a second, requests earn nothing more. */
const mostCount = (1 << countBits) - 1;
const lastRound = (1 << (32 - countBits)) - 1;
const requestsAt = 0;
const retriesAt = cells;

/** How many words of shared memory a budget takes. Zeros at the start; two cache lines. */
export const retryBudgetWords = 2 * cells;

/** Whoever loses a cell to others so often gives up: a request then earns nothing, and a retry is not made. */
const mostTries = 16;

export class RetryBudget {
  readonly #words: Int32Array;
  readonly #deposit: number;
  readonly #withdrawal: number;
  readonly #reserve: number;

  constructor({ share, perSecond }: RetryBudgetRules, words: Int32Array) {
    this.#words = words;
    this.#deposit = share > 0 ? unit : 0;
    this.#withdrawal = share > 0 ? Math.floor(unit / share) : unit;
    this.#reserve = perSecond * slices * this.#withdrawal;
  }

  /** A request is made for the first time. Here and below: milliseconds of a clock that all workers share and that never goes back. */
  deposit(now: number): void {
    this.#add(requestsAt, sliceOf(now));
  }

  /** Whether one more retry may be made; if so, it is counted. */
  tryWithdraw(now: number): boolean {
    const at = sliceOf(now);
    if (this.#unitsLeft(at) < this.#withdrawal || !this.#add(retriesAt, at)) return false;
    if (this.#unitsLeft(at) >= 0) return true;
    this.#takeBack(at);
    return false;
  }

  /** How many retries are left at the moment. */
  balance(now: number): number {
    return Math.max(0, Math.floor(this.#unitsLeft(sliceOf(now)) / this.#withdrawal));
  }

  /**
   * Requests of at most the last ten seconds, and retries of at least these: a slice more, and the one that a worker may be in whose clock
   * was read a little later. Whichever ten seconds one looks at, they hold no more retries than allowed.
   */
  #unitsLeft(at: number): number {
    const earned = this.#sum(requestsAt, at - slices + 1, at) * this.#deposit;
    const spent = this.#sum(retriesAt, at - slices, at + 1) * this.#withdrawal;
    return earned + this.#reserve - spent;
  }

  #sum(ring: number, from: number, to: number): number {
    let sum = 0;
    for (let at = from; at <= to; at++) {
      const word = Atomics.load(this.#words, ring + (at & (cells - 1)));
      if (roundOf(word) === roundAt(at)) sum += word & mostCount;
    }
    return sum;
  }

  #add(ring: number, at: number): boolean {
    const index = ring + (at & (cells - 1));
    const round = roundAt(at);
    for (let tries = 0; tries < mostTries; tries++) {
      const seen = Atomics.load(this.#words, index);
      const count = seen & mostCount;
      const seenRound = roundOf(seen);
      // A thread that stood still for a whole round must not undo what the others counted since.
      if (seenRound === ((round + 1) & lastRound) && count > 0) return false;
      if (seenRound === round && count === mostCount) return ring === requestsAt;
      const next = (round << countBits) | (seenRound === round ? count + 1 : 1);
      if (Atomics.compareExchange(this.#words, index, seen, next) === seen) return true;
    }
    return false;
  }

  /** If others keep the cell busy or it is another slice's by now, a retry that was not made stays counted: rather too few than too many. */
  #takeBack(at: number): void {
    const index = retriesAt + (at & (cells - 1));
    for (let tries = 0; tries < mostTries; tries++) {
      const seen = Atomics.load(this.#words, index);
      if (roundOf(seen) !== roundAt(at) || (seen & mostCount) === 0) return;
      if (Atomics.compareExchange(this.#words, index, seen, seen - 1) === seen) return;
    }
  }
}

const sliceOf = (now: number): number => Math.floor(now / slice) | 0;
const roundAt = (at: number): number => (at >>> cellBits) & lastRound;
const roundOf = (word: number): number => word >>> countBits;
