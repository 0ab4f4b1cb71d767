// Steady load: some clients, each with a kept-alive connection, each sending its next request when it has its answer.
// What became of every request is kept: answered in full, failed, or never accepted because nobody listened any more.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Outcome {
  readonly kind: 'answered' | 'failed' | 'unheard';
  /** The status and body of an answer, or what went wrong. */
  readonly detail: string;
  readonly order: string | undefined;
  /** By the clock of `performance`. */
  readonly begunAt: number;
  readonly endedAt: number;
}

type Ended = Pick<Outcome, 'kind' | 'detail'>;

export interface SteadyLoadParts {
  readonly port: number;
  readonly clients: number;
  readonly method: 'GET' | 'POST';
  /** Milliseconds that a client waits after a failure; it goes on at once when absent. */
  readonly rest?: number;
  /** Milliseconds that a client waits after every answer, so that the load is much the same whatever the machine has to do. */
  readonly pace?: number;
}

export class SteadyLoad {
  readonly outcomes: Outcome[] = [];
  readonly #agent: Agent;
  readonly #port: number;
  readonly #clients: Promise<void>[];
  #isStopped = false;
  #noticed: () => void = () => {};
  #orders = 0;

  /** `method` POST sends orders with a number of their own. */
  constructor(parts: SteadyLoadParts) {
    this.#port = parts.port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: parts.clients });
    this.#clients = Array.from({ length: parts.clients }, () => this.#run(parts));
  }

  of(kind: Outcome['kind']): readonly Outcome[] {
    return this.outcomes.filter((outcome) => outcome.kind === kind);
  }

  /** What was begun at this time or later, and is over. */
  since(time: number): readonly Outcome[] {
    return this.outcomes.filter(({ begunAt }) => begunAt >= time);
  }

  /** Resolves when so many more requests are over. */
  async more(count: number): Promise<void> {
    const goal = this.outcomes.length + count;
    while (this.outcomes.length < goal) {
      await new Promise<void>((resolve) => {
        this.#noticed = resolve;
      });
    }
  }

  /** Begins nothing more; resolves when everything that was begun is over. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#clients);
    this.#agent.destroy();
  }

  async #run({ method, rest = 0, pace = 0 }: SteadyLoadParts): Promise<void> {
    while (!this.#isStopped) {
      const order = method === 'POST' ? String(this.#orders++) : undefined;
      const begunAt = performance.now();
      const ended = await this.#ask(method, order);
      this.outcomes.push({ ...ended, order, begunAt, endedAt: performance.now() });
      this.#noticed();
      if (ended.kind === 'unheard') return;
      const pause = ended.kind === 'failed' ? Math.max(rest, pace) : pace;
      if (pause > 0) await sleep(pause);
    }
  }

  #ask(method: string, order: string | undefined): Promise<Ended> {
    return new Promise((resolve) => {
      const headers = order === undefined ? {} : { 'X-Order': order, 'Content-Length': '0' };
      const asked = request({ host: '127.0.0.1', port: this.#port, path: '/', method, headers, agent: this.#agent }, (answer) => {
        let body = '';
        answer.on('data', (bytes) => {
          body += bytes;
        });
        answer.on('error', (error) => resolve({ kind: 'failed', detail: error.message }));
        answer.on('end', () => {
          const isGood = answer.statusCode === 200 && body.startsWith('answered by ');
          resolve({ kind: isGood ? 'answered' : 'failed', detail: `${answer.statusCode} ${body}` });
        });
      });
      asked.on('error', (error: NodeJS.ErrnoException) => {
        resolve({ kind: error.code === 'ECONNREFUSED' ? 'unheard' : 'failed', detail: error.code ?? error.message });
      });
      asked.end();
    });
  }
}
