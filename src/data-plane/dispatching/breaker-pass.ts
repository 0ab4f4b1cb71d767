// Hot path, for pools with a breaker. One exchange's way through it: let in once, and told once how it went.
import type { CircuitBreaker } from '../../domain/resilience/circuit-breaker.ts';
import { notAdmitted } from '../../domain/resilience/circuit-breaker.ts';

export class BreakerPass {
  readonly #breaker: CircuitBreaker;
  readonly #clock: () => number;
  #ticket = notAdmitted;

  constructor(breaker: CircuitBreaker, clock: () => number) {
    this.#breaker = breaker;
    this.#clock = clock;
  }

  /** False while the breaker is open. */
  enter(): boolean {
    this.#ticket = this.#breaker.admit(this.#clock());
    return this.#ticket !== notAdmitted;
  }

  /** Whole seconds after which it may let somebody in again. */
  get retryAfter(): number {
    return Math.max(1, Math.ceil(this.#breaker.shutFor(this.#clock()) / 1000));
  }

  /** `nothing`: it says nothing of the pool, but for how long it has kept somebody waiting. Does nothing the second time. */
  leave(outcome: 'passed' | 'failed' | 'nothing', took: number): void {
    if (this.#ticket === notAdmitted) return;
    if (outcome === 'nothing') this.#breaker.abandon(this.#ticket, took, this.#clock());
    else this.#breaker.end(this.#ticket, outcome === 'failed', took, this.#clock());
    this.#ticket = notAdmitted;
  }
}
