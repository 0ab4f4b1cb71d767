// Health as the supervisor runs it: the prober, the keeper's tick, the log of what changes, and what is known for those who look in.
import { setInterval } from 'node:timers';
import type { Places } from '../../domain/endpoints/places.ts';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import type { Advice, ProbeResult } from '../probing/probe.ts';
import type { ProbeFigures } from '../probing/probed-endpoint.ts';
import type { ProberFigures } from '../probing/prober.ts';
import { Prober, proberTick } from '../probing/prober.ts';
import { AgentNews } from './agent-news.ts';
import type { EventLog } from './event-log.ts';
import type { HealthChange, JudgedPool, Spared } from './health-keeper.ts';
import { HealthKeeper } from './health-keeper.ts';
import type { WatchedPool } from './pool-watch.ts';
import { PoolWatch } from './pool-watch.ts';
import type { HealthTask, ProbedPool } from './probe-tasks.ts';
import { probeTasks } from './probe-tasks.ts';

export interface HealthServiceParts {
  readonly pools: Readonly<Record<string, JudgedPool & ProbedPool & WatchedPool>>;
  readonly places: Places;
  readonly board: Scoreboard;
  /** The clock of the workers. */
  readonly clock: () => number;
  /** What an endpoint's agent says of it. */
  readonly onAdvice: (task: HealthTask, advice: Advice) => void;
  readonly log: { info(text: string): void; warn(text: string): void };
  readonly events: EventLog;
}

/** What is known of one endpoint. */
export interface HealthFigures {
  readonly isWell: boolean;
  /** Nothing is known of it yet. */
  readonly isChecking: boolean;
  /** Why it is what it is since the last change; empty before the first one. */
  readonly reason: string;
  readonly since: Date;
  /** How often it changed. */
  readonly changes: number;
  /** How often its traffic had it set aside, and until when it is; undefined when it is not. */
  readonly ejections: number;
  readonly ejectedUntil: Date | undefined;
  /** undefined where no probe asks it. */
  readonly probe: ProbeFigures | undefined;
  /** When the last probe ended. */
  readonly probedAt: Date | undefined;
}

/** How often traffic is looked at, in milliseconds: an endpoint that fails is found out within this. */
const tick = 100;
/** How often it may be said that an endpoint stays although it fails. */
const sparedAgain = 60_000;

export class HealthService {
  readonly keeper: HealthKeeper;
  readonly #parts: HealthServiceParts;
  /** What the workers' clock showed at the start of 1970: asked once, so that a moment is always told as the same one. */
  readonly #epoch: number;
  readonly #spared = new Map<string, number>();
  readonly #prober: Prober<HealthTask>;
  readonly #pools: PoolWatch;
  readonly #agents: AgentNews;
  #watched: Pick<HealthServiceParts, 'pools' | 'places'>;
  #ticking: NodeJS.Timeout | undefined;
  #stopAdvancing: (() => void) | undefined;

  constructor(parts: HealthServiceParts) {
    const { pools, places, board, clock } = parts;
    this.#parts = parts;
    this.#epoch = Date.now() - clock();
    this.#watched = parts;
    this.keeper = new HealthKeeper({
      pools,
      places,
      board,
      clock,
      random: Math.random,
      onChange: (change) => this.#tell(change),
      onSpared: (change) => this.#tellSpared(change),
    });
    const isChecking = (slot: number): boolean => this.keeper.standing(slot)?.health.probed === 'checking';
    this.#pools = new PoolWatch({ pools, places, board, log: parts.log, isChecking });
    this.#agents = new AgentNews({ clock, log: parts.log });
    this.#prober = new Prober({
      now: clock,
      random: Math.random,
      onTransition: ({ task, state, reason }) => this.keeper.probedAs(task, state, reason),
      onResult: (task, result) => this.#hear(task, result),
    });
  }

  start(): void {
    this.#ticking = setInterval(() => {
      this.keeper.tick();
      this.#pools.tick();
    }, tick);
    this.#watch();
  }

  /** Keeps the health of these from now on. */
  adopt(watched: Pick<HealthServiceParts, 'pools' | 'places'>): void {
    this.#watched = watched;
    this.keeper.adopt(watched);
    this.#pools.adopt(watched);
    // Before the start nobody is asked.
    if (this.#ticking !== undefined) this.#watch();
  }

  #watch(): void {
    const { pools, places } = this.#watched;
    const tasks = probeTasks(pools, places);
    this.#prober.watch(tasks);
    this.#agents.keepOnly(tasks.map(({ key }) => key));
    if (tasks.length === 0 || this.#stopAdvancing !== undefined) return;
    const advancing = setInterval(() => this.#prober.advance(), proberTick);
    this.#stopAdvancing = () => clearInterval(advancing);
  }

  stop(): void {
    clearInterval(this.#ticking);
    this.#stopAdvancing?.();
    this.#prober.stop();
  }

  /** What all probes together come to. */
  get prober(): ProberFigures {
    return this.#prober.figures;
  }

  /** `slot` is the endpoint's row on the scoreboard. */
  figuresOf(pool: string, endpoint: string, slot: number): HealthFigures {
    const standing = this.keeper.standing(slot);
    if (standing === undefined) throw new Error(`Endpoint ${endpoint} of pool ${pool} has no row ${slot}.`);
    const { health, changes } = standing;
    const probe = this.#prober.figuresOf(`${pool} ${endpoint}`);
    const { until } = health.ejection;
    return {
      isWell: health.isWell,
      isChecking: health.probed === 'checking',
      reason: health.reason,
      since: this.#dateOf(health.changedAt),
      changes,
      ejections: health.ejections,
      ejectedUntil: until === undefined ? undefined : this.#dateOf(until),
      probe,
      probedAt: probe?.last === undefined ? undefined : this.#dateOf(probe.last.at),
    };
  }

  #dateOf(time: number): Date {
    return new Date(this.#epoch + time);
  }

  #hear(task: HealthTask, result: ProbeResult): void {
    if (task.asks === 'agent') this.#agents.hear(task, result);
    if (result.advice !== undefined) this.#parts.onAdvice(task, result.advice);
    if (task.asks === 'endpoint' && result.passed) this.keeper.passed(task.slot);
  }

  #tell(change: HealthChange): void {
    const { log, events } = this.#parts;
    const { pool, endpoint, isWell, reason } = change;
    events.add({ pool, endpoint, by: 'health', to: isWell ? 'well' : 'failing', reason });
    const line = `Endpoint ${endpoint} of pool ${pool} ${newsOf(change)}: ${reason}. ${change.left} of ${change.of} are well.`;
    if (isWell) log.info(line);
    else log.warn(line);
  }

  #tellSpared({ pool, endpoint, reason, why }: Spared): void {
    const key = `${pool} ${endpoint}`;
    const now = this.#parts.clock();
    if (now - (this.#spared.get(key) ?? Number.NEGATIVE_INFINITY) < sparedAgain) return;
    this.#spared.set(key, now);
    this.#parts.log.warn(`Endpoint ${endpoint} of pool ${pool} stays although it fails (${reason}): ${why}.`);
  }
}

function newsOf({ isWell, isFirst, setAside }: HealthChange): string {
  if (isWell) return isFirst ? 'is well' : 'is well again';
  if (isFirst) return 'gets nothing before it passes';
  return setAside === undefined ? 'gets nothing for now' : `gets nothing for ${seconds(setAside)} s`;
}

/** As short as it can be said. */
const seconds = (time: Milliseconds): number => Math.ceil(time / 100) / 10;
