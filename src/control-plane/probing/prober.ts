// Asks all endpoints of all pools how they are: spread over the interval, a bounded number at once, never one of them twice at a time.
// One wheel of timers that the owner turns; time and chance are given, so that a test can replay every second of it.
// HAProxy's checks (check.c): check k of N begins at k/N of the interval, each later one is moved by chance, and doubt is settled sooner.
import type { Transition } from '../../domain/health/rise-and-fall.ts';
import { TimingWheel } from '../../foundation/algorithms/timing-wheel.ts';
import type { Random } from '../../foundation/basics/random.ts';
import { thrownText } from '../../foundation/basics/thrown.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import type { ProbeContext, ProbeResult } from './probe.ts';
import { ProbeFailure } from './probe.ts';
import type { ProbeTask } from './probe-task.ts';
import { isSameTask } from './probe-task.ts';
import type { ProbeFigures, Run } from './probed-endpoint.ts';
import { ProbedEndpoint } from './probed-endpoint.ts';
import { WaitingLine } from './waiting-line.ts';

export interface ProberParts<Task extends ProbeTask> {
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly random: Random;
  /** Probes under way at once, at most half of them at endpoints that gave no answer in time before. The others wait. */
  readonly mostAtOnce?: number;
  /** Told of each endpoint that comes up or goes down, and why. */
  readonly onTransition: (change: ProbedChange<Task>) => void;
  /** Told of each result that counts, before any transition. */
  readonly onResult?: (task: Task, result: ProbeResult) => void;
}

export interface ProbedChange<Task extends ProbeTask> {
  readonly task: Task;
  readonly state: Transition;
  /** A sentence without its full stop. */
  readonly reason: string;
  readonly figures: ProbeFigures;
}

/** What all probes together come to. The last three only grow. */
export interface ProberFigures {
  readonly endpoints: number;
  readonly running: number;
  /** Due, and waiting for others to end. */
  readonly waiting: number;
  readonly ended: number;
  /** How many had to wait. */
  readonly late: number;
  /** How long they waited in all. */
  readonly lateness: Milliseconds;
}

/** Of them all, some ten megabytes and as many descriptors at most. */
const usualMost = 512;

/** How often `advance` is to be called. */
export const proberTick: Milliseconds = milliseconds(20);

export class Prober<Task extends ProbeTask = ProbeTask> {
  readonly #parts: ProberParts<Task>;
  readonly #mostAtOnce: number;
  readonly #wheel: TimingWheel;
  #endpoints = new Map<string, ProbedEndpoint<Task>>();
  readonly #running = new Set<ProbedEndpoint<Task>>();
  readonly #waiting = new WaitingLine<ProbedEndpoint<Task>>();
  #slowRunning = 0;
  #lastAdvance: number;
  #ended = 0;
  #late = 0;
  #lateness = 0;

  constructor(parts: ProberParts<Task>) {
    this.#parts = parts;
    this.#mostAtOnce = parts.mostAtOnce ?? usualMost;
    this.#wheel = new TimingWheel({ tick: proberTick, now: parts.now() });
    this.#lastAdvance = this.#wheel.now;
  }

  get figures(): ProberFigures {
    return {
      endpoints: this.#endpoints.size,
      running: this.#running.size,
      waiting: this.#waiting.size,
      ended: this.#ended,
      late: this.#late,
      lateness: milliseconds(this.#lateness),
    };
  }

  figuresOf(key: string): ProbeFigures | undefined {
    return this.#endpoints.get(key)?.figures;
  }

  /**
   * Whom to ask from now on, in the place of all before. Who is asked as before goes on as before. Who is asked otherwise keeps its state;
   * what the older question is still going to find out is ignored.
   */
  watch(tasks: readonly Task[]): void {
    const before = this.#endpoints;
    const fresh: ProbedEndpoint<Task>[] = [];
    this.#endpoints = new Map();
    for (const task of tasks) {
      // A second one with the same key would never be forgotten.
      if (this.#endpoints.has(task.key)) continue;
      const known = before.get(task.key);
      const isKept = known !== undefined && isSameTask(known.task, task);
      const endpoint = isKept ? known : this.#make(task, known);
      if (!isKept) fresh.push(endpoint);
      endpoint.task = task;
      this.#endpoints.set(task.key, endpoint);
    }
    for (const endpoint of before.values()) if (this.#endpoints.get(endpoint.task.key) !== endpoint) this.#forget(endpoint);
    this.#spread(fresh);
    this.#startWaiting();
  }

  /** Begins what is due, and ends what takes too long. To be called each `proberTick`. */
  advance(): void {
    const now = this.#readClock();
    const slept = now - this.#lastAdvance;
    this.#lastAdvance = now;
    // Nobody could hear an answer meanwhile: the time that this process was stopped is not the endpoints' fault.
    if (slept > longSleep) for (const endpoint of this.#running) this.#delay(endpoint, endpoint.timer.deadline + slept);
    this.#wheel.advance(now);
    this.#startWaiting();
  }

  /** Ends all probes and watches nothing any more. */
  stop(): void {
    this.watch([]);
  }

  #make(task: Task, known: ProbedEndpoint<Task> | undefined): ProbedEndpoint<Task> {
    return new ProbedEndpoint(task, known?.state ?? task.rules.start, (endpoint) => this.#onTimer(endpoint));
  }

  #forget(endpoint: ProbedEndpoint<Task>): void {
    this.#wheel.cancel(endpoint.timer);
    this.#waiting.delete(endpoint);
    this.#leave(endpoint)?.controller.abort();
  }

  /** Gives the place of its probe back, if one is under way. */
  #leave(endpoint: ProbedEndpoint<Task>): Run | undefined {
    const { run } = endpoint;
    endpoint.run = undefined;
    if (this.#running.delete(endpoint) && run?.isSlow) this.#slowRunning--;
    return run;
  }

  /**
   * The k-th of N with the same interval begins after k/N of it, so that no moment of it has more to do than another. Those that get no traffic
   * before their first result are not kept waiting: a thousand of them are asked in a second, pools in turns, and chance spreads what follows.
   */
  #spread(fresh: readonly ProbedEndpoint<Task>[]): void {
    const now = this.#readClock();
    const isChecking = ({ state }: ProbedEndpoint<Task>): boolean => state === 'checking';
    for (const [position, endpoint] of inTurns(fresh.filter(isChecking)).entries()) this.#delay(endpoint, now + position);
    const byInterval = Map.groupBy(
      fresh.filter((endpoint) => !isChecking(endpoint)),
      (endpoint) => endpoint.interval,
    );
    for (const [interval, group] of byInterval) {
      for (const [position, endpoint] of group.entries()) this.#delay(endpoint, now + (position / group.length) * interval);
    }
  }

  /** Its timer runs out at that time, by the clock. */
  #delay(endpoint: ProbedEndpoint<Task>, time: number): void {
    this.#wheel.schedule(endpoint.timer, milliseconds(time - this.#wheel.now));
  }

  #readClock(): number {
    this.#wheel.now = Math.max(this.#parts.now(), this.#wheel.now);
    return this.#wheel.now;
  }

