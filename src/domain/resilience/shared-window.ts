// Hot path. How often something happened lately, counted by all workers in slices of time: a ring of shared words without locks. A cell holds
// the count of one slice, and in its upper bits in which round of the ring that slice is, so that both change in one step. What is of an older
// round counts for nothing, and the first who writes in a new round begins at one.

const cellBits = 4;
const cells = 1 << cellBits;
const countBits = 20;
/** Beyond a million in a slice nothing more is counted. */
const mostCount = (1 << countBits) - 1;
const lastRound = (1 << (32 - countBits)) - 1;

/** How many words a window takes: one cache line. Zeros at the start. It tells up to fourteen slices. */
export const sharedWindowWords = cells;

/** Whoever loses a cell to others so often gives up. */
const mostTries = 16;

/** Slices are numbered one by one; their numbers may begin anew after 32 bits. */
export class SharedWindow {
  readonly #words: Int32Array;
  readonly #start: number;

  constructor(words: Int32Array, start: number) {
    this.#words = words;
    this.#start = start;
  }

  /** Adds so many. False if they are not counted, for others kept the cell busy, it is full, or this thread stood still for a whole round. */
  add(slice: number, times = 1): boolean {
    const index = this.#indexOf(slice);
    const round = roundAt(slice);
    for (let tries = 0; tries < mostTries; tries++) {
      const seen = Atomics.load(this.#words, index);
      const count = seen & mostCount;
      const seenRound = roundOf(seen);
      const isLate = seenRound === ((round + 1) & lastRound) && count > 0;
      if (isLate || (seenRound === round && count === mostCount)) return false;
      const next = (round << countBits) | Math.min(mostCount, (seenRound === round ? count : 0) + times);
      if (Atomics.compareExchange(this.#words, index, seen, next) === seen) return true;
    }
    return false;
  }

  /** Takes off one that was added. If others keep the cell busy or it is another slice's by now, it stays counted. */
  takeBack(slice: number): void {
    const index = this.#indexOf(slice);
    for (let tries = 0; tries < mostTries; tries++) {
      const seen = Atomics.load(this.#words, index);
      if (roundOf(seen) !== roundAt(slice) || (seen & mostCount) === 0) return;
      if (Atomics.compareExchange(this.#words, index, seen, seen - 1) === seen) return;
    }
  }

  /** What was counted in these slices, both ends included. */
  sum(from: number, to: number): number {
    let sum = 0;
    for (let slice = from; ((to - slice) | 0) >= 0; slice++) {
      const word = Atomics.load(this.#words, this.#indexOf(slice));
      if (roundOf(word) === roundAt(slice)) sum += word & mostCount;
    }
    return sum;
  }

  #indexOf(slice: number): number {
    return this.#start + (slice & (cells - 1));
  }
}

const roundAt = (slice: number): number => (slice >>> cellBits) & lastRound;
const roundOf = (word: number): number => word >>> countBits;
