// Hot path. Sheds the least important first, by just as much as is too much: the admission level of DAGOR (H. Zhou and others, "Overload Control
// for Scaling WeChat Microservices", SoCC 2018). A level is a class and, within it, one of 128 groups of users: all requests of a user are
// let through or none. Levels are counted by all workers in shared words; one of them judges each window and moves the level.

const groups = 128;
/** What is let through falls by this share when there is too much, and rises by this share of all that comes when there is not. */
const fall = 0.05;
const rise = 0.01;

const levelAt = 0;
const countsAt = 1;

/** How many words of shared memory it takes for so many classes. Zeros at the start. */
export const sheddingWords = (classes: number): number => countsAt + classes * groups;

/** The level of a request: the smaller, the more important. The number of a user is a hash that changes every hour, so that chances do. */
export const levelOf = (priority: number, user: number): number => priority * groups + (user & (groups - 1));

export class PriorityShedding {
  readonly #words: Int32Array;
  readonly #last: number;

  constructor(classes: number, words: Int32Array) {
    this.#words = words;
    this.#last = classes * groups - 1;
  }

  /** The last level that is let through. Stored as its distance from the end, so that zeros let through everything. */
  get level(): number {
    return this.#last - Atomics.load(this.#words, levelAt);
  }

  /** Whether a request is let through. It is counted either way. */
  admits(level: number): boolean {
    const within = Math.min(level, this.#last);
    Atomics.add(this.#words, countsAt + within, 1);
    return within <= this.level;
  }

  /** A window is over, or so many in one. To be called by one thread; the most important level is let through whatever comes. */
  adjust(isOverloaded: boolean, windows = 1): void {
    const before = this.level;
    let admitted = 0;
    let total = 0;
    for (let level = 0; level <= this.#last; level++) {
      const count = Atomics.load(this.#words, countsAt + level);
      total += count;
      if (level <= before) admitted += count;
    }
    const level = isOverloaded ? this.#lower(before, admitted, windows) : this.#higher(before, admitted, total);
    Atomics.store(this.#words, levelAt, this.#last - level);
    for (let index = 0; index <= this.#last; index++) Atomics.store(this.#words, countsAt + index, 0);
  }

  #lower(from: number, admitted: number, windows: number): number {
    const target = (1 - fall) ** windows * admitted;
    let level = from;
    for (let left = admitted; level > 0 && left > target; level--) left -= Atomics.load(this.#words, countsAt + level);
    return level;
  }

  #higher(from: number, admitted: number, total: number): number {
    // With nothing to count, nothing is known against letting all through.
    const target = total === 0 ? Number.POSITIVE_INFINITY : admitted + rise * total;
    let level = from;
    for (let passed = admitted; level < this.#last && passed < target; ) {
      level++;
      passed += Atomics.load(this.#words, countsAt + level);
    }
    return level;
  }
}

/** A window lasts a second or two thousand requests, whichever is over first; more than 20 ms of waiting on average is too much. */
const lengthOfWindow = 1000;
const mostRequests = 2000;
const mostWait = 20;

/** Whether a window is over, and how it was. */
export const judged = { notYet: 0, well: 1, overloaded: 2 } as const;

/** Judges by how long requests wait until they begin to be served, not by how long serving takes, which has other reasons as well. */
export class WaitingTimes {
  #end = Number.NEGATIVE_INFINITY;
  #count = 0;
  #sum = 0;

  /** A request begins to be served after it waited so many milliseconds: one of `judged`. */
  add(waited: number, now: number): number {
    if (this.#count === 0) this.#end = now + lengthOfWindow;
    this.#count++;
    this.#sum += waited;
    if (now < this.#end && this.#count < mostRequests) return judged.notYet;
    const isOverloaded = this.#sum > mostWait * this.#count;
    this.#count = 0;
    this.#sum = 0;
    return isOverloaded ? judged.overloaded : judged.well;
  }
}
