// Hot path. The door of a pool: how many exchanges it has in flight at most. A fixed limit holds for all workers together and is kept by
// reserving first and verifying then; a limit that is learned is each worker's own, from what its own exchanges take.
import type { RequestEnd } from './limits/concurrency-limit.ts';
import { newLimit } from './limits/new-limit.ts';
import { WindowedLimit } from './limits/windowed.ts';
import type { ConcurrencyRules } from './rules.ts';

/** The sum over all workers, and then what each of them has in flight: so a dead one's can be taken off. */
const totalAt = 0;
const workersAt = 1;

/** How many words of shared memory it takes for so many workers. Zeros at the start. */
export const entryWords = (workers: number): number => workersAt + workers;

/** Takes off what a dead worker had in flight. To be called when it cannot write any more. */
export function releaseEntry(words: Int32Array, worker: number): void {
  const at = workersAt + worker;
  Atomics.sub(words, totalAt, Atomics.load(words, at));
  Atomics.store(words, at, 0);
}

export interface PoolEntryParts {
  /** Over all workers; Infinity for any number. */
  readonly maxRequests: number;
  readonly concurrency: ConcurrencyRules | undefined;
  /** `entryWords` of them, the same for all workers. */
  readonly words: Int32Array;
  readonly worker: number;
}

export class PoolEntry {
  readonly #most: number;
  readonly #learned: WindowedLimit | undefined;
  readonly #words: Int32Array;
  readonly #ownAt: number;

  constructor({ maxRequests, concurrency, words, worker }: PoolEntryParts) {
    this.#most = maxRequests;
    this.#learned = concurrency && new WindowedLimit(newLimit(concurrency));
    this.#words = words;
    this.#ownAt = workersAt + worker;
  }

  /** What this worker has in flight. All indices of this class are in range, which the compiler cannot see. */
  get ownInFlight(): number {
    return this.#words[this.#ownAt] as number;
  }

  /** What all workers have in flight together. */
  get inFlight(): number {
    return this.#words[totalAt] as number;
  }

  /** How many this worker may have in flight at most, when the others have none. */
  get limit(): number {
    return this.#learned === undefined ? this.#most : Math.min(this.#most, this.#learned.limit);
  }

  /** What this worker's own exchanges taught; undefined where the limit is fixed. */
  get learnedLimit(): number | undefined {
    return this.#learned?.limit;
  }

  /** There is a place now, which another worker may take before this one does. */
  get hasRoom(): boolean {
    return this.inFlight < this.#most && (this.#learned === undefined || this.ownInFlight < this.#learned.limit);
  }

  /**
   * Takes a place. Every call that returns true is followed by exactly one `leave` or `giveBack`. A thread may be ended at any call, also that of
   * an Atomics function or a getter: between a change of the sum and that of its own word there is none, so that what it has can be taken off.
   */
  tryEnter(): boolean {
    // Where all is full, it is cheaper to look than to reserve, and reserving would hide a place that is given back meanwhile.
    if (!this.hasRoom) return false;
    const own = this.ownInFlight;
    const before = Atomics.add(this.#words, totalAt, 1);
    this.#words[this.#ownAt] = own + 1;
    if (before < this.#most) return true;
    this.giveBack();
    return false;
  }

  /** An exchange is over after so many milliseconds. */
  leave(took: number, end: RequestEnd, now: number): void {
    // A window's highest number in flight is that at an end as well: after the last one that begins, the next that happens is an end.
    this.#learned?.add(took, this.ownInFlight, end, now);
    this.giveBack();
  }

  /** What the place was taken for says nothing of what the pool bears. */
  giveBack(): void {
    const own = this.ownInFlight;
    Atomics.sub(this.#words, totalAt, 1);
    this.#words[this.#ownAt] = own - 1;
  }
}
