// The life of one request at one endpoint, told to the policy's learner as the balancer tells it.
import type { Trial, TrialOutcome } from '../../src/domain/balancing/learner.ts';
import type { Endpoint } from '../../src/domain/endpoints/endpoint.ts';
import { itemAt } from '../../src/foundation/basics/item-at.ts';
import type { Random } from '../../src/foundation/basics/random.ts';
import type { Events } from './events.ts';
import type { Job, Server } from './servers.ts';
import type { SimulatedEndpoint } from './simulated-endpoint.ts';
import type { SimulatedWorker } from './simulated-worker.ts';

export interface TryTerms {
  readonly endpoint: SimulatedEndpoint;
  readonly server: Server;
  readonly work: number;
  readonly events: Events;
  readonly random: Random;
  readonly timeout: number | undefined;
  /** The head of the answer is here, or there will be none: status 0. */
  readonly finish: (latency: number, status: number) => void;
  /** The request is no longer in flight. */
  readonly leave: () => void;
}

export class SimulatedTry implements Trial {
  readonly endpoint: Endpoint;
  readonly begunAt: number;
  answeredAt = 0;
  status = 0;
  fields = '';
  tag = 0;
  readonly #worker: SimulatedWorker;
  readonly #slot: number;
  readonly #terms: TryTerms;
  readonly #job: Job;
  #isFinished = false;

  constructor(worker: SimulatedWorker, slot: number, terms: TryTerms) {
    this.#worker = worker;
    this.#slot = slot;
    this.#terms = terms;
    this.endpoint = itemAt(worker.candidates, slot);
    this.begunAt = worker.now;
    this.#job = { work: terms.work, done: () => this.#answer(), isCancelled: false };
  }

  get now(): number {
    return this.#worker.now;
  }

  begin(): void {
    this.tag = this.#worker.learner?.begun(this) ?? 0;
    const { server, events, timeout } = this.#terms;
    server.begin(this.#job);
    if (timeout !== undefined) events.after(timeout, () => this.#giveUp());
  }

  #answer(): void {
    const { endpoint, events, random } = this.#terms;
    this.#isFinished = true;
    this.status = endpoint.status?.(random, events.now) ?? 200;
    this.#terms.finish(this.now - this.begunAt, this.status);
    if (this.status === 0) return this.#end('failed');

    this.answeredAt = this.now;
    this.fields = endpoint.fields?.(this.#worker.load(this.#slot).inFlight, events.now) ?? '';
    this.#worker.learner?.answered(this);
    const body = endpoint.body?.(random, events.now) ?? 0;
    if (body === 0) return this.#end('succeeded');
    events.after(body, () => this.#end('succeeded'));
  }

  #giveUp(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#terms.server.cancel(this.#job);
    this.#terms.finish(this.now - this.begunAt, 0);
    this.#end('failed');
  }

  #end(outcome: TrialOutcome): void {
    this.#worker.load(this.#slot).release();
    this.#worker.learner?.ended(this, outcome);
    this.#terms.leave();
  }
}
