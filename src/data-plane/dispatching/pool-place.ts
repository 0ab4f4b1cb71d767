// Hot path. One exchange's place in a pool that admits so many at once, or lets them wait: taken once, given back once.
// Made for such pools only; the others keep no account of places.
import type { PoolTraffic } from './pool-traffic.ts';

export class PoolPlace {
  readonly #pool: PoolTraffic;
  #takenAt = 0;
  #isTaken = false;

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
    this.#pool.entry?.leave(0, false, this.#takenAt);
  }

  /** The exchange is over. `wasDropped`: it was refused or timed out. Who waits may have its place. */
  leave(wasDropped: boolean): void {
    if (!this.#isTaken) return;
    this.#isTaken = false;
    this.#pool.placesTaken--;
    const { entry, waiting } = this.#pool;
    const now = this.#pool.now();
    entry?.leave(now - this.#takenAt, wasDropped, now);
    waiting?.learn(now - this.#takenAt);
    waiting?.freed();
  }
}
