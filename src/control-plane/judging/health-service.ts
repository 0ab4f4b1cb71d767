// Health as the supervisor runs it: the prober, the keeper's tick, the log of what changes, and the last changes for those who look in.
import { setInterval } from 'node:timers';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import type { Advice, ProbeResult } from '../probing/probe.ts';
import type { ProbeFigures } from '../probing/probed-endpoint.ts';
import { Prober, proberTick } from '../probing/prober.ts';
import type { HealthChange, JudgedPool } from './health-keeper.ts';
import { HealthKeeper } from './health-keeper.ts';
import type { HealthTask, ProbedPool } from './probe-tasks.ts';
import { probeTasks } from './probe-tasks.ts';

export interface HealthServiceParts {
  readonly pools: Readonly<Record<string, JudgedPool & ProbedPool>>;
  readonly board: Scoreboard;
  /** The clock of the workers. */
  readonly clock: () => number;
  /** What an endpoint's agent says of it. */
  readonly onAdvice: (task: HealthTask, advice: Advice) => void;
  readonly log: { info(text: string): void; warn(text: string): void };
}

export interface HealthEvent extends HealthChange {
  readonly at: Date;
}

/** How often traffic is looked at, in milliseconds: an endpoint that fails is found out within this. */
const tick = 100;
const keptEvents = 256;
/** How often it may be said that an endpoint stays although it fails. */
const sparedAgain = 60_000;

export class HealthService {
  readonly keeper: HealthKeeper;
  readonly #parts: HealthServiceParts;
  readonly #events: HealthEvent[] = [];
  readonly #spared = new Map<string, number>();
  readonly #tasks: readonly HealthTask[];
  readonly #prober: Prober<HealthTask>;
  #ticking: NodeJS.Timeout | undefined;
  #stopAdvancing: (() => void) | undefined;

  constructor(parts: HealthServiceParts) {
    const { pools, board, clock } = parts;
    this.#parts = parts;
    this.keeper = new HealthKeeper({
      pools,
      board,
      clock,
      random: Math.random,
      onChange: (change) => this.#tell(change),
      onSpared: (change) => this.#tellSpared(change),
    });
    this.#tasks = probeTasks(pools);
    this.#prober = new Prober({
      now: clock,
      random: Math.random,
      onTransition: ({ task, state, reason }) => this.keeper.probedAs(task, state, reason),
      onResult: (task, result) => this.#hear(task, result),
    });
  }

  start(): void {
    this.#ticking = setInterval(() => this.keeper.tick(), tick);
    if (this.#tasks.length === 0) return;
    this.#prober.watch(this.#tasks);
    const advancing = setInterval(() => this.#prober.advance(), proberTick);
    this.#stopAdvancing = () => clearInterval(advancing);
  }

  stop(): void {
    clearInterval(this.#ticking);
    this.#stopAdvancing?.();
    this.#prober.stop();
  }

  /** What is known of an endpoint by its probe; undefined where none asks it. */
  probed(pool: string, endpoint: string): ProbeFigures | undefined {
    return this.#prober.figuresOf(`${pool} ${endpoint}`);
  }

  #hear(task: HealthTask, result: ProbeResult): void {
    if (result.advice !== undefined) this.#parts.onAdvice(task, result.advice);
    if (task.asks === 'endpoint' && result.passed) this.keeper.passed(task.slot);
  }

  /** The last changes, the oldest first. */
  get events(): readonly HealthEvent[] {
    return this.#events;
  }

  #tell(change: HealthChange): void {
    const { log } = this.#parts;
    this.#events.push({ ...change, at: new Date() });
    if (this.#events.length > keptEvents) this.#events.shift();
    const { pool, endpoint, isWell, reason } = change;
    if (isWell) log.info(`Endpoint ${endpoint} of pool ${pool} is well again: ${reason}.`);
    else log.warn(`Endpoint ${endpoint} of pool ${pool} gets nothing for now: ${reason}.`);
  }

  #tellSpared({ pool, endpoint, reason }: HealthChange): void {
    const key = `${pool} ${endpoint}`;
    const now = this.#parts.clock();
    if (now - (this.#spared.get(key) ?? Number.NEGATIVE_INFINITY) < sparedAgain) return;
    this.#spared.set(key, now);
    this.#parts.log.warn(
      `Endpoint ${endpoint} of pool ${pool} stays although it fails (${reason}): as many as outliers.maxEjected allows are set aside, or no other one is up.`,
    );
  }
}
