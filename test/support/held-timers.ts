// Timers of this process that would run after a long time wait for the test instead, which sees them and runs them.
import { mock } from 'node:test';

interface HeldTimer {
  readonly milliseconds: number;
  readonly act: () => void;
}

export class HeldTimers implements Disposable {
  /** In the order in which they were started. */
  readonly #waiting = new Set<HeldTimer>();
  readonly #mocks: readonly { restore(): void }[];

  /** Timers of at least so many milliseconds are held. */
  constructor(least: number) {
    const waiting = this.#waiting;
    const real = { start: setTimeout, clear: clearTimeout };
    const start = (act: () => void, milliseconds = 0): unknown => {
      if (milliseconds < least) return real.start(act, milliseconds);
      const timer: HeldTimer = { milliseconds, act };
      waiting.add(timer);
      return timer;
    };
    // Whatever is no timer of ours is one of Node's, which looks at it itself.
    const clear = (timer: unknown): void => {
      if (!waiting.delete(timer as HeldTimer)) real.clear(timer as NodeJS.Timeout);
    };
    this.#mocks = [
      mock.method(globalThis, 'setTimeout', start as never).mock,
      mock.method(globalThis, 'clearTimeout', clear as never).mock,
    ];
  }

  /** How long each would wait. */
  get waits(): readonly number[] {
    return [...this.#waiting].map(({ milliseconds }) => milliseconds);
  }

  /** As if so many milliseconds had passed; without them, the time of all that wait. */
  run(most = Number.POSITIVE_INFINITY): void {
    for (const timer of [...this.#waiting]) {
      if (timer.milliseconds > most) continue;
      this.#waiting.delete(timer);
      timer.act();
    }
  }

  [Symbol.dispose](): void {
    for (const each of this.#mocks) each.restore();
  }
}
