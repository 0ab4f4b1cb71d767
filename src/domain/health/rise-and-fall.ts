// Up or down by the results of probes: so many passes in a row bring an endpoint up, so many failures in a row take it down.
// The counter of HAProxy's checks (check.c, check_notify_success and check_notify_failure): 0 is fully down, rise + fall - 1 fully up.

export interface RiseAndFallRules {
  /** Passes in a row that bring an endpoint up that is fully down. At least 1. */
  readonly rise: number;
  /** Failures in a row that take an endpoint down that is fully up. At least 1. */
  readonly fall: number;
  /** What is believed before the first result. `checking`: not up, and the first result decides, as in Envoy. */
  readonly start: 'up' | 'down' | 'checking';
}

export type Transition = 'up' | 'down';

export class RiseAndFall {
  readonly #rise: number;
  readonly #fullyUp: number;
  #counter: number;
  #isUndecided: boolean;

  constructor({ rise, fall, start }: RiseAndFallRules) {
    this.#rise = rise;
    this.#fullyUp = rise + fall - 1;
    this.#counter = start === 'up' ? this.#fullyUp : 0;
    this.#isUndecided = start === 'checking';
  }

  get isUp(): boolean {
    return this.#counter >= this.#rise;
  }

  /** Neither fully up nor fully down: the next results decide, and should come soon. */
  get isInDoubt(): boolean {
    return this.#isUndecided || (this.#counter > 0 && this.#counter < this.#fullyUp);
  }

  /** From 0, fully down, to rise + fall - 1, fully up. */
  get counter(): number {
    return this.#counter;
  }

  /** A probe passed. What that changes, if anything. */
  passed(): Transition | undefined {
    if (this.#isUndecided) return this.#decide('up');
    if (this.#counter === this.#fullyUp) return undefined;
    const wasUp = this.isUp;
    this.#counter++;
    if (this.isUp) this.#counter = this.#fullyUp;
    return this.isUp && !wasUp ? 'up' : undefined;
  }

  /** A probe failed, or had no answer in time. What that changes, if anything. */
  failed(): Transition | undefined {
    if (this.#isUndecided) return this.#decide('down');
    if (this.#counter === 0) return undefined;
    const wasUp = this.isUp;
    this.#counter--;
    if (!this.isUp) this.#counter = 0;
    return wasUp && !this.isUp ? 'down' : undefined;
  }

  #decide(state: Transition): Transition {
    this.#isUndecided = false;
    this.#counter = state === 'up' ? this.#fullyUp : 0;
    return state;
  }
}
