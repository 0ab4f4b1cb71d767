// The one hand that writes what the control plane says of endpoints: their weight, and whether they are up, draining or down.
// It stands on the scoreboard, so that it outlives every worker. Workers look at the state with every pick, and at the rest within 100 ms.
import { firstRows } from '../../domain/endpoints/endpoint-rows.ts';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { endpointControl, endpointState } from '../../domain/endpoints/scoreboard.ts';
import { weightsOf } from '../../domain/endpoints/weights.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import type { Advice } from '../probing/probe.ts';
import type { EndpointChange, EndpointStateName } from './endpoint-change.ts';
import { stateNameOf } from './endpoint-change.ts';
import type { Log } from './log.ts';

export interface EndpointControlsParts {
  readonly pools: Readonly<Record<string, ControlledPool>>;
  readonly board: Scoreboard;
  /** The clock of the workers: `sharedClock`. */
  readonly clock: () => number;
  readonly log: Log;
}

export interface ControlledPool {
  readonly endpoints: readonly { readonly id: string; readonly weight: number; readonly capacity?: number }[];
}

/** What is said of an endpoint by whom; what is absent is not said. */
interface Said {
  state: EndpointStateName;
  weight: number | undefined;
  /** By its agent. */
  advised: { readonly state: EndpointStateName; readonly share: number };
}

const agentStates = { ready: 'up', drain: 'draining', maint: 'down' } as const;

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
  readonly #said = new Map<number, Said>();

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
    const { log } = this.#parts;
    const said = this.#saidOf(slot);
    if (weight !== undefined) said.weight = weight ?? undefined;
    if (state !== undefined) said.state = state;
    this.#publish(pool, slot, poolIndex);
    const words = [
      ...(weight === undefined ? [] : [weight === null ? 'weight as in the document' : `weight ${weight}`]),
      ...(state === undefined ? [] : [state]),
    ];
    log.info(`Endpoint ${id} of pool ${pool} was changed: ${words.join(', ')}.`);
  }

  /** The endpoint's own agent speaks: the more cautious word counts, its or the operator's, and its share multiplies the weight. */
  advise(pool: string, slot: number, { state, share }: Pick<Advice, 'state' | 'share'>): void {
    const said = this.#saidOf(slot);
    const advised = { state: state === undefined ? said.advised.state : agentStates[state], share: share ?? said.advised.share };
    if (advised.state === said.advised.state && advised.share === said.advised.share) return;
    said.advised = advised;
    this.#publish(pool, slot, Object.keys(this.#parts.pools).indexOf(pool));
    const { id = '' } = this.#endpointAt(pool, slot) ?? {};
    this.#parts.log.info(
      `The agent of endpoint ${id} of pool ${pool} says ${advised.state}, ${Math.round(100 * advised.share)} % of its weight.`,
    );
  }

  /** What is in force for the endpoint. */
  present(slot: number): PresentControls {
    const controls = this.#parts.board.controls(slot);
    return {
      state: stateNameOf(controls[endpointControl.state]),
      weight: controls[endpointControl.hasWeight] === 1 ? controls[endpointControl.weight] : undefined,
    };
  }

  #saidOf(slot: number): Said {
    const known = this.#said.get(slot);
    if (known !== undefined) return known;
    const said: Said = { state: 'up', weight: undefined, advised: { state: 'up', share: 1 } };
    this.#said.set(slot, said);
    return said;
  }

  #endpointAt(pool: string, slot: number): ControlledPool['endpoints'][number] | undefined {
    const { pools } = this.#parts;
    return pools[pool]?.endpoints[slot - (firstRows(pools).get(pool) ?? 0)];
  }

  #publish(pool: string, slot: number, poolIndex: number): void {
    const { pools, board } = this.#parts;
    const { state, weight, advised } = this.#saidOf(slot);
    if (advised.share === 1) this.#setWeight(slot, weight ?? null);
    else {
      const configured = weightsOf(pools[pool]?.endpoints ?? [])[slot - (firstRows(pools).get(pool) ?? 0)] ?? 1;
      this.#setWeight(slot, (weight ?? configured) * advised.share);
    }
    const isMoreCautious = endpointState[advised.state] > endpointState[state];
    this.#setState(slot, isMoreCautious ? advised.state : state);
    board.raiseRevision(poolIndex);
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
