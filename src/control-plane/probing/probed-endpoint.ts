// What the prober knows of one endpoint: its last results, whether it is up by them, and when it is to be asked again.
import { RiseAndFall, type Transition } from '../../domain/health/rise-and-fall.ts';
import { WheelTimer } from '../../foundation/algorithms/timing-wheel.ts';
import type { Random } from '../../foundation/basics/random.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import type { ProbeResult } from './probe.ts';
import type { ProbeTask } from './probe-task.ts';
import type { Waiting } from './waiting-line.ts';

/** `checking`: there was no result yet, and the first one decides. */
export type ProbedState = 'up' | 'down' | 'checking';

/** For status pages: read it, it changes no more. */
export interface ProbeFigures {
  readonly state: ProbedState;
  /** Probes that ended, by what they said. Those that timed out are among the failed, or the silent where that says nothing. */
  readonly passed: number;
  readonly failed: number;
  readonly silent: number;
  readonly timedOut: number;
  /** How many results like the last one came in a row. */
  readonly inARow: number;
  readonly last: LastProbe | undefined;
}

export interface LastProbe {
  readonly result: ProbeResult;
  /** How long it took. */
  readonly took: Milliseconds;
  /** When it ended, by the clock of the prober. */
  readonly at: number;
}

/** One probe under way. */
export interface Run {
  readonly controller: AbortController;
  readonly began: number;
  /** It takes one of the places for those that are slow. */
  readonly isSlow: boolean;
  /** What it waits for, in words. */
  step: string;
}

export class ProbedEndpoint<Task extends ProbeTask> implements Waiting {
  /** May be changed for one that `isSameTask`. */
  task: Task;
  readonly timer: WheelTimer;
  run: Run | undefined;
  /** When it fell due. */
  due = 0;
  readonly #health: RiseAndFall;
  #state: ProbedState;
  #passed = 0;
  #failed = 0;
  #silent = 0;
  #timedOut = 0;
  #isSlow = false;
  #inARow = 0;
  #last: LastProbe | undefined;

  /** `start` is what is believed before the first result. */
  constructor(task: Task, start: ProbedState, onTimer: (endpoint: ProbedEndpoint<Task>) => void) {
    this.task = task;
    this.#state = start;
    this.#health = new RiseAndFall({ ...task.rules, start });
    this.timer = new WheelTimer({ onTimeout: () => onTimer(this) });
  }

  get state(): ProbedState {
    return this.#state;
  }

  get group(): string {
    return this.task.group;
  }

  /** It gave no answer in time when it was asked last. */
  get isSlow(): boolean {
    return this.#isSlow;
  }

  get figures(): ProbeFigures {
    return {
      state: this.#state,
      passed: this.#passed,
      failed: this.#failed,
      silent: this.#silent,
      timedOut: this.#timedOut,
      inARow: this.#inARow,
      last: this.#last,
    };
  }

  /** From the beginning of a probe to that of the next, before chance. */
  get interval(): Milliseconds {
    const { interval, fastInterval, downInterval = interval } = this.task.rules;
    if (this.#health.isInDoubt) return fastInterval;
    return this.#health.isUp ? interval : downInterval;
  }

  /** The interval, moved by chance. */
  drawInterval(random: Random): Milliseconds {
    return milliseconds(this.interval * (1 + this.task.rules.jitter * (2 * random() - 1)));
  }

  /** Counts a result; what that changes, if anything. */
  settle(last: LastProbe, isLate: boolean): Transition | undefined {
    const { passed } = last.result;
    this.#isSlow = isLate;
    if (isLate) this.#timedOut++;
    this.#inARow = this.#last?.result.passed === passed ? this.#inARow + 1 : 1;
    this.#last = last;
    if (passed === undefined) {
      this.#silent++;
      return undefined;
    }
    if (passed) this.#passed++;
    else this.#failed++;
    const transition = passed ? this.#health.passed() : this.#health.failed();
    if (transition !== undefined) this.#state = transition;
    return transition;
  }
}
