// A change under guard: what is in force is measured, the change is made and watched for a time, and when errors or latency are clearly worse than
// before, it goes back by itself (guard-judge.ts says what that is). One guard at a time; it ends as soon as somebody else changes something.
import { setTimeout as sleep } from 'node:timers/promises';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import type { Configuration } from '../changing/configuration.ts';
import { differenceText } from '../changing/difference-text.ts';
import type { ChangeOutcome } from '../changing/outcomes.ts';
import type { Document } from '../configuration/document.ts';
import type { Supervisor } from '../supervising/supervisor.ts';
import type { Counted, Verdict, Watched } from './guard-judge.ts';
import { GuardJudge, guardRules, verdictText } from './guard-judge.ts';
import type { MeteredSupervisor, Readings } from './guard-meter.ts';
import { GuardMeter, readMeters } from './guard-meter.ts';
import { touchedBy } from './touched.ts';

export const guardStates = ['none', 'measuring', 'changing', 'watching', 'kept', 'went-back', 'ended', 'failed'] as const;
export type GuardState = (typeof guardStates)[number];

export interface GuardFigure {
  readonly subject: string;
  readonly before: Pick<Counted, 'whole' | 'failed'>;
  readonly after: Pick<Counted, 'whole' | 'failed'>;
}

/** Of the guard that is on, or was the last one. */
export interface GuardReport {
  readonly state: GuardState;
  /** For people: what is going on, or why it ended. */
  readonly text: string;
  /** Milliseconds that the change is watched. */
  readonly guard: number;
  /** ISO 8601: when this state began, and when it is over if nothing happens. */
  readonly since: string;
  readonly until?: string;
  /** In force before the change, and by it. */
  readonly former?: number;
  readonly version?: number;
  readonly verdict?: Verdict;
  readonly figures: readonly GuardFigure[];
}

export interface GuardParts {
  readonly configuration: Pick<Configuration, 'state' | 'rollback'>;
  readonly supervisor: MeteredSupervisor & Pick<Supervisor, 'state'>;
  readonly log: { info(text: string): void; warn(text: string): void; error(text: string): void };
  /** Milliseconds of a clock that only goes forward; that of the machine when absent. */
  readonly now?: () => number;
  /** Resolves after so many milliseconds, or rejects when the signal is given. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface GuardedChange {
  /** Milliseconds. */
  readonly guard: number;
  /** Makes the change. */
  readonly make: () => Promise<ChangeOutcome>;
}

/** The time before the change is measured for a sixth of the guard, and ten seconds at most. */
const longestMeasure = 10_000;
const measureShare = 6;
/** Latency counts from a sixth of the guard on, five seconds at most: connections are new and caches cold before. */
const longestSettling = 5000;
/** Sixty looks, where that is neither more often than each quarter of a second nor less often than each second. */
const looks = 60;
const shortestLook = 250;
const longestLook = 1000;
/** Nobody's answer is late before. */
const leastPatience = 5000;

type Ending = Pick<GuardReport, 'state' | 'text'> & Partial<Pick<GuardReport, 'verdict'>>;

interface Before {
  readonly version: number;
  readonly document: Pick<Document, 'listeners' | 'pools' | 'overload'>;
  /** Of the time that was measured, and since the start. */
  readonly measured: GuardMeter;
  readonly always: GuardMeter;
}

export class Guard {
  readonly #parts: Required<GuardParts>;
  readonly #stopping = new AbortController();
  #report: GuardReport = { state: 'none', text: 'No change was made under guard.', guard: 0, since: new Date().toISOString(), figures: [] };
  #running: Promise<void> | undefined;

