// A process that is kept running: started, watched, and started again some time after it ends, until it is told to stop.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type ProcessState = 'starting' | 'up' | 'down' | 'stopped';

export interface KeptProcessSettings {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** A line of its output that matches says that it is ready to work. */
  readonly readyWhen: RegExp;
  /** Milliseconds between its end and the next start. */
  readonly restartAfter: number;
  /** Told of each end and each return, in words. */
  readonly tell: (what: string) => void;
}

/** What the display shows of a process. */
export interface ProcessFacts {
  readonly name: string;
  readonly state: ProcessState;
  readonly pid: number | undefined;
  readonly restarts: number;
  /** Milliseconds until it is started again, while it is down. */
  readonly returnsIn: number | undefined;
}

export class KeptProcess {
  readonly #settings: KeptProcessSettings;
  #child: ChildProcess | undefined;
  #state: ProcessState;
  #restarts: number;
  #returnsAt: number | undefined;
  #returning: NodeJS.Timeout | undefined;
  #lastWords: string[];

  constructor(settings: KeptProcessSettings) {
    this.#settings = settings;
    this.#child = undefined;
    this.#state = 'down';
    this.#restarts = 0;
    this.#returnsAt = undefined;
    this.#returning = undefined;
    this.#lastWords = [];
    // When whoever keeps it falls, nothing is left behind.
    process.once('exit', () => this.#child?.kill());
  }

  facts(now: number): ProcessFacts {
    return {
      name: this.#settings.name,
      state: this.#state,
      pid: this.#state === 'down' ? undefined : this.#child?.pid,
      restarts: this.#restarts,
      returnsIn: this.#returnsAt === undefined ? undefined : Math.max(0, this.#returnsAt - now),
    };
  }

  /** What it printed last, which is where the reason stands when it ends by itself. */
  get lastWords(): string {
    return this.#lastWords.join('\n');
  }

  /** Resolves once it is ready to work; rejects with its last words when it ends before. It is not started again then. */
  async start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const child = this.#spawn(resolve);
    child.once('close', () => reject(new Error(this.lastWords || `${this.#settings.name} ended before it was ready`)));
    await promise;
  }

  /** Asks it to finish what it has begun and leave; ends it when that takes longer than `patience` milliseconds. */
  async stop(patience: number): Promise<void> {
    this.#state = 'stopped';
    clearTimeout(this.#returning);
    this.#returnsAt = undefined;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    child.once('close', () => resolve());
    const impatience = setTimeout(() => child.kill('SIGKILL'), patience);
    child.kill('SIGTERM');
    await promise;
    clearTimeout(impatience);
  }

  #spawn(onReady: () => void): ChildProcess {
    const { command, args, name, tell } = this.#settings;
    // In a group of its own, so that Ctrl-C reaches only whoever started it, who then ends all in order.
    // The channel closes when that one is gone, whatever the reason.
    const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child = child;
    this.#state = 'starting';
    this.#returnsAt = undefined;
    this.#lastWords = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#hear(line, onReady));
    }
    child.once('error', (error) => this.#lastWords.push(error.message));
    child.once('close', (code, signal) => {
      const wasUp = this.#state === 'up';
      if (this.#state === 'stopped') return;
      this.#state = 'down';
      if (!wasUp && this.#restarts === 0) return;
      tell(`${name} ended (${signal ?? `exit code ${code}`})`);
      this.#returnLater();
    });
    return child;
  }

  #hear(line: string, onReady: () => void): void {
    this.#lastWords = [...this.#lastWords, line].slice(-8);
    if (this.#state !== 'starting' || !this.#settings.readyWhen.test(line)) return;
    this.#state = 'up';
    onReady();
  }

  #returnLater(): void {
    const { name, restartAfter, tell } = this.#settings;
    this.#returnsAt = Date.now() + restartAfter;
    this.#returning = setTimeout(() => {
      this.#restarts++;
      this.#spawn(() => tell(`${name} is back`));
    }, restartAfter);
  }
}
