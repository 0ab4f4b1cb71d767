// Hot path. A circuit breaker for each endpoint, as the last word on it before it is taken.
import type { Gate } from '../balancing/gates/gate.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Evidence } from '../health/evidence.ts';
import { speaksAgainst } from '../health/evidence.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { notAdmitted } from './circuit-breaker.ts';

export class BreakerGate implements Gate {
  ticket = 0;
  /** By slot. */
  readonly #breakers: ReadonlyMap<number, CircuitBreaker>;
  readonly #now: () => number;

  constructor(breakers: ReadonlyMap<number, CircuitBreaker>, now: () => number) {
    this.#breakers = breakers;
    this.#now = now;
  }

  isOpen({ load }: Endpoint): boolean {
    return this.#breakers.get(load.slot)?.mightAdmit(this.#now()) ?? true;
  }

  admits({ load }: Endpoint): boolean {
    const breaker = this.#breakers.get(load.slot);
    if (breaker === undefined) return true;
    const ticket = breaker.admit(this.#now());
    if (ticket === notAdmitted) return false;
    this.ticket = ticket;
    return true;
  }

  ended({ load }: Endpoint, evidence: Evidence, ticket: number, took: number): void {
    const breaker = this.#breakers.get(load.slot);
    if (evidence === 'nothing') breaker?.abandon(ticket, took, this.#now());
    else breaker?.end(ticket, speaksAgainst(evidence), took, this.#now());
  }
}
