// The clock of this process, which a test puts ahead: time has passed then, and no timer of Node's has run.
import { mock } from 'node:test';

export class AheadClock implements Disposable {
  #ahead = 0;
  readonly #now: { restore(): void };

  constructor() {
    const now = performance.now.bind(performance);
    this.#now = mock.method(performance, 'now', () => now() + this.#ahead).mock;
  }

  put(milliseconds: number): void {
    this.#ahead += milliseconds;
  }

  [Symbol.dispose](): void {
    this.#now.restore();
  }
}
