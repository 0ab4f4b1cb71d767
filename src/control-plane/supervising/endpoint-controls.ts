// The one hand that writes what the control plane says of endpoints: their weight, and whether they are up, draining or down.
// It stands on the scoreboard, so that it outlives every worker. Workers look at the state with every pick, and at the rest within 100 ms.
import type { Places } from '../../domain/endpoints/places.ts';
import { endpointRowAt, poolRowOf } from '../../domain/endpoints/places.ts';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { endpointControl, endpointState } from '../../domain/endpoints/scoreboard.ts';
import { weightsOf } from '../../domain/endpoints/weights.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import type { EventCause, EventLog } from '../judging/event-log.ts';
import type { Advice } from '../probing/probe.ts';
import type { EndpointChange, EndpointStateName } from './endpoint-change.ts';
import { stateNameOf } from './endpoint-change.ts';
import type { Log } from './log.ts';

/** Whose controls are written. */
export interface ControlledPools {
  readonly pools: Readonly<Record<string, ControlledPool>>;
  readonly places: Places;
}

export interface EndpointControlsParts extends ControlledPools {
  readonly board: Scoreboard;
  /** The clock of the workers: `sharedClock`. */
  readonly clock: () => number;
  readonly log: Log;
  /** Told of what comes into force. */
  readonly events: EventLog;
}

export interface ControlledPool {
  readonly health?: { readonly agent?: unknown };
  readonly endpoints: readonly { readonly id: string; readonly weight: number; readonly capacity?: number }[];
}

/** What is said of an endpoint by whom; what is absent is not said. */
interface Said {
  state: EndpointStateName;
  weight: number | undefined;
  /** When an endpoint that drains goes down, by the clock of the workers. */
  downAt: number | undefined;
  /** By its agent. */
  advised: Advised;
}

/** What its agent says of it, from the first word on until others take its place. */
interface Advised {
  readonly state: EndpointStateName;
  readonly share: number;
  /** Exchanges in flight that it bears; 0 where that was not said. */
  readonly maxConnections: number;
}

const nothingAdvised: Advised = { state: 'up', share: 1, maxConnections: 0 };

/** Who changes what is in force, and why. */
interface Cause {
  readonly by: EventCause;
  readonly reason: string;
  /** It is no event. */
  readonly isQuiet?: boolean;
}

const agentStates = { ready: 'up', drain: 'draining', maint: 'down' } as const;

/** Where an endpoint stands. */
export interface EndpointPlace {
  readonly pool: string;
  readonly id: string;
  /** Its row on the scoreboard. */
  readonly slot: number;
  /** Its place in the list of its pool. */
  readonly position: number;
  /** The pool's row. */
  readonly poolRow: number;
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
  /** Milliseconds until an endpoint that drains goes down; undefined where nobody gave it a deadline. */
  readonly downIn: number | undefined;
  /** What its agent bears, beside the limit of the document; absent where it says nothing. */
  readonly maxConnections?: number;
}

export class EndpointControls {
  readonly #parts: EndpointControlsParts;
  /** Slots of endpoints that were down since they were up the last time: cold, when they come back. */
  readonly #cold = new Set<number>();
  readonly #said = new Map<number, Said>();

  #controlled: ControlledPools;

  constructor(parts: EndpointControlsParts) {
    this.#parts = parts;
    this.#controlled = parts;
  }

