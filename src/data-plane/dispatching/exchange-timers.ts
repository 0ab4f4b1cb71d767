// The timers of one exchange, made when its pool sets a time: most exchanges have none.
const names = ['all', 'one', 'rival', 'hedge'] as const;

/**
 * `all`: for all tries together. `one`: for the try that is on, or the wait before the next. `hedge`: until a second try beside the first, and
 * `rival` for that one.
 */
export type TimerName = (typeof names)[number];

export class ExchangeTimers {
  readonly #timers = new Map<TimerName, NodeJS.Timeout>();

  /** In the place of the one of this name that may run. */
  start(name: TimerName, milliseconds: number, act: () => void): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(act, milliseconds));
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
