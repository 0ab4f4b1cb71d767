// Finds the timing wheels of the data planes in this process, to see that no timer is left running on them.
import { mock } from 'node:test';
import { TimingWheel } from '../../../src/foundation/algorithms/timing-wheel.ts';

export class WheelWatch implements Disposable {
  readonly #wheels = new Set<TimingWheel>();
  readonly #advance: { restore(): void };

  /** To be made before the data planes. Their wheels show with their first tick. */
  constructor() {
    const { advance } = TimingWheel.prototype;
    const wheels = this.#wheels;
    const watched = function (this: TimingWheel, now: number): void {
      wheels.add(this);
      advance.call(this, now);
    };
    this.#advance = mock.method(TimingWheel.prototype, 'advance', watched).mock;
  }

  /** Timers that run, on all wheels. */
  get running(): number {
    return [...this.#wheels].reduce((sum, wheel) => sum + wheel.size, 0);
  }

  [Symbol.dispose](): void {
    this.#advance.restore();
  }
}
