// Endpoints whose capacity is known, in one process of their own: what they are made of, what came to them, and how one becomes slow.
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface Timed {
  /** So many requests are served at once. */
  readonly places: number;
  /** Of the time that serving takes, a gamma distribution, in milliseconds: 0 answers at once. */
  readonly mean: number;
  /** Whole: 1 is exponential, the larger the more even. */
  readonly shape: number;
  readonly status: number;
}

export interface Tally {
  readonly arrived: number;
  readonly served: number;
  /** Milliseconds that serving took in all. */
  readonly worked: number;
}

type Told = { readonly kind: 'listening'; readonly ports: readonly number[] } | ({ readonly kind: 'tally' } & Tally);
/** What the parent says; the answer is a tally. */
export type Asked = { readonly kind: 'tally' } | { readonly kind: 'slow'; readonly endpoint: number; readonly extra: number };

export class TimedEndpoints implements AsyncDisposable {
  readonly #child: ChildProcess;
  ports: readonly number[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(parts: readonly Timed[], seed: number): Promise<TimedEndpoints> {
    const words = [JSON.stringify(parts), String(seed)];
    const endpoints = new TimedEndpoints(fork(new URL('timed-main.ts', import.meta.url), words, { execArgv: [] }));
    const told = await endpoints.#told();
    if (told.kind === 'listening') endpoints.ports = told.ports;
    return endpoints;
  }

  /** As in a document. */
  get addresses(): readonly string[] {
    return this.ports.map((port) => `"127.0.0.1:${port}"`);
  }

  /** What came of all of them together since the start. */
  tally(): Promise<Tally> {
    return this.#ask({ kind: 'tally' });
  }

  /** From here on one takes so many milliseconds longer. */
  async slow(endpoint: number, extra: number): Promise<void> {
    await this.#ask({ kind: 'slow', endpoint, extra });
  }

  async #ask(asked: Asked): Promise<Tally> {
    const told = this.#told();
    this.#child.send(asked);
    return (await told) as Told & { readonly kind: 'tally' };
  }

  async #told(): Promise<Told> {
    const [told] = (await once(this.#child, 'message')) as [Told];
    return told;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
