// Starts the workers, replaces those that die, and lets them finish before the program leaves.
// It knows; the workers serve. What they count is on the scoreboard, which outlives every one of them.
import { availableParallelism } from 'node:os';
import { setInterval } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BoundListener } from '../../data-plane/serving/data-plane.ts';
import { sharedClock } from '../../data-plane/serving/shared-clock.ts';
import { createSharedState, forgetRows, PoolWords, releaseTables, sessionTable } from '../../data-plane/serving/shared-state.ts';
import type { Places } from '../../domain/endpoints/places.ts';
import { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { moduleBeside } from '../../foundation/basics/module-beside.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import type { Difference } from '../changing/difference.ts';
import { differenceOf } from '../changing/difference.ts';
import type { Document } from '../configuration/document.ts';
import { EventLog } from '../judging/event-log.ts';
import { HealthService } from '../judging/health-service.ts';
import { breakerText } from './breaker-text.ts';
import { checkAddresses } from './check-addresses.ts';
import { EndpointControls } from './endpoint-controls.ts';
import { FaultDigest } from './fault-digest.ts';
import type { Placed } from './live-change.ts';
import { LiveChange } from './live-change.ts';
import type { Log } from './log.ts';
import type { WorkerBirth, WorkerNews } from './messages.ts';
import { noRoomText, RowLedger, roomFor } from './row-ledger.ts';
import { openWork, openWorkText } from './totals.ts';
import { WorkerKeeper } from './worker-keeper.ts';
import { sheddingText } from './worker-loads.ts';
import { WorkerThread } from './worker-thread.ts';

/** `ready` means that at least one worker listens. */
export type SupervisorState = 'starting' | 'ready' | 'draining' | 'stopped';

export type SupervisedDocument = Pick<Document, 'workers' | 'listeners' | 'pools' | 'overload' | 'shutdown'>;

export interface SupervisorParts {
  readonly document: SupervisedDocument;
  readonly log: Log;
  /** What a worker thread runs. Given by tests; the product's own otherwise. */
  readonly workerEntry?: URL;
}

/** A document in force, and what was given to it. */
interface InForce extends Placed {
  readonly document: SupervisedDocument;
  /** In the order of the document. Empty until the first worker listens. */
  readonly bound: readonly BoundListener[];
}

export class Supervisor {
  readonly board: Scoreboard;
  /** Changes endpoints while they serve. */
  readonly endpoints: EndpointControls;
  readonly health: HealthService;
  /** What happened to endpoints. */
  readonly events = new EventLog();
  /** The clock of the workers. */
  readonly clock = sharedClock();
  readonly startedAt = new Date();
  readonly #log: Log;
  readonly #entry: URL;
  readonly #keepers: readonly WorkerKeeper[];
  readonly #stopping = new AbortController();
  readonly #policyFaults = new FaultDigest(faultPause, (...fault) => this.#reportFault(...fault));
  #phase: SupervisorState = 'starting';
  #isLaunching = false;
  #inForce: InForce;
  readonly #rows: RowLedger;
  /** Never rejects. Settled while no change is on. */
  #changing: Promise<unknown> = Promise.resolve();
  #drain: Promise<'drained' | 'deadline'> | undefined;
  #ticking: NodeJS.Timeout | undefined;

  constructor(parts: SupervisorParts) {
    const { document, log } = parts;
    const workers = workerCount(document.workers);
    this.board = new Scoreboard({ workers, ...roomFor(document) });
    this.#rows = new RowLedger(this.board, (rows) => forgetRows(this.#inForce.shared, this.document.pools, rows));
    const placed = this.#rows.place(document);
    if (!placed.ok) throw new Error(noRoomText(placed.fault));
    const places = placed.value;
    this.#inForce = { document, places, shared: createSharedState(document.pools), bound: [] };
    const { board, clock, events } = this;
    this.health = new HealthService({
      pools: document.pools,
      places,
      board,
      clock,
      log,
      events,
      onAdvice: ({ pool, slot }, advice) => this.endpoints.advise(pool, slot, advice),
    });
    this.endpoints = new EndpointControls({ pools: document.pools, places, board, clock, log, events });
    this.#log = log;
    this.#entry = parts.workerEntry ?? moduleBeside('worker', import.meta.url);
    this.#keepers = Array.from(
      { length: workers },
      (_, worker) =>
        new WorkerKeeper({
          worker,
          board: this.board,
          log,
          release: () => releaseTables(this.#inForce.shared, this.document.pools, worker),
          prepare: () => this.#prepare(worker),
          launch: () => this.#launch(worker),
        }),
    );
  }

  /** In force. */
  get document(): SupervisedDocument {
    return this.#inForce.document;
  }

  /** Whose rows of the board are whose. */
  get places(): Places {
    return this.#inForce.places;
  }

  get state(): SupervisorState {
    return this.#phase === 'ready' && this.listeningWorkers === 0 ? 'starting' : this.#phase;
  }

  /** The listeners with their real ports, in the order of the document. Empty until the first worker listens. */
  get bound(): readonly BoundListener[] {
    return this.#inForce.bound;
  }

  get workers(): number {
    return this.#keepers.length;
  }

  get listeningWorkers(): number {
    return this.#keepers.filter((keeper) => keeper.isListening).length;
  }

  /** How many workers died and were replaced since the start. */
  get restarts(): number {
    return this.#keepers.reduce((sum, keeper) => sum + keeper.deaths, 0);
  }

  /** What the workers share of a pool: budgets and breakers. */
  wordsOf(pool: string): PoolWords {
    return new PoolWords(this.#inForce.shared, pool);
  }

  /**
   * How many sessions each endpoint has, by its row on the scoreboard; undefined for a pool that does not keep any itself. Looks at the whole
   * table: a millisecond for 100,000 sessions.
   */
  sessionCounts(pool: string): Int32Array | undefined {
    const settings = this.document.pools[pool];
    const table = settings && sessionTable(this.#inForce.shared, { pool, settings, worker: 0 });
    if (table === undefined) return undefined;
    const counts = new Int32Array(this.board.shape.endpoints);
    table.countValues(counts, this.clock());
    return counts;
  }

  /** Resolves when every worker listens. Rejects with a message for the operator when one cannot, and then nothing runs. Called once. */
  async start(): Promise<readonly BoundListener[]> {
    this.#isLaunching = true;
    await this.#changing;
    try {
      await checkAddresses(this.document.listeners.map((listener) => listener.bind));
      const [first, ...others] = this.#keepers;
      // Alone at first: where the document says port 0, the others need the port that it got. The rest of its life it is one of many.
      this.#inForce = { ...this.#inForce, bound: (await first?.start()) ?? [] };
      await Promise.all(others.map((keeper) => keeper.start()));
      this.health.start();
      this.#ticking = setInterval(() => this.#tick(), tick);
    } catch (error) {
      await this.stop();
      throw error;
    }
    if (this.#phase !== 'starting') throw new Error('Evenkeel was told to stop while it was starting.');
    this.#phase = 'ready';
    return this.bound;
  }

  /**
   * Brings another document in force: everywhere, or nowhere, and then the fault says why, for an operator. What both documents have in common is
   * not touched. One change at a time; resolves when all workers serve by it. Before `start`, it is what they will begin with.
   */
  change(document: SupervisedDocument): Promise<Result<Difference, string>> {
    const changed = this.#changing.then(() => this.#changeOnce(document));
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  async #changeOnce(document: SupervisedDocument): Promise<Result<Difference, string>> {
    const hasBegun = this.#phase !== 'starting' || this.#isLaunching;
    if (hasBegun && this.#phase !== 'ready') return fault(`Evenkeel is ${this.#phase}`);
    const before = this.#inForce;
    const difference = differenceOf(before.document, document);
    if (difference.isNone) return success(difference);
    const placed = this.#rows.place(document);
    if (!placed.ok) return fault(noRoomText(placed.fault));
    const next = {
      document,
      places: placed.value,
      shared: createSharedState(document.pools, { shared: before.shared, pools: before.document.pools }),
    };
    // A worker that was just born serves by the document before; one that dies from here on is replaced when the change is over.
    await Promise.all(this.#keepers.map((keeper) => keeper.settled()));
    const change = new LiveChange(this.#keepers, next, difference);
    const prepared = await this.#prepareChange(change, next);
    if (!prepared.ok) {
      this.#rows.keepOnly(before.document);
      return prepared;
    }
    // Endpoints that have to pass a probe first are known to, before anybody may pick them.
    this.health.adopt({ pools: document.pools, places: next.places });
    const bound = [...prepared.value, ...before.bound];
    this.#inForce = { ...next, bound: document.listeners.flatMap(({ name }) => bound.find((each) => each.name === name) ?? []) };
    this.endpoints.adopt({ pools: document.pools, places: next.places });
    await change.commit();
    this.#rows.keepOnly(document);
    return success(difference);
  }

  async #prepareChange(change: LiveChange, { document }: Placed): Promise<Result<readonly BoundListener[], string>> {
    const held = new Set(this.document.listeners.map(({ bind }) => bind.text));
    try {
      await checkAddresses(document.listeners.map(({ bind }) => bind).filter(({ text }) => !held.has(text)));
    } catch (error) {
      return fault(error instanceof Error ? error.message : String(error));
    }
    return change.prepare();
  }

  #tick(): void {
    this.endpoints.tick();
    this.#rows.sweep();
  }

  /**
   * Readiness fails at once; after `shutdown.delay` the listeners close and what is begun may finish. `deadline` says that
   * something was cut off: `shutdown.deadline`, counted from this call, had passed, or `stop` was called.
   */
  drain(): Promise<'drained' | 'deadline'> {
    this.#drain ??= this.#drainOnce();
    return this.#drain;
  }

  /** Ends everything at once. Resolves when no worker runs any more. */
  async stop(): Promise<void> {
    this.#phase = 'stopped';
    this.#stopping.abort();
    this.health.stop();
    clearInterval(this.#ticking);
    await Promise.all(this.#keepers.map((keeper) => keeper.stop()));
  }

  async #drainOnce(): Promise<'drained' | 'deadline'> {
    let outcome: 'drained' | 'deadline' = 'drained';
    // Before it is ready there is nothing to finish.
    if (this.#phase === 'ready') {
      this.#phase = 'draining';
      outcome = await Promise.race([this.#drainWorkers(), this.#deadline()]);
      if (outcome === 'deadline' && !this.#stopping.signal.aborted) this.#reportCut();
    }
    await this.stop();
    return outcome;
  }

  async #drainWorkers(): Promise<'drained' | 'deadline'> {
    // Workers that die during the delay are still replaced: clients keep coming until the listeners close.
    if ((await this.#pause(this.document.shutdown.delay)) === 'stopped') return 'deadline';
    await Promise.all(this.#keepers.map((keeper) => keeper.drain()));
    return this.#stopping.signal.aborted ? 'deadline' : 'drained';
  }

  async #deadline(): Promise<'deadline'> {
    await this.#pause(this.document.shutdown.deadline);
    return 'deadline';
  }

  #pause(milliseconds: number): Promise<'over' | 'stopped'> {
    return sleep(Math.min(milliseconds, longestTimer), undefined, { signal: this.#stopping.signal }).then(
      () => 'over' as const,
      () => 'stopped' as const,
    );
  }

  #reportCut(): void {
    this.#log.warn(`The deadline has passed: ${openWorkText(openWork(this.board))} cut off.`);
  }

  /** A dead worker may leave its socket files behind. Only the first worker listens on them, and so does its replacement. */
  async #prepare(worker: number): Promise<void> {
    await this.#changing;
    if (worker === 0) await checkAddresses(this.document.listeners.map(({ bind }) => bind).filter(({ kind }) => kind === 'unix'));
  }

  #launch(worker: number): WorkerThread {
    const { board, bound, document } = this;
    const { places, shared } = this.#inForce;
    // Port 0 was any port for the first worker; it is that port for all who follow.
    const listeners = document.listeners.map((listener) => ({
      ...listener,
      bind: bound.find(({ name }) => name === listener.name)?.bind ?? listener.bind,
    }));
    const birth: WorkerBirth = {
      document: { listeners, pools: document.pools, overload: document.overload },
      board: { shape: board.shape, buffer: board.buffer },
      places,
      shared,
      worker,
      workers: this.workers,
    };
    return new WorkerThread(this.#entry, birth, (news) => this.#hear(worker, news));
  }

  #hear(worker: number, news: WorkerNews): void {
    if (news.kind === 'policy-fault') return this.#policyFaults.add(news.pool, news.reason, news.count);
    const isGood = news.kind === 'breaker' ? news.isClosed : !news.isShedding;
    const text = news.kind === 'breaker' ? breakerText(news) : sheddingText(worker, news);
    if (isGood) this.#log.info(text);
    else this.#log.warn(text);
  }

  #reportFault(pool: string, reason: string, count: number): void {
    const policy = this.document.pools[pool]?.balance.policy ?? 'of its own';
    const times = count === 1 ? '' : ` ${count} times`;
    this.#log.warn(`Pool ${pool}: its policy ${policy} failed${times}, and traffic went on without it: ${reason}`);
  }
}

/** How often deadlines of draining endpoints are looked at, in milliseconds. */
const tick = 100;

/** Milliseconds between two lines of the log about one pool. */
const faultPause = 10_000;

/** The longest time that a timer of Node.js can count: 24.8 days. "none" as a deadline is a month at the least for all that matters. */
const longestTimer = 2 ** 31 - 1;

/** Where the system cannot share a port among threads (SO_REUSEPORT is not on macOS and Windows), `auto` is one worker. */
function workerCount(workers: Document['workers']): number {
  if (workers !== 'auto') return workers;
  return process.platform === 'darwin' || process.platform === 'win32' ? 1 : availableParallelism();
}
