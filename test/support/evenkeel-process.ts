// Evenkeel as a process of its own, as a person starts it: what it prints, how it ends. Killed when it goes out of use.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The source, run by the Node.js that runs the tests. */
const ofCheckout = [process.execPath, join(import.meta.dirname, '../../src/main.ts')];

export interface Ending {
  readonly code: number | null;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

export class EvenkeelProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #out: string[] = [];
  readonly #err: string[] = [];
  readonly #ended: Promise<Ending>;
  /** Whoever waits for it to say something more, or to end. */
  #waiting: (() => void)[] = [];

  constructor(words: readonly string[], folder?: string, program: readonly string[] = ofCheckout) {
    const options = folder === undefined ? {} : { cwd: folder };
    const [command = '', ...first] = program;
    this.#child = spawn(command, [...first, ...words], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#collect(this.#child.stdout, this.#out);
    this.#collect(this.#child.stderr, this.#err);
    // `close` comes after the last line, which `exit` may not.
    this.#ended = once(this.#child, 'close').then(([code]: unknown[]) => ({
      code: typeof code === 'number' ? code : null,
      out: this.#out,
      err: this.#err,
    }));
    void this.#ended.then(() => this.#notice());
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves with what the pattern's first group matches in a line of standard output. Rejects when the process ends without such a line. */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.#out.map((text) => pattern.exec(text)).find((match) => match !== null);
      if (found !== undefined && found !== null) return found[1] ?? found[0];
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        const { code } = await this.#ended;
        throw new Error(`Evenkeel ended with ${code} before it said ${pattern}: ${[...this.#out, ...this.#err].join('\n')}`);
      }
      await this.#next();
    }
  }

  /** Resolves when so many lines of what it prints, of its log too, match the pattern. Rejects when the process ends before. */
  async said(pattern: RegExp, count = 1): Promise<void> {
    while (this.count(pattern) < count) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`Evenkeel ended before it said ${pattern}: ${[...this.#out, ...this.#err].join('\n')}`);
      await this.#next();
    }
  }

  /** How many lines so far match the pattern. */
  count(pattern: RegExp): number {
    return [...this.#out, ...this.#err].filter((line) => pattern.test(line)).length;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Whoever reads the output goes away. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  ended(): Promise<Ending> {
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #notice(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #collect(stream: NodeJS.ReadableStream | null, lines: string[]): void {
    if (stream === null) return;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      this.#notice();
    });
  }
}
