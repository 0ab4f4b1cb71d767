// Hot path. Whether a queue stands or only catches its breath, told by when it was empty last. Controlled delay (K. Nichols
// and V. Jacobson, "Controlling Queue Delay", ACM Queue 2012) in the form that B. Maurer, "Fail at Scale", ACM Queue 2015, has for servers.
import type { Milliseconds } from '../../../foundation/basics/units.ts';

export interface CodelRules {
  /** Within this time a good queue is empty, or nearly so, at least once. */
  readonly interval: Milliseconds;
  /** A wait that is as good as none. Ten to twenty times what serving takes: a healthy queue must not look like one that stands. */
  readonly target: Milliseconds;
}

/** How long one who joins may wait (`target`, or as long as usual) follows from how long the queue has not been empty. */
export class StandingQueue {
  readonly #interval: number;
  #emptyAt = 0;

  constructor({ interval }: Pick<CodelRules, 'interval'>) {
    this.#interval = interval;
  }

  /** To be told of the size before somebody joins and after somebody leaves. */
  note(size: number, now: number): void {
    if (size === 0) this.#emptyAt = now;
  }

  /** It has not been empty for an interval. Adaptive last in, first out: serve the newest while this is so, for the oldest are lost anyway. */
  isStanding(now: number): boolean {
    return now - this.#emptyAt > this.#interval;
  }
}
