// A clock that jumps from event to event, in milliseconds since the start of the simulation.
import { MinHeap } from './min-heap.ts';

export class Events {
  readonly #heap = new MinHeap<() => void>();
  #now = 0;

  get now(): number {
    return this.#now;
  }

  after(milliseconds: number, action: () => void): void {
    this.#heap.add(this.#now + milliseconds, action);
  }

  /** Lets the next event happen; false when there is none. */
  step(): boolean {
    if (this.#heap.size === 0) return false;
    this.#now = this.#heap.least;
    this.#heap.take()?.();
    return true;
  }
}