  constructor(parts: GuardParts) {
    this.#parts = {
      now: () => performance.now(),
      pause: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
      ...parts,
    };
  }

  get report(): GuardReport {
    return this.#report;
  }

  get isOn(): boolean {
    return this.#running !== undefined;
  }

  /** Resolves when no guard is on. */
  async over(): Promise<void> {
    await this.#running;
  }

  /** Begins. What comes of it is in `report`. Not to be called while one is on. */
  begin(change: GuardedChange): void {
    if (this.isOn) throw new Error('A guard is on already.');
    const measure = Math.min(longestMeasure, change.guard / measureShare);
    this.#enter('measuring', { text: 'What is in force is measured before the change.', guard: change.guard, figures: [] }, measure);
    this.#running = this.#run(change, measure)
      .catch(
        (error: unknown): Ending => ({
          state: 'failed',
          text: `The guard failed: ${error instanceof Error ? error.message : String(error)}`,
        }),
      )
      .then((ending) => {
        this.#running = undefined;
        this.#end(ending);
      });
  }

  /** What it changed stays in force. */
  stop(): void {
    this.#stopping.abort();
  }

  async #run(change: GuardedChange, measure: number): Promise<Ending> {
    const { supervisor, configuration, now } = this.#parts;
    const version = configuration.state.version;
    const first = readMeters(supervisor);
    if (!(await this.#pause(measure))) return stopped;
    if (configuration.state.version !== version) return { state: 'ended', text: `${this.#somebody()} Nothing was changed by this guard.` };
    const last = readMeters(supervisor);
    const before = { version, document: supervisor.document, measured: meterOf(first, last, now()), always: meterOf(nothing, last, now()) };

    this.#enter('changing', { text: 'The change is made.' });
    const outcome = await change.make();
    if (outcome.kind === 'unchanged') return { state: 'ended', text: 'What is in force says so already. There is nothing to watch.' };
    if (outcome.kind !== 'changed') return { state: 'failed', text: `Nothing was changed: ${reasonOf(outcome)}` };
    return this.#watch(change.guard, before, differenceText(outcome.difference));
  }

  async #watch(guard: number, before: Before, what: string): Promise<Ending> {
    const { supervisor, configuration, log, now } = this.#parts;
    const { version, etag } = configuration.state;
    const touched = touchedBy(before.document, supervisor.document);
    const read = (): Readings => readMeters(supervisor, touched);
    const meter = new GuardMeter(read());
    const step = Math.min(longestLook, Math.max(shortestLook, guard / looks));
    const begun = now();
    this.#enter('watching', { text: `Version ${version} is in force and watched. ${what}`, former: before.version, version }, guard);
    log.info(`guard: version ${version} is watched for ${Math.round(guard / 1000)} s.`);
    const patience = patienceOf(before.always.counted(now(), 0), touched.pools);
    const earlier = earlierOf(before, touched, { now: now(), patience });
    const judge = new GuardJudge(earlier, Math.ceil(guard / step));
    let isSettled = false;

    for (;;) {
      const left = guard - (now() - begun);
      if (!(await this.#pause(Math.max(1, Math.min(step, left))))) return stopped;
      if (configuration.state.version !== version)
        return { state: 'ended', text: `${this.#somebody()} Version ${version} is not watched any more.` };
      meter.add(read(), now());
      if (!isSettled && now() - begun >= Math.min(longestSettling, guard / measureShare)) {
        isSettled = true;
        meter.forgetLatency();
      }
      const later = meter.counted(now(), patience);
      this.#report = { ...this.#report, figures: figuresOf(earlier, later) };
      const verdict = judge.look(isSettled ? later : withoutLatency(later));
      if (verdict !== undefined) return this.#goBack(before.version, etag, verdict);
      if (now() - begun >= guard) return { state: 'kept', text: `Version ${version} stays: nothing is clearly worse than before.` };
    }
  }

  async #goBack(former: number, etag: string, verdict: Verdict): Promise<Ending> {
    const reason = verdictText(verdict);
    const outcome = await this.#parts.configuration.rollback(former, { origin: `guard (${reason})`, ifMatch: etag });
    if (outcome.kind === 'changed' || outcome.kind === 'unchanged') {
      return { state: 'went-back', text: `Version ${former} is in force again: ${reason}.`, verdict };
    }
    if (outcome.kind === 'conflict') return { state: 'ended', text: `${this.#somebody()} It was to go back: ${reason}.`, verdict };
    return { state: 'failed', text: `Version ${former} should be in force again (${reason}), and cannot: ${reasonOf(outcome)}`, verdict };
  }

  #somebody(): string {
    const { version, origin } = this.#parts.configuration.state;
    return `Somebody else has changed something meanwhile: version ${version} (${origin}) is in force.`;
  }

  async #pause(milliseconds: number): Promise<boolean> {
    try {
      await this.#parts.pause(milliseconds, this.#stopping.signal);
    } catch {
      return false;
    }
    const { state } = this.#parts.supervisor;
    return !this.#stopping.signal.aborted && state !== 'draining' && state !== 'stopped';
  }

  #enter(state: GuardState, report: Partial<GuardReport>, lasts?: number): void {
    const since = new Date();
    const { until: _, ...former } = this.#report;
    const until = lasts === undefined ? {} : { until: new Date(since.getTime() + lasts).toISOString() };
    // What a guard of before had found is not told of another one.
    const kept = state === 'measuring' ? { text: '', guard: 0, figures: [] } : former;
    this.#report = { ...kept, ...report, state, since: since.toISOString(), ...until };
  }

  #end({ state, ...ending }: Ending): void {
    const { log } = this.#parts;
    this.#enter(state, ending);
    const line = `guard: ${ending.text}`;
    if (state === 'kept' || state === 'ended') log.info(line);
    else if (state === 'went-back') log.warn(line);
    else log.error(line);
  }
}

