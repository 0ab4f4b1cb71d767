// A discrete-event simulation of one pool: the balancer's own pickers and what they learn from, on a clock that jumps from event to event.
// The same scenario gives the same figures on every machine. Requests and their work are the same for all policies with the same seed.
import { buildPicker } from '../../src/domain/balancing/build-picker.ts';
import type { Candidates, Picker, PolicyTools } from '../../src/domain/balancing/policy.ts';
import type { WrittenPolicySettings } from '../../src/domain/balancing/policy-settings.ts';
import { policySettings } from '../../src/domain/balancing/policy-settings.ts';
import { Scoreboard } from '../../src/domain/endpoints/scoreboard.ts';
import { itemAt } from '../../src/foundation/basics/item-at.ts';
import type { Random } from '../../src/foundation/basics/random.ts';
import { seeded } from '../../src/foundation/basics/random.ts';
import { exponential } from './draws.ts';
import { Events } from './events.ts';
import type { Figures } from './figures.ts';
import { Tallies } from './figures.ts';
import type { Server } from './servers.ts';
import type { SimulatedEndpoint } from './simulated-endpoint.ts';
import { SimulatedTry } from './simulated-try.ts';
import { SimulatedWorker } from './simulated-worker.ts';

/** All times are in milliseconds; those that are given to functions count from the start of the run. */
export interface Scenario {
  /** As in a document, or something that builds a picker. */
  readonly policy: WrittenPolicySettings | ((candidates: Candidates, tools: PolicyTools) => Picker);
  readonly endpoints: readonly SimulatedEndpoint[];
  /** Poisson arrivals, at a rate that may change over time. */
  readonly arrivalsPerSecond: number | ((now: number) => number);
  readonly duration: number;
  /** Requests that arrive before this count only as picks. 0 unless given. */
  readonly warmUp?: number;
  readonly seed: number;
  /** Workers with pickers of their own, on one scoreboard; each request comes to any of them. 1 unless given. */
  readonly workers?: number;
  /** How often policies see the requests in flight; at every moment unless given. */
  readonly loadSeenEvery?: number;
  /** After this time without an answer the client gives up, and the endpoint's work on the request stops. */
  readonly timeout?: number;
  /** An answer counts as a success if it came within this time. */
  readonly goodWithin?: number;
  /** What requests are keyed on. */
  readonly key?: (random: Random, now: number) => string;
  /** The length of a piece of the timeline. */
  readonly timelineEvery?: number;
}

export function simulate(scenario: Scenario): Figures {
  return new Run(scenario).play();
}

/** As often as the balancer calls `refresh`. */
const refreshEvery = 100;
const arrivalsBetweenSamples = 100;

class Run {
  readonly #scenario: Scenario;
  readonly #events = new Events();
  readonly #board: Scoreboard;
  /** What policies see: the board itself, or a copy that is renewed now and then. */
  readonly #seen: Scoreboard;
  readonly #workers: readonly SimulatedWorker[];
  readonly #servers: readonly Server[];
  readonly #tallies: Tallies;
  readonly #arrivalChance: Random;
  readonly #work: Random;
  #arrivals = 0;
  #underWay = 0;
  #isOver = false;

  constructor(scenario: Scenario) {
    const { endpoints, seed, workers = 1 } = scenario;
    const shape = { workers, endpoints: endpoints.length, listeners: 0, pools: 1 };
    this.#scenario = scenario;
    this.#board = new Scoreboard(shape);
    this.#seen = scenario.loadSeenEvery === undefined ? this.#board : new Scoreboard(shape);
    this.#tallies = new Tallies(endpoints.length, scenario.warmUp ?? 0, scenario.timelineEvery ?? Number.POSITIVE_INFINITY);
    this.#arrivalChance = seeded(4 * seed);
    this.#work = seeded(4 * seed + 1);
    this.#servers = endpoints.map(({ server }, index) => server.open(this.#events, seeded(4 * (seed + 7919 * (index + 1)) + 2)));
    this.#workers = Array.from({ length: workers }, (_, number) => this.#openWorker(number, pickerBuilder(scenario)));
  }

  play(): Figures {
    const { duration, loadSeenEvery, timelineEvery } = this.#scenario;
    this.#every(refreshEvery, () => {
      for (const worker of this.#workers) worker.refresh();
    });
    if (loadSeenEvery !== undefined) this.#every(loadSeenEvery, () => this.#seen.slots.set(this.#board.slots));
    if (timelineEvery !== undefined) this.#every(timelineEvery, () => this.#endStep(timelineEvery));
    this.#events.after(duration, () => {
      this.#isOver = true;
    });
    this.#planArrival();
    while (!(this.#isOver && this.#underWay === 0) && this.#events.step());
    return this.#tallies.figures();
  }

  #openWorker(number: number, build: (candidates: Candidates, tools: PolicyTools) => Picker): SimulatedWorker {
    return new SimulatedWorker(number, build, {
      endpoints: this.#scenario.endpoints,
      board: this.#board,
      seen: this.#seen,
      events: this.#events,
      random: seeded(4 * (this.#scenario.seed + 104_729 * number) + 3),
    });
  }

  #every(milliseconds: number, action: () => void): void {
    this.#events.after(milliseconds, () => {
      action();
      if (!this.#isOver) this.#every(milliseconds, action);
    });
  }

  #planArrival(): void {
    const { arrivalsPerSecond } = this.#scenario;
    const rate = typeof arrivalsPerSecond === 'number' ? arrivalsPerSecond : arrivalsPerSecond(this.#events.now);
    this.#events.after(exponential(1000 / rate)(this.#arrivalChance, this.#events.now), () => {
      if (this.#isOver) return;
      this.#arrive();
      this.#planArrival();
    });
  }

  #arrive(): void {
    const { endpoints, warmUp = 0, key } = this.#scenario;
    const { now } = this.#events;
    const worker = itemAt(this.#workers, Math.floor(this.#arrivalChance() * this.#workers.length));
    if (now >= warmUp && this.#arrivals++ % arrivalsBetweenSamples === 0) this.#tallies.seeBusiest(Math.max(...this.#inFlight()));

    const index = worker.pick(key?.(this.#arrivalChance, now));
    if (index === undefined) return this.#tallies.refuse(now);
    this.#tallies.pick(index, now);
    this.#underWay++;
    const endpoint = itemAt(endpoints, index);
    new SimulatedTry(worker, index, {
      endpoint,
      server: itemAt(this.#servers, index),
      work: endpoint.server.work(this.#work, now),
      events: this.#events,
      random: this.#work,
      timeout: this.#scenario.timeout,
      finish: (latency, status) => this.#finish(index, now, latency, status),
      leave: () => {
        this.#underWay--;
      },
    }).begin();
  }

  #finish(endpoint: number, arrivedAt: number, latency: number, status: number): void {
    const isGood = status > 0 && status < 500 && latency <= (this.#scenario.goodWithin ?? Number.POSITIVE_INFINITY);
    this.#tallies.finish(endpoint, arrivedAt, latency, isGood);
  }

  #endStep(length: number): void {
    this.#tallies.endStep(this.#events.now - length, this.#inFlight());
  }

  #inFlight(): number[] {
    return this.#servers.map((_, index) => this.#board.inFlight(index));
  }
}

function pickerBuilder({ policy }: Scenario): (candidates: Candidates, tools: PolicyTools) => Picker {
  if (typeof policy === 'function') return policy;
  const settings = policySettings.parse(policy);
  return (candidates, tools) => buildPicker(settings, candidates, tools);
}
