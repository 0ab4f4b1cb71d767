// Hot path. nginx's max_fails and fail_timeout as a gate: an endpoint that failed too often gets one try in each time, from all workers together.
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { Scoreboard } from '../../endpoints/scoreboard.ts';
import type { CountedStatuses, FailureRules } from '../../health/consecutive-failures.ts';
import { ConsecutiveFailures } from '../../health/consecutive-failures.ts';
import type { Evidence } from '../../health/evidence.ts';
import { speaksAgainst } from '../../health/evidence.ts';
import type { Gate } from './gate.ts';
import { noTicket } from './gate.ts';

/** Times are kept in tenths of a second: 31 bits of them last for six years. */
const tenth = 100;

export interface FailTimeoutGateParts {
  /** All endpoints of the pool, backups included. */
  readonly endpoints: readonly Endpoint[];
  readonly rules: FailureRules & { readonly statuses?: CountedStatuses };
  readonly board: Scoreboard;
  readonly now: () => number;
}

export class FailTimeoutGate implements Gate {
  readonly ticket = noTicket;
  readonly #now: () => number;
  /** By slot. */
  readonly #failures: ReadonlyMap<number, ConsecutiveFailures>;
  readonly #isFailure: (evidence: Evidence) => boolean;

  constructor({ endpoints, rules, board, now }: FailTimeoutGateParts) {
    const isOnly = endpoints.length === 1;
    const inTenths = { maxFails: rules.maxFails, failTimeout: Math.ceil(rules.failTimeout / tenth) };
    this.#now = now;
    this.#isFailure = judgeOf(rules.statuses);
    this.#failures = new Map(
      endpoints.map(({ load }) => [load.slot, new ConsecutiveFailures(board.slots, board.failuresAt(load.slot), { ...inTenths, isOnly })]),
    );
  }

  isOpen({ load }: Endpoint): boolean {
    return this.#failures.get(load.slot)?.isAvailable(this.#time()) ?? true;
  }

  admits({ load }: Endpoint): boolean {
    return this.#failures.get(load.slot)?.take(this.#time()) ?? true;
  }

  ended({ load }: Endpoint, evidence: Evidence): void {
    const failures = this.#failures.get(load.slot);
    if (this.#isFailure(evidence)) failures?.failed(this.#time());
    else if (evidence !== 'nothing') failures?.succeeded();
  }

  #time(): number {
    return Math.floor(this.#now() / tenth);
  }
}

/** A status that is none of those that count is an answer as good as any. */
function judgeOf(statuses: CountedStatuses | undefined): (evidence: Evidence) => boolean {
  if (statuses === undefined) return speaksAgainst;
  return statuses === 'none' ? (evidence) => evidence === 'local' : (evidence) => evidence === 'local' || evidence === 'gateway';
}
