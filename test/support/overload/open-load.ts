// Open load: requests come when chance says, whether or not those before them were answered, as from people who know nothing of each other.
// Every client says in `X-Timeout` how long it waits, and waits longer, so that what comes too late is seen.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { exponential } from '../../../bench/simulation/draws.ts';
import type { Random } from '../../../src/foundation/basics/random.ts';
import { seeded } from '../../../src/foundation/basics/random.ts';

export interface Outcome {
  /** 0 where no answer came. */
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Who answered, by its number. */
  readonly endpoint: number | undefined;
  /** How long the client said it waits, in milliseconds. */
  readonly patience: number;
  /** By the clock of `performance`. */
  readonly begunAt: number;
  readonly endedAt: number;
}

type Answer = Pick<Outcome, 'status' | 'retryAfter' | 'endpoint'>;

export interface OpenLoadParts {
  readonly port: number;
  readonly perSecond: number;
  readonly seed: number;
  readonly patience: (random: Random) => number;
}

export class OpenLoad {
  readonly outcomes: Outcome[] = [];
  readonly #parts: OpenLoadParts;
  readonly #random: Random;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 1024 });
  /** Of the last run: by how many milliseconds a request came later than planned. */
  worstLag = 0;
  #underWay = 0;
  #noticed: () => void = () => {};

  constructor(parts: OpenLoadParts) {
    this.#parts = parts;
    this.#random = seeded(parts.seed);
  }

  /** For so long. What was begun may not be over when it resolves. */
  async run(milliseconds: number): Promise<void> {
    const { perSecond, patience } = this.#parts;
    const gap = exponential(1000 / perSecond);
    const end = performance.now() + milliseconds;
    this.worstLag = 0;
    for (let next = performance.now(); next < end; next += gap(this.#random, 0)) {
      const wait = next - performance.now();
      if (wait > 0) await sleep(wait);
      this.worstLag = Math.max(this.worstLag, performance.now() - next);
      void this.#ask(Math.round(patience(this.#random)));
    }
  }

  /** Resolves when all that was begun is over. */
  async over(): Promise<void> {
    while (this.#underWay > 0) {
      await new Promise<void>((resolve) => {
        this.#noticed = resolve;
      });
    }
    this.#agent.destroy();
  }

  /** Nobody waits any more. */
  leave(): Promise<void> {
    this.#agent.destroy();
    return this.over();
  }

  /** What was over in this time. */
  endedBetween(from: number, to: number): readonly Outcome[] {
    return this.outcomes.filter(({ endedAt }) => endedAt >= from && endedAt < to);
  }

  begunBetween(from: number, to: number): readonly Outcome[] {
    return this.outcomes.filter(({ begunAt }) => begunAt >= from && begunAt < to);
  }

  async #ask(patience: number): Promise<void> {
    const begunAt = performance.now();
    this.#underWay++;
    const answer = await this.#answer(patience);
    this.outcomes.push({ ...answer, patience, begunAt, endedAt: performance.now() });
    this.#underWay--;
    this.#noticed();
  }

  #answer(patience: number): Promise<Answer> {
    return new Promise((resolve) => {
      const fields = { 'X-Timeout': String(patience) };
      const none = (): void => resolve({ status: 0, retryAfter: undefined, endpoint: undefined });
      const asked = request({ host: '127.0.0.1', port: this.#parts.port, headers: fields, agent: this.#agent }, (answer) => {
        answer.resume();
        answer.on('error', none);
        const { statusCode: status = 0, headers } = answer;
        const endpoint = headers['x-endpoint'] === undefined ? undefined : Number(headers['x-endpoint']);
        answer.on('end', () => resolve({ status, retryAfter: headers['retry-after'], endpoint }));
      });
      asked.on('error', none);
      asked.end();
    });
  }
}