const nothing: Readings = { listeners: new Map(), pools: new Map() };
const stopped: Ending = { state: 'ended', text: 'Evenkeel leaves; what is in force is not watched any more.' };

function meterOf(from: Readings, to: Readings, now: number): GuardMeter {
  const meter = new GuardMeter(from);
  meter.add(to, now);
  return meter;
}

/** What was measured, or all since the start where that was too little. */
function earlierOf(
  { measured, always }: Before,
  touched: { readonly listeners: readonly string[]; readonly pools: readonly string[] },
  at: { now: number; patience: number },
): Watched {
  const short = measured.counted(at.now, at.patience);
  const long = always.counted(at.now, Number.POSITIVE_INFINITY);
  const names = [...touched.listeners.map((name) => `listener ${name}`), ...touched.pools.map((name) => `pool ${name}`)];
  return new Map(
    names.map((name) => {
      const [little, much] = [short.get(name), long.get(name)];
      const none: Counted = { whole: 0, failed: 0, ...(name.startsWith('pool ') ? { latency: [] } : {}) };
      return [name, (little !== undefined && little.whole >= guardRules.fewest ? little : much) ?? none];
    }),
  );
}

/** Twice as long as nearly all answers took. */
function patienceOf(always: Watched, pools: readonly string[]): number {
  const longest = pools.map((name) => latencyBuckets.quantile(always.get(`pool ${name}`)?.latency ?? [], 0.99) / 1000);
  return Math.max(leastPatience, ...longest.map((time) => 2 * time));
}

const withoutLatency = (watched: Watched): Watched => new Map([...watched].map(([name, { latency: _, ...counted }]) => [name, counted]));

const figuresOf = (before: Watched, after: Watched): readonly GuardFigure[] =>
  [...after].map(([subject, { whole, failed }]) => {
    const earlier = before.get(subject);
    return { subject, before: { whole: earlier?.whole ?? 0, failed: earlier?.failed ?? 0 }, after: { whole, failed } };
  });

function reasonOf(outcome: ChangeOutcome): string {
  switch (outcome.kind) {
    case 'refused':
      return `the document has ${outcome.issues.length === 1 ? 'a mistake' : `${outcome.issues.length} mistakes`}`;
    case 'failed':
    case 'busy':
      return outcome.reason;
    case 'no-such-version':
      return 'there is no such version any more';
    default:
      return outcome.kind;
  }
}
