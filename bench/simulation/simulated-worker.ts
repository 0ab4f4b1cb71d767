// One worker of a simulated balancer: a picker of its own on the scoreboard that all of them share.
import type { Learner } from '../../src/domain/balancing/learner.ts';
import type { Candidates, Picker, PolicyTools } from '../../src/domain/balancing/policy.ts';
import type { Endpoint } from '../../src/domain/endpoints/endpoint.ts';
import { EndpointLoad } from '../../src/domain/endpoints/endpoint-load.ts';
import type { Scoreboard } from '../../src/domain/endpoints/scoreboard.ts';
import { itemAt } from '../../src/foundation/basics/item-at.ts';
import type { Random } from '../../src/foundation/basics/random.ts';
import type { Events } from './events.ts';
import type { SimulatedEndpoint } from './simulated-endpoint.ts';

export interface Surroundings {
  readonly endpoints: readonly SimulatedEndpoint[];
  readonly board: Scoreboard;
  /** The board, or a copy of an earlier time: what the policy sees. */
  readonly seen: Scoreboard;
  readonly events: Events;
  readonly random: Random;
}

/** A machine that has been up for a while; 0 means "not yet" in a trial. */
const startOfClock = 1_000_000;
/** How often the policy is asked when its choice has no room. */
const asks = 4;

export class SimulatedWorker {
  readonly candidates: Candidates;
  readonly learner: Learner | undefined;
  readonly #picker: Picker;
  readonly #loads: readonly EndpointLoad[];
  readonly #events: Events;

  constructor(number: number, build: (candidates: Candidates, tools: PolicyTools) => Picker, given: Surroundings) {
    const { endpoints, board, seen, events } = given;
    this.#events = events;
    this.#loads = endpoints.map((_, slot) => new EndpointLoad(board, number, slot));
    const loadsSeen = seen === board ? this.#loads : endpoints.map((_, slot) => new EndpointLoad(seen, number, slot));
    const [first, ...rest] = endpoints.map((endpoint, slot) => toEndpoint(endpoint, slot, itemAt(loadsSeen, slot)));
    if (first === undefined) throw new Error('A scenario has at least one endpoint');
    this.candidates = [first, ...rest];
    this.#picker = build(
      this.candidates,
      toolsOf(given, board.turns(0, 0), () => this.now),
    );
    this.learner = this.#picker.learner;
  }

  /** As policies see it. */
  get now(): number {
    return startOfClock + this.#events.now;
  }

  refresh(): void {
    this.#picker.refresh?.(this.now);
  }

  /** The index of an endpoint that has taken the request in; undefined when none had room. */
  pick(key: string | undefined): number | undefined {
    for (let attempt = 0; attempt < asks; attempt++) {
      const { slot } = this.#picker.pick({ key, attempt }).load;
      if (this.#takesIn(slot)) return slot;
    }
    const withRoom = this.candidates.findIndex((_, slot) => this.#takesIn(slot));
    return withRoom === -1 ? undefined : withRoom;
  }

  load(slot: number): EndpointLoad {
    return itemAt(this.#loads, slot);
  }

  #takesIn(slot: number): boolean {
    return this.load(slot).tryHold(itemAt(this.candidates, slot).maxConnections);
  }
}

const toEndpoint = (endpoint: SimulatedEndpoint, slot: number, load: EndpointLoad): Endpoint => ({
  id: `e${slot}:80`,
  address: { kind: 'tcp', host: `e${slot}`, port: 80 },
  weight: endpoint.weight ?? 1,
  maxConnections: endpoint.maxConnections ?? Number.POSITIVE_INFINITY,
  tier: 0,
  load,
});

function toolsOf({ random }: Surroundings, turns: Int32Array, now: () => number): PolicyTools {
  const memories = new Map<string, unknown>();
  return {
    random,
    now,
    turns,
    remember: <Memory>(endpoint: Endpoint, make: () => Memory): Memory => {
      if (!memories.has(endpoint.id)) memories.set(endpoint.id, make());
      // A policy keeps one kind of memory for all endpoints.
      return memories.get(endpoint.id) as Memory;
    },
  };
}
