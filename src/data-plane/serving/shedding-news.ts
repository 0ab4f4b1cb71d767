// When to say that a worker refuses requests because it is overloaded, and that it does not any more: once each, however it comes and goes between.

export interface SheddingNews {
  readonly isShedding: boolean;
  /** Requests refused so far, of those that this is about. */
  readonly refused: number;
  /** How late timers are on average, in milliseconds. */
  readonly delay: number;
  /** The share of the memory that is in use. */
  readonly memory: number;
}

export interface SheddingState {
  readonly now: number;
  readonly delay: number;
  readonly memory: number;
}

/** It is over when nothing was refused for so many milliseconds. */
const calm = 10_000;

export class NewsOfShedding {
  readonly #report: (news: SheddingNews) => void;
  #isTold = false;
  /** Refused until the last look, and before what is told of began. */
  #seen = 0;
  #before = 0;
  #quietAt = 0;

  constructor(report: (news: SheddingNews) => void) {
    this.#report = report;
  }

  /** So many requests were refused since the start. To be called from time to time. */
  look(refused: number, { now, delay, memory }: SheddingState): void {
    const isShedding = refused > this.#seen;
    if (isShedding) this.#quietAt = now + calm;
    const isOver = this.#isTold && now >= this.#quietAt;
    const isNew = isShedding && !this.#isTold;
    if (isNew) this.#before = this.#seen;
    this.#seen = refused;
    if (!isNew && !isOver) return;
    this.#isTold = isNew;
    this.#report({ isShedding: isNew, refused: refused - this.#before, delay, memory });
  }
}
