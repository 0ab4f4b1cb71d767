// What happens to requests behind an endpoint's address: a pure delay, a queue before some servers, or processors that all requests share.
import type { Random } from '../../src/foundation/basics/random.ts';
import type { Draw } from './draws.ts';
import type { Events } from './events.ts';
import { MinHeap } from './min-heap.ts';

export interface Job {
  /** Milliseconds that it takes alone on a server. */
  readonly work: number;
  readonly done: () => void;
  isCancelled: boolean;
}

export interface Server {
  begin(job: Job): void;
  /** The client has given up: nothing more is spent on the job, and `done` is not called. */
  cancel(job: Job): void;
}

export interface ServerModel {
  /** The work that a request brings. Drawn as it arrives, in the order of arrivals, so that all policies see the same requests. */
  readonly work: Draw;
  open(events: Events, random: Random): Server;
}

/** Each request takes its time, however many there are. */
export const delay = (work: Draw): ServerModel => ({
  work,
  open: (events) => ({
    begin: (job) => events.after(job.work, () => job.isCancelled || job.done()),
    cancel: (job) => {
      job.isCancelled = true;
    },
  }),
});

/** First come, first served, so many at a time: M/M/c with exponential work. */
export const queue = (work: Draw, servers = 1): ServerModel => ({ work, open: (events) => new Queue(events, servers) });

/** So many cores, and until when. */
export interface Capacity {
  readonly cores: number;
  readonly until: number;
}

/** Asked at the start and whenever the last answer is over. */
export type Capacities = (random: Random, now: number) => Capacity;

/** All requests run at once and share the cores evenly; none uses more than one. */
export const sharing = (work: Draw, cores: number | Capacities): ServerModel => ({
  work,
  open: (events, random) =>
    new Sharing(events, random, typeof cores === 'function' ? cores : () => ({ cores, until: Number.POSITIVE_INFINITY })),
});

class Queue implements Server {
  readonly #events: Events;
  readonly #waiting = new MinHeap<Job>();
  readonly #running = new Set<Job>();
  readonly #servers: number;

  constructor(events: Events, servers: number) {
    this.#events = events;
    this.#servers = servers;
  }

  begin(job: Job): void {
    // All have the same key, and so come out as they went in.
    this.#waiting.add(0, job);
    this.#serve();
  }

  cancel(job: Job): void {
    job.isCancelled = true;
    if (this.#running.delete(job)) this.#serve();
  }

  #serve(): void {
    while (this.#running.size < this.#servers) {
      const job = this.#waiting.take();
      if (job === undefined) return;
      if (!job.isCancelled) this.#run(job);
    }
  }

  #run(job: Job): void {
    this.#running.add(job);
    this.#events.after(job.work, () => {
      if (job.isCancelled) return;
      this.#running.delete(job);
      job.done();
      this.#serve();
    });
  }
}

class Sharing implements Server {
  readonly #events: Events;
  readonly #random: Random;
  readonly #capacities: Capacities;
  /** By the work that every request will have had when this one is done. */
  readonly #jobs = new MinHeap<Job>();
  #running = 0;
  /** The work that a request which was always there would have had. */
  #given = 0;
  #givenAt = 0;
  #cores = 0;
  #plan = 0;

  constructor(events: Events, random: Random, capacities: Capacities) {
    this.#events = events;
    this.#random = random;
    this.#capacities = capacities;
    this.#changeCapacity();
  }

  begin(job: Job): void {
    this.#advance();
    this.#jobs.add(this.#given + job.work, job);
    this.#running++;
    this.#planNext();
  }

  cancel(job: Job): void {
    this.#advance();
    job.isCancelled = true;
    this.#running--;
    this.#planNext();
  }

  get #pace(): number {
    return Math.min(1, this.#cores / this.#running);
  }

  #advance(): void {
    const now = this.#events.now;
    if (this.#running > 0) this.#given += (now - this.#givenAt) * this.#pace;
    this.#givenAt = now;
  }

  /** Whatever was planned before no longer holds. */
  #planNext(): void {
    const plan = ++this.#plan;
    while (this.#jobs.first?.isCancelled) this.#jobs.take();
    if (this.#running === 0 || this.#cores === 0) return;
    // Rounding may leave the next one a hair behind.
    const left = Math.max(0, this.#jobs.least - this.#given);
    this.#events.after(left / this.#pace, () => {
      if (plan === this.#plan) this.#finish();
    });
  }

  #finish(): void {
    this.#advance();
    const job = this.#jobs.take();
    this.#running--;
    this.#planNext();
    job?.done();
  }

  #changeCapacity(): void {
    this.#advance();
    const { cores, until } = this.#capacities(this.#random, this.#events.now);
    this.#cores = cores;
    this.#planNext();
    if (until !== Number.POSITIVE_INFINITY) this.#events.after(until - this.#events.now, () => this.#changeCapacity());
  }
}
