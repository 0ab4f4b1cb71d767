// A pool with a number of places, workers with a waiting room each, and requests that come and take as long as chance says, by a clock of its
// own: what becomes of them under any load, in no time.
import type { Waiter } from '../../../src/data-plane/dispatching/waiting/waiting-room.ts';
import { noTicket, WaitingRoom } from '../../../src/data-plane/dispatching/waiting/waiting-room.ts';
import { entryWords, PoolEntry } from '../../../src/domain/resilience/pool-entry.ts';
import type { QueueRules } from '../../../src/domain/resilience/rules.ts';
import type { Random } from '../../../src/foundation/basics/random.ts';
import { seeded } from '../../../src/foundation/basics/random.ts';

export interface WaitingLoad {
  readonly places: number;
  /** Mean of how long serving takes, exponential, in milliseconds. */
  readonly service: number;
  /** Requests beside what can be served: 2 is twice as many. */
  readonly load: number;
  readonly workers: number;
  readonly rules: QueueRules;
  /** How long a client waits for its answer. It says so where it has a deadline. */
  readonly patience: number;
  readonly saysDeadline: boolean;
  readonly seconds: number;
  /** To which worker a request comes at a time in milliseconds, by chance from 0 to 1. Any of them alike when absent. */
  readonly workerOf?: (now: number, chance: number) => number;
  /** Of the requests, by their number. */
  readonly priorityOf?: (request: number) => number;
}

export interface Fate {
  readonly worker: number;
  readonly priority: number;
  readonly cameAt: number;
  readonly outcome: 'served' | 'refused' | 'expired';
  /** From coming to being told or served. */
  readonly took: number;
}

export interface WaitingResult {
  readonly fates: readonly Fate[];
  /** Answered within the client's patience, beside what could be served. */
  readonly goodput: number;
  /** Served, but later than the client waits, beside what was served. */
  readonly late: number;
}

const exponential = (mean: number, random: Random): number => -mean * Math.log(1 - random());

/** What is to happen, by time. Few enough at once that the earliest is looked for in all. */
class Agenda {
  now = 0;
  readonly #acts: { readonly at: number; readonly act: () => void }[] = [];

  in(time: number, act: () => void): void {
    this.#acts.push({ at: this.now + time, act });
  }

  runUntil(end: number): void {
    for (;;) {
      let next = 0;
      for (let index = 1; index < this.#acts.length; index++) if ((this.#acts[index]?.at ?? 0) < (this.#acts[next]?.at ?? 0)) next = index;
      const found = this.#acts[next];
      if (found === undefined || found.at > end) return;
      this.#acts[next] = this.#acts.at(-1) ?? found;
      this.#acts.pop();
      this.now = found.at;
      found.act();
    }
  }
}

export function runWaiting(load: WaitingLoad, seed: number): WaitingResult {
  const random = seeded(seed);
  const agenda = new Agenda();
  const workers = workersOf(load, agenda);
  const fates: Fate[] = [];

  const come = (request: number): void => {
    agenda.in(exponential(load.service / load.places / load.load, random), () => come(request + 1));
    const worker = load.workerOf?.(agenda.now, random()) ?? Math.floor(random() * load.workers);
    const { entry, room } = workers[worker] ?? raise();
    const priority = load.priorityOf?.(request) ?? 0;
    const cameAt = agenda.now;
    const end = (outcome: Fate['outcome']): void => void fates.push({ worker, priority, cameAt, outcome, took: agenda.now - cameAt });
    const tryBegin = (): boolean => {
      if (!entry.tryEnter()) return false;
      const takes = exponential(load.service, random);
      agenda.in(takes, () => {
        entry.leave(takes, 'whole', agenda.now);
        room.learn(takes);
        end('served');
        room.freed();
      });
      return true;
    };
    if (room.isEmpty && tryBegin()) return;
    const waiter: Waiter = { ticket: noTicket, wake: tryBegin, expired: () => end('expired') };
    const deadline = load.saysDeadline ? cameAt + load.patience : Number.POSITIVE_INFINITY;
    if (!room.join(waiter, priority, deadline)) end('refused');
  };
  come(0);
  agenda.runUntil(load.seconds * 1000);

  const served = fates.filter(({ outcome }) => outcome === 'served');
  const inTime = served.filter(({ took }) => took <= load.patience).length;
  const capacity = (load.seconds * 1000 * load.places) / load.service;
  return { fates, goodput: inTime / capacity, late: 1 - inTime / served.length };
}

interface Worker {
  readonly entry: PoolEntry;
  readonly room: WaitingRoom;
}

function workersOf({ workers: count, places, rules }: WaitingLoad, agenda: Agenda): readonly Worker[] {
  const words = new Int32Array(new SharedArrayBuffer(4 * entryWords(count)));
  const workers = Array.from({ length: count }, (_, worker): Worker => {
    const entry = new PoolEntry({ maxRequests: places, concurrency: undefined, words, worker });
    const room = new WaitingRoom({
      rules,
      hasRoom: () => entry.hasRoom,
      places: () => entry.ownInFlight,
      isBeyondShare: () => isBeyondShare(entry),
      clock: () => agenda.now,
      count: () => undefined,
      repeat: (look) => repeatOn(agenda, look),
    });
    return { entry, room };
  });
  /** As pools reckon it. */
  const isBeyondShare = (own: PoolEntry): boolean => {
    const waiting = workers.filter(({ entry, room }) => entry === own || !room.isEmpty).length;
    return waiting > 1 && (own.ownInFlight + 1) * waiting > own.inFlight + 1;
  };
  return workers;
}

function repeatOn(agenda: Agenda, look: () => void): () => void {
  let isOn = true;
  const again = (): void => {
    if (!isOn) return;
    look();
    agenda.in(5, again);
  };
  agenda.in(5, again);
  return () => {
    isOn = false;
  };
}

function raise(): never {
  throw new Error('There is no such worker.');
}
