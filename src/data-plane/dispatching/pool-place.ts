// Hot path. One exchange's place in a pool that admits so many at once, or lets them wait: taken once, given back once.
// Made for such pools only; the others keep no account of places.
import type { RequestEnd } from '../../domain/resilience/limits/concurrency-limit.ts';
import { endOf } from '../../domain/resilience/limits/concurrency-limit.ts';
import type { PoolTraffic } from './pool-traffic.ts';

export class PoolPlace {
  readonly #pool: PoolTraffic;
  #takenAt = 0;
  #isTaken = false;
  /** What an end in good order tells of how much the pool bears. */
  #end: RequestEnd = 'whole';

  constructor(pool: PoolTraffic) {
    this.#pool = pool;
  }

  /** False when all are taken. */
  take(): boolean {
    const { entry } = this.#pool;
    if (entry !== undefined && !entry.tryEnter()) return false;
    this.#isTaken = true;
    this.#pool.placesTaken++;
    this.#takenAt = this.#pool.now();
    return true;
  }

  /** There was no endpoint for it: what it was taken for teaches nothing. */
  giveBack(): void {
    if (!this.#isTaken) return;
    this.#isTaken = false;
    this.#pool.placesTaken--;
    this.#pool.entry?.giveBack();
  }

  /** The exchange has an answer, whose end is still to come. */
  answered(status: number): void {
    this.#end = endOf(status);
  }

  /** The exchange is over. Who waits may have its place. */
  leave(end = this.#end): void {
    if (!this.#isTaken) return;
    const { entry, waiting } = this.#pool;
    const now = this.#pool.now();
    const took = now - this.#takenAt;
    this.#isTaken = false;
    this.#pool.placesTaken--;
    entry?.leave(took, end, now);
    waiting?.learn(took, end === 'whole');
    this.#pool.freed();
  }
}
