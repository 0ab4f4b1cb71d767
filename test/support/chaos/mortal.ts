// Evenkeel's supervisor in a process of its own, with two workers that a test can kill, and what each of them has on.
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, get } from 'node:http';
import type { EndpointProcess } from './endpoint-process.ts';

export interface MortalFigures {
  readonly workers: readonly { readonly exchanges: number; readonly places: number }[];
  /** At each endpoint, by the scoreboard. */
  readonly inFlight: readonly number[];
  /** That are taken in the pool, from all workers. */
  readonly places: number;
  readonly retriesLeft: number;
  readonly restarts: number;
  readonly listeningWorkers: number;
}

export type AskedOfMortal = 'figures' | { readonly kill: number } | { readonly terminate: number };

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export class MortalEvenkeel implements AsyncDisposable {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #agent = new Agent({ keepAlive: false });

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** One pool before these endpoints, with settings in lines of YAML. */
  static async start(endpoints: readonly EndpointProcess[], pool: readonly string[] = []): Promise<MortalEvenkeel> {
    const addresses = endpoints.map(({ port }) => `"127.0.0.1:${port}"`).join(', ');
    const lines = [`endpoints: [${addresses}]`, ...pool].map((line) => `    ${line}\n`).join('');
    const text = `workers: 2\nlisteners: [{ bind: "127.0.0.1:0", pool: shop }]\npools:\n  shop:\n${lines}`;
    const child = fork(new URL('mortal-main.ts', import.meta.url), [text], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const [{ address }] = await once(child, 'message');
    return new MortalEvenkeel(child, Number(String(address).split(':').at(-1)));
  }

  async figures(): Promise<MortalFigures> {
    this.#child.send('figures' satisfies AskedOfMortal);
    const [told] = await once(this.#child, 'message');
    return told;
  }

  async until(isSo: (told: MortalFigures) => boolean): Promise<MortalFigures> {
    for (;;) {
      const told = await this.figures();
      if (isSo(told)) return told;
    }
  }

  /**
   * Resolves when the worker is dead and another one serves in its place. `told`: it dies between two events, by an error that nobody caught;
   * `anywhere`: in the midst of whatever it does.
   */
  async kill(worker: number, where: 'told' | 'anywhere' = 'told'): Promise<void> {
    const { restarts } = await this.figures();
    this.#child.send((where === 'told' ? { kill: worker } : { terminate: worker }) satisfies AskedOfMortal);
    await this.until((now) => now.restarts > restarts && now.listeningWorkers === 2);
  }

  /** The answer, undefined when there was none, by a connection of its own. */
  ask(path: string): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const asked = get({ host: '127.0.0.1', port: this.port, path, agent: this.#agent }, (answer: IncomingMessage) => {
        let body = '';
        answer.on('data', (bytes) => {
          body += bytes;
        });
        answer.on('error', () => resolve(undefined));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
      });
      asked.on('error', () => resolve(undefined));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