  /** The one timer of an endpoint says when to ask it, and then how long it may take. */
  #onTimer(endpoint: ProbedEndpoint<Task>): void {
    const { run } = endpoint;
    if (run === undefined) {
      endpoint.due = this.#wheel.now;
      this.#waiting.add(endpoint);
      return;
    }
    const { rules, late } = endpoint.task;
    const reason = `no answer within ${rules.timeout} ms${run.step === '' ? '' : `, while ${run.step}`}`;
    this.#end(endpoint, { passed: late === 'failure' ? false : undefined, reason }, true);
    run.controller.abort(timeUp);
  }

  #startWaiting(): void {
    while (this.#running.size < this.#mostAtOnce) {
      const endpoint = this.#waiting.take(2 * this.#slowRunning < this.#mostAtOnce);
      if (endpoint === undefined) return;
      this.#start(endpoint);
    }
  }

  #start(endpoint: ProbedEndpoint<Task>): void {
    const now = this.#wheel.now;
    const run: Run = { controller: new AbortController(), began: now, isSlow: endpoint.isSlow, step: '' };
    if (run.isSlow) this.#slowRunning++;
    if (now > endpoint.due) {
      this.#late++;
      this.#lateness += now - endpoint.due;
    }
    endpoint.run = run;
    this.#running.add(endpoint);
    this.#delay(endpoint, now + endpoint.task.rules.timeout);
    const step = (text: string): void => {
      run.step = text;
    };
    void this.#hear(endpoint, run, { signal: run.controller.signal, step });
  }

  async #hear(endpoint: ProbedEndpoint<Task>, run: Run, context: ProbeContext): Promise<void> {
    const result = await askSafely(endpoint.task, context);
    // It timed out, or is not watched any more: another run may have begun.
    if (endpoint.run !== run) return;
    this.#readClock();
    this.#end(endpoint, result, false);
    this.#startWaiting();
  }

  #end(endpoint: ProbedEndpoint<Task>, result: ProbeResult, isLate: boolean): void {
    const now = this.#wheel.now;
    const began = this.#leave(endpoint)?.began ?? now;
    this.#ended++;
    const wasChecking = endpoint.state === 'checking';
    const state = endpoint.settle({ result, took: milliseconds(now - began), at: now }, isLate);
    const interval = endpoint.drawInterval(this.#parts.random) * (wasChecking ? 0.2 + 0.8 * this.#parts.random() : 1);
    this.#delay(endpoint, Math.max(now, began + interval));
    this.#parts.onResult?.(endpoint.task, result);
    if (state === undefined) return;
    const { task, figures } = endpoint;
    this.#parts.onTransition({ task, state, reason: reasonOf(result, figures.inARow), figures });
  }
}

/** The first ones of all groups, then the second ones, and so on. */
function inTurns<Task extends ProbeTask>(endpoints: readonly ProbedEndpoint<Task>[]): readonly ProbedEndpoint<Task>[] {
  const places = new Map<string, number>();
  const placed = endpoints.map((endpoint) => {
    const place = places.get(endpoint.group) ?? 0;
    places.set(endpoint.group, place + 1);
    return { endpoint, place };
  });
  return placed.sort((one, other) => one.place - other.place).map(({ endpoint }) => endpoint);
}

/** An endpoint changes by results that came in a row. */
function reasonOf(result: ProbeResult, inARow: number): string {
  if (result.passed) return inARow === 1 ? 'a probe passed' : `${inARow} probes passed in a row`;
  return inARow === 1 ? result.reason : `${result.reason} (${inARow} failures in a row)`;
}

/** A fault of a probe's code is no failure of the endpoint, and none of whoever turns the wheel. */
async function askSafely({ ask }: ProbeTask, context: ProbeContext): Promise<ProbeResult> {
  try {
    return await ask(context);
  } catch (error) {
    return { passed: undefined, reason: `the probe itself failed: ${thrownText(error)}` };
  }
}

const timeUp = new ProbeFailure('the time was up');

/** Longer than any work of the main thread that is not a fault of its own, or of the machine. */
const longSleep = 1000;
