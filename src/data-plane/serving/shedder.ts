// Hot path. Refuses requests while this worker itself is overloaded, the least important first, and just as many as are too many. What is at
// work already goes on; who asks for the balancer's own pages and its probes do not come by here.
import { workerFigure } from '../../domain/endpoints/scoreboard.ts';
import type { OverloadRules } from '../../domain/resilience/lateness.ts';
import { Lateness, pressure } from '../../domain/resilience/lateness.ts';
import { levelOf, PriorityShedding } from '../../domain/resilience/priority-shedding.ts';
import { requestClass } from '../../domain/resilience/request-priority.ts';
import type { Random } from '../../foundation/basics/random.ts';
import { memoryInUse } from './memory-in-use.ts';
import type { SheddingNews } from './shedding-news.ts';
import { NewsOfShedding } from './shedding-news.ts';

export interface ShedderParts {
  readonly rules: OverloadRules;
  /** How often `tick` is to be called, in milliseconds. */
  readonly every: number;
  readonly random: Random;
  /** This worker's row on the scoreboard. */
  readonly figures: Float64Array;
  /** Told when requests begin to be refused, and when that is over. */
  readonly report: (news: SheddingNews) => void;
  /** The share of the memory that is in use; measured when absent. */
  readonly memory?: () => number;
}

const classes = 8;
const last = classes - 1;
/** Within a class it is chance who is refused: by who they are, a few clients would each be served whole or not at all. */
const chances = 128;
/** Memory is measured with every so many ticks. */
const ticksPerMeasure = 10;

export class Shedder {
  /** Something might have to be refused: the one thing to look at while all is well. Requests are counted only then. */
  isWatchful = false;
  readonly #parts: ShedderParts;
  readonly #lateness: Lateness;
  #rules: OverloadRules;
  /** Each worker has its own, for each can be late by itself. */
  readonly #shedding = new PriorityShedding(classes);
  readonly #news: NewsOfShedding;
  readonly #memory: () => number;
  #refused = 0;
  #tickedAt = 0;
  #ticks = 0;

  constructor(parts: ShedderParts) {
    this.#parts = parts;
    this.#rules = parts.rules;
    this.#lateness = new Lateness(parts.rules);
    this.#memory = parts.memory ?? memoryInUse;
    this.#news = new NewsOfShedding(parts.report);
  }

  /** The rules of another document, from now on. */
  adopt(rules: OverloadRules): void {
    this.#rules = rules;
    this.#lateness.adopt(rules);
  }

  /** Some requests are refused at the moment. */
  get isShedding(): boolean {
    return this.#shedding.isShedding;
  }

  /** Whether a request with these fields has to be refused. To be asked once for each while watchful. */
  refuses(fields: string): boolean {
    const { priority } = this.#rules;
    const level = levelOf(
      priority === undefined ? last : requestClass(fields, priority, classes),
      Math.floor(this.#parts.random() * chances),
    );
    if (this.#shedding.admits(level)) return false;
    this.#refused++;
    return true;
  }

  /** To be called again and again by a timer: how regularly it comes tells how late everything is. */
  tick(now: number): void {
    const { every } = this.#parts;
    const passed = this.#ticks === 0 ? every : now - this.#tickedAt;
    this.#tickedAt = now;
    this.#lateness.addDelay(passed - every);
    const isMeasured = this.#ticks++ % ticksPerMeasure === 0;
    if (isMeasured) this.#lateness.setMemory(this.#memory());
    this.#adjust(passed / every, isMeasured);
    this.#tell(now);
  }

  #adjust(windows: number, isMeasured: boolean): void {
    const { pressure: found, room } = this.#lateness;
    // For memory by what comes between two measures: of a few requests no small part can be refused.
    const isDue = room === 1 || isMeasured || found === pressure.more;
    // The later it is, the seldomer it can be adjusted, and has to fall the further.
    if (this.isWatchful && isDue) this.#shedding.adjust({ pressure: found, windows: Math.max(1, windows), room });
    this.isWatchful = found !== pressure.less || room < 1 || this.isShedding;
  }

  #tell(now: number): void {
    const { figures, every } = this.#parts;
    const { delay, memory } = this.#lateness;
    figures[workerFigure.delay] = delay;
    figures[workerFigure.dueAt] = now + every;
    figures[workerFigure.memory] = memory;
    figures[workerFigure.shedding] = Number(this.isShedding);
    this.#news.look(this.#refused, { now, delay, memory });
  }
}