  /** Writes the controls of these from now on. What was said of those that stay, holds. */
  adopt(controlled: ControlledPools): void {
    this.#controlled = controlled;
    const kept = new Set(Object.values(controlled.places.pools).flatMap(({ endpoints }) => endpoints));
    for (const slot of this.#said.keys()) if (!kept.has(slot)) this.#said.delete(slot);
    for (const slot of this.#cold) if (!kept.has(slot)) this.#cold.delete(slot);
    for (const [slot, said] of this.#said) {
      const place = this.#placeAt(slot);
      const hasAgent = controlled.pools[place.pool]?.health?.agent !== undefined;
      // What an agent said that nobody asks any more could never be taken back.
      if (!hasAgent && said.advised !== nothingAdvised) {
        said.advised = nothingAdvised;
        this.#publish(place, { by: 'agent', reason: 'the document does not have its agent asked any more' });
        // An agent's share is one of the weight that the document gives.
      } else if (said.advised.share !== 1 && said.weight === undefined)
        this.#publish(place, { by: 'agent', reason: 'the document gives another weight' });
    }
  }

  find(pool: string, id: string): Result<EndpointPlace, UnknownName> {
    const { pools, places } = this.#controlled;
    const names = Object.keys(pools);
    const ids = (pools[pool]?.endpoints ?? []).map((endpoint) => endpoint.id);
    if (!names.includes(pool)) return fault({ kind: 'pool', name: pool, names });
    const position = ids.indexOf(id);
    if (position === -1) return fault({ kind: 'endpoint', name: id, names: ids });
    return success({ pool, id, position, slot: endpointRowAt(places, pool, position), poolRow: poolRowOf(places, pool) });
  }

  /** The change as `endpointChange` read it. In force for picks that begin after it. */
  change(place: EndpointPlace, { weight, state, deadline }: EndpointChange): void {
    const { log, clock } = this.#parts;
    const said = this.#saidOf(place.slot);
    if (weight !== undefined) said.weight = weight ?? undefined;
    if (state !== undefined) {
      said.state = state;
      // Of the change before, whatever it was, nothing is left.
      said.downAt = deadline === undefined ? undefined : clock() + deadline;
    }
    const words = [
      ...(weight === undefined ? [] : [weight === null ? 'weight as in the document' : `weight ${weight}`]),
      ...(state === undefined ? [] : [state]),
      ...(deadline === undefined ? [] : [`down in ${deadline / 1000} s`]),
    ];
    this.#publish(place, { by: 'operator', reason: `it was changed: ${words.join(', ')}` });
    log.info(`Endpoint ${place.id} of pool ${place.pool} was changed: ${words.join(', ')}.`);
  }

  /** Takes down what drained for as long as it was given. To be called about ten times a second. */
  tick(): void {
    const now = this.#parts.clock();
    for (const [slot, said] of this.#said) {
      if (said.downAt === undefined || now < said.downAt) continue;
      const place = this.#placeAt(slot);
      said.state = 'down';
      said.downAt = undefined;
      this.#publish(place, { by: 'deadline', reason: 'the deadline of its draining has passed' });
      this.#parts.log.info(`Endpoint ${place.id} of pool ${place.pool} is down: the deadline of its draining has passed.`);
    }
  }

  /**
   * The endpoint's own agent speaks: the more cautious word counts, its or the operator's, and its share multiplies the weight. Shares and limits
   * may follow its load from moment to moment: they stand in the status, and only what takes the endpoint out or lets it in is told.
   */
  advise(pool: string, slot: number, { state, share, maxConnections }: Pick<Advice, 'state' | 'share' | 'maxConnections'>): void {
    const said = this.#saidOf(slot);
    const before = said.advised;
    const advised: Advised = {
      state: state === undefined ? before.state : agentStates[state],
      share: share ?? before.share,
      maxConnections: maxConnections ?? before.maxConnections,
    };
    if (advised.state === before.state && advised.share === before.share && advised.maxConnections === before.maxConnections) return;
    said.advised = advised;
    const words = `${advised.state}, ${Math.round(100 * advised.share)} % of its weight`;
    const isNews = advised.state !== before.state || (advised.share === 0) !== (before.share === 0);
    this.#publish(this.#placeAt(slot), { by: 'agent', reason: `its agent says ${words}`, isQuiet: !isNews });
    if (isNews) this.#parts.log.info(`The agent of endpoint ${this.#placeAt(slot).id} of pool ${pool} says ${words}.`);
  }

  /** What is in force for the endpoint. */
  present(slot: number): PresentControls {
    const controls = this.#parts.board.controls(slot);
    const downAt = this.#said.get(slot)?.downAt;
    const borne = controls[endpointControl.maxConnections] ?? 0;
    return {
      state: stateNameOf(controls[endpointControl.state]),
      weight: controls[endpointControl.hasWeight] === 1 ? controls[endpointControl.weight] : undefined,
      downIn: downAt === undefined ? undefined : Math.max(0, downAt - this.#parts.clock()),
      ...(borne > 0 ? { maxConnections: borne } : {}),
    };
  }

  #saidOf(slot: number): Said {
    const known = this.#said.get(slot);
    if (known !== undefined) return known;
    const said: Said = { state: 'up', weight: undefined, downAt: undefined, advised: nothingAdvised };
    this.#said.set(slot, said);
    return said;
  }

  #placeAt(slot: number): EndpointPlace {
    for (const [pool, { row, endpoints }] of Object.entries(this.#controlled.places.pools)) {
      const position = endpoints.indexOf(slot);
      const id = this.#controlled.pools[pool]?.endpoints[position]?.id;
      if (id !== undefined) return { pool, id, position, slot, poolRow: row };
    }
    throw new Error(`No endpoint has row ${slot} of the scoreboard.`);
  }

  #publish({ pool, id, position, slot, poolRow }: EndpointPlace, { by, reason, isQuiet = false }: Cause): void {
    const { board, events } = this.#parts;
    const before = this.present(slot);
    const { state, weight, advised } = this.#saidOf(slot);
    if (advised.share === 1) this.#setWeight(slot, weight ?? null);
    else {
      const configured = weightsOf(this.#controlled.pools[pool]?.endpoints ?? [])[position] ?? 1;
      this.#setWeight(slot, (weight ?? configured) * advised.share);
    }
    board.controls(slot)[endpointControl.maxConnections] = advised.maxConnections;
    const isMoreCautious = endpointState[advised.state] > endpointState[state];
    this.#setState(slot, isMoreCautious ? advised.state : state);
    board.raiseRevision(poolRow);
    if (isQuiet) return;
    const present = this.present(slot);
    if (present.weight !== before.weight) events.add({ pool, endpoint: id, by, to: 'weight', reason });
    if (present.state !== before.state) events.add({ pool, endpoint: id, by, to: present.state, reason });
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
