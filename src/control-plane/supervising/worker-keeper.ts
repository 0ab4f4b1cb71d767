// Keeps one place on the scoreboard filled: starts its worker, replaces it when it dies, takes what it held off the scoreboard.
import type { BoundListener } from '../../data-plane/serving/data-plane.ts';
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import type { Log } from './log.ts';
import type { ChangeStep, Done } from './messages.ts';
import { RestartDelay } from './restart-delay.ts';
import { openWork, openWorkText } from './totals.ts';
import type { WorkerThread } from './worker-thread.ts';

export interface WorkerKeeperParts {
  readonly worker: number;
  readonly board: Scoreboard;
  readonly log: Log;
  /** Frees what the dead worker had locked. */
  readonly release: () => void;
  /** Makes the addresses free to bind. Asked before every launch. */
  readonly prepare: () => Promise<void>;
  /** Starts a thread with this worker's number. */
  readonly launch: () => WorkerThread;
}

export class WorkerKeeper {
  readonly #parts: WorkerKeeperParts;
  readonly #delay = new RestartDelay();
  #thread: WorkerThread | undefined;
  #launchedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  /** `draining`: nothing is replaced from now on. `stopped`: and its end is no news. */
  #phase: 'serving' | 'draining' | 'stopped' = 'serving';
  #deaths = 0;

  constructor(parts: WorkerKeeperParts) {
    this.#parts = parts;
  }

  get isListening(): boolean {
    return this.#thread?.isListening ?? false;
  }

  /** How many times a worker that served has died. */
  get deaths(): number {
    return this.#deaths;
  }

  /** Resolves when the first worker listens. Rejects when it cannot, and then nothing is replaced. */
  async start(): Promise<readonly BoundListener[]> {
    const thread = await this.#launch();
    const bound = await thread.listening;
    this.#replaceWhenDead(thread);
    return bound;
  }

  /** Resolves when no thread is between its birth and its first connection: it listens, or there is none. Never rejects. */
  async settled(): Promise<void> {
    await this.#thread?.listening.catch(() => undefined);
  }

  /** One step of a change. undefined when there is no worker that serves, or it dies of it: its replacement is born with what is in force. */
  take(step: ChangeStep): Promise<Done | undefined> {
    return this.#thread?.take(step) ?? Promise.resolve(undefined);
  }

  /** Resolves when the worker has finished what it had begun, or is dead. */
  async drain(): Promise<void> {
    // A replacement that does not listen yet has begun nothing.
    if (!this.isListening) return this.stop();

    this.#leave('draining');
    this.#thread?.drain();
    const end = await this.#thread?.ended;
    if (end === undefined || this.#phase === 'stopped') return;
    const lost = this.#clear();
    if (end.code !== 0) this.#parts.log.error(`Worker ${this.#parts.worker} died while draining, with ${lost} in flight: ${end.reason}`);
  }

  /** Ends the worker, and another one takes its place. */
  async restart(): Promise<void> {
    await this.#thread?.terminate();
  }

  /** Ends the worker at once. Resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.#leave('stopped');
    await this.#thread?.terminate();
    this.#clear();
  }

  #leave(phase: 'draining' | 'stopped'): void {
    this.#phase = phase;
    clearTimeout(this.#timer);
  }

  async #launch(): Promise<WorkerThread> {
    await this.#parts.prepare();
    if (this.#phase !== 'serving') throw new Error('Evenkeel was told to stop while a worker was starting.');
    this.#launchedAt = performance.now();
    this.#thread = this.#parts.launch();
    return this.#thread;
  }

  #replaceWhenDead(thread: WorkerThread): void {
    void thread.ended.then((end) => {
      if (this.#phase !== 'serving') return;
      this.#deaths++;
      this.#replaceLater(`died with ${this.#clear()} in flight: ${end.reason}`);
    });
  }

  #replaceLater(what: string): void {
    const { log, worker } = this.#parts;
    const delay = this.#delay.afterDeath(performance.now() - this.#launchedAt);
    log.error(`Worker ${worker} is replaced ${delay === 0 ? 'at once' : `in ${delay} ms`}; it ${what}`);
    this.#timer = setTimeout(() => void this.#replace(), delay);
  }

  async #replace(): Promise<void> {
    try {
      const thread = await this.#launch();
      await thread.listening;
      this.#parts.log.info(`Worker ${this.#parts.worker} serves again.`);
      this.#replaceWhenDead(thread);
    } catch (error) {
      await this.#thread?.ended;
      // A replacement that cannot bind is tried again: whoever took the address may leave it.
      if (this.#phase === 'serving') this.#replaceLater(`could not start: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Takes what the dead worker held off the scoreboard, and says how much that was. */
  #clear(): string {
    const { board, worker } = this.#parts;
    const lost = openWorkText(openWork(board, worker));
    board.clearWorker(worker);
    this.#parts.release();
    return lost;
  }
}
