// Hot path. Whether a queue stands or only catches its breath, told by how long those who leave it have waited. Controlled delay (K. Nichols
// and V. Jacobson, "Controlling Queue Delay", ACM Queue 2012) in the two forms that B. Maurer, "Fail at Scale", ACM Queue 2015, has for servers.
import type { Milliseconds } from '../../../foundation/basics/units.ts';

export interface CodelRules {
  /** Within this time a good queue is empty, or nearly so, at least once. */
  readonly interval: Milliseconds;
  /** A wait that is as good as none. Ten to twenty times what serving takes: a healthy queue must not look like one that stands. */
  readonly target: Milliseconds;
}

/** As in folly's Codel: while even the shortest wait of an interval was above the target, whoever waited twice the target is dropped. */
export class Codel {
  readonly #interval: number;
  readonly #target: number;
  readonly #most: number;
  #least = 0;
  #intervalEnd = 0;
  #isOverloaded = false;

  constructor({ interval, target }: CodelRules) {
    this.#interval = interval;
    this.#target = target;
    this.#most = 2 * target;
  }

  get isOverloaded(): boolean {
    return this.#isOverloaded;
  }

  /** To be asked once for each who leaves the queue, with the time waited. The first of an interval is never dropped. */
  shouldDrop(waited: number, now: number): boolean {
    if (now > this.#intervalEnd) {
      this.#intervalEnd = now + this.#interval;
      this.#isOverloaded = this.#least > this.#target;
      this.#least = waited;
      return false;
    }
    if (waited < this.#least) this.#least = waited;
    return this.#isOverloaded && waited > this.#most;
  }
}

/** The other form: how long one who joins may wait follows from how long the queue has not been empty. */
export class StandingQueue {
  readonly #interval: number;
  readonly #target: number;
  #emptyAt = 0;

  constructor({ interval, target }: CodelRules) {
    this.#interval = interval;
    this.#target = target;
  }

  /** To be told of the size before somebody joins and after somebody leaves. */
  note(size: number, now: number): void {
    if (size === 0) this.#emptyAt = now;
  }

  /** It has not been empty for an interval. Adaptive last in, first out: serve the newest while this is so, for the oldest are lost anyway. */
  isStanding(now: number): boolean {
    return now - this.#emptyAt > this.#interval;
  }

  /** How long one who joins now may wait. */
  timeout(now: number): number {
    return this.isStanding(now) ? this.#target : this.#interval;
  }
}
