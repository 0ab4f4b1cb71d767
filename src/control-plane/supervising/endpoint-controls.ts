// The one hand that writes what the control plane says of endpoints: their weight, and whether they are up, draining or down.
// It stands on the scoreboard, so that it outlives every worker. Workers look at the state with every pick, and at the rest within 100 ms.
import { firstRows } from '../../domain/endpoints/endpoint-rows.ts';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { endpointControl, endpointState } from '../../domain/endpoints/scoreboard.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import type { EndpointChange, EndpointStateName } from './endpoint-change.ts';
import { stateNameOf } from './endpoint-change.ts';
import type { Log } from './log.ts';

export interface EndpointControlsParts {
  readonly pools: Readonly<Record<string, { readonly endpoints: readonly { readonly id: string }[] }>>;
  readonly board: Scoreboard;
  /** The clock of the workers: `sharedClock`. */
  readonly clock: () => number;
  readonly log: Log;
}

/** Where an endpoint stands. */
export interface EndpointPlace {
  readonly pool: string;
  readonly id: string;
  /** Its row on the scoreboard. */
  readonly slot: number;
  /** The pool's place in the document. */
  readonly poolIndex: number;
}

/** A name that nothing has, and those that there are. */
export interface UnknownName {
  readonly kind: 'pool' | 'endpoint';
  readonly name: string;
  readonly names: readonly string[];
}

export interface PresentControls {
  readonly state: EndpointStateName;
  /** In the place of the weight that the document gives. */
  readonly weight: number | undefined;
}

export class EndpointControls {
  readonly #parts: EndpointControlsParts;
  /** Slots of endpoints that were down since they were up the last time: cold, when they come back. */
  readonly #cold = new Set<number>();

  constructor(parts: EndpointControlsParts) {
    this.#parts = parts;
  }

  find(pool: string, id: string): Result<EndpointPlace, UnknownName> {
    const { pools } = this.#parts;
    const names = Object.keys(pools);
    const poolIndex = names.indexOf(pool);
    const ids = (pools[pool]?.endpoints ?? []).map((endpoint) => endpoint.id);
    if (poolIndex === -1) return fault({ kind: 'pool', name: pool, names });
    const position = ids.indexOf(id);
    if (position === -1) return fault({ kind: 'endpoint', name: id, names: ids });
    return success({ pool, id, slot: (firstRows(pools).get(pool) ?? 0) + position, poolIndex });
  }

  /** The change as `endpointChange` read it. In force for picks that begin after it. */
  change({ pool, id, slot, poolIndex }: EndpointPlace, { weight, state }: EndpointChange): void {
    const { board, log } = this.#parts;
    if (weight !== undefined) this.#setWeight(slot, weight);
    if (state !== undefined) this.#setState(slot, state);
    board.raiseRevision(poolIndex);
    const words = [
      ...(weight === undefined ? [] : [weight === null ? 'weight as in the document' : `weight ${weight}`]),
      ...(state === undefined ? [] : [state]),
    ];
    log.info(`Endpoint ${id} of pool ${pool} was changed: ${words.join(', ')}.`);
  }

  /** What was said of the endpoint last. */
  present(slot: number): PresentControls {
    const controls = this.#parts.board.controls(slot);
    return {
      state: stateNameOf(controls[endpointControl.state]),
      weight: controls[endpointControl.hasWeight] === 1 ? controls[endpointControl.weight] : undefined,
    };
  }

  /** A worker that reads between two writes finds a weight that was meant at some time, never half of a change. */
  #setWeight(slot: number, weight: number | null): void {
    const controls = this.#parts.board.controls(slot);
    if (weight !== null) controls[endpointControl.weight] = weight;
    controls[endpointControl.hasWeight] = weight === null ? 0 : 1;
  }

  /** The time comes before the state: whoever sees that it is up sees since when. */
  #setState(slot: number, state: EndpointStateName): void {
    const { board, clock } = this.#parts;
    const controls = board.controls(slot);
    if (state === 'down') this.#cold.add(slot);
    if (state === 'up' && this.#cold.delete(slot)) controls[endpointControl.upSince] = clock();
    controls[endpointControl.state] = endpointState[state];
  }
}
