// What queues are worth under overload: one server that takes 1 ms on average, requests by chance, and clients who wait 100 ms for
// their turn. Two minutes of it for each order, by the same queue that balancers have.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Random, seeded } from '../../../foundation/basics/random.ts';
import { milliseconds } from '../../../foundation/basics/units.ts';
import { Admission } from './admission.ts';
import { StandingQueue } from './codel.ts';
import { DeadlineQueue } from './deadline-queue.ts';
import type { Order } from './lane.ts';

const duration = 120_000;
const patience = 100;
const codelRules = { interval: milliseconds(100), target: milliseconds(5) };

interface Discipline {
  readonly order: Order | 'adaptive';
  readonly size?: number;
  /** Waiting ends by the client's patience, by the queue's timeout, or never; or only those join who have a chance. */
  readonly ends?: 'patience' | 'timeout' | 'never' | 'chance';
}

interface Outcome {
  /** Served whose turn came in time, in percent of what the server can do. */
  readonly good: number;
  /** Served in vain, in percent of the same. */
  readonly wasted: number;
  /** Refused, dropped or late, in percent of all requests. */
  readonly dropped: number;
}

const exponential = (mean: number, random: Random): number => -mean * Math.log(1 - random());

class Server {
  readonly #discipline: Discipline;
  readonly #random: Random;
  readonly #queue: DeadlineQueue<number>;
  readonly #standing = new StandingQueue(codelRules);
  readonly #admission = new Admission();
  #asked = 0;
  #good = 0;
  #wasted = 0;
  #dropped = 0;
  #end = Number.POSITIVE_INFINITY;

  constructor(discipline: Discipline, seed: number) {
    this.#discipline = discipline;
    this.#random = seeded(seed);
    const size = discipline.size ?? 250_000;
    const order = discipline.order === 'adaptive' ? 'fifo' : discipline.order;
    this.#queue = new DeadlineQueue({ size, classes: [size], order });
  }

  run(perSecond: number): Outcome {
    let arrival = exponential(1000 / perSecond, this.#random);
    while (arrival < duration) {
      if (arrival < this.#end) {
        this.#ask(arrival);
        arrival += exponential(1000 / perSecond, this.#random);
      } else {
        this.#finish(this.#end);
      }
    }
    const capacity = duration / 100;
    return { good: this.#good / capacity, wasted: this.#wasted / capacity, dropped: (100 * this.#dropped) / this.#asked };
  }

  #ask(now: number): void {
    this.#asked++;
    if (this.#end === Number.POSITIVE_INFINITY) return this.#begin(now, now);
    this.#standing.note(this.#queue.size, now);
    const { ends = 'patience' } = this.#discipline;
    const hasChance = ends !== 'chance' || this.#queue.size <= this.#admission.mostBefore(patience - this.#admission.service, 1);
    const timeout = this.#standing.isStanding(now) ? codelRules.target : codelRules.interval;
    const until = ends === 'never' ? Number.POSITIVE_INFINITY : now + (ends === 'timeout' ? timeout : patience);
    if (!hasChance || this.#queue.join(now, 0, now, until) === -1) this.#dropped++;
    if (this.#queue.displaced !== undefined) this.#dropped++;
  }

  #finish(now: number): void {
    this.#end = Number.POSITIVE_INFINITY;
    if (this.#discipline.order === 'adaptive') this.#queue.order = this.#standing.isStanding(now) ? 'lifo' : 'fifo';
    while (this.#queue.advance(now)) {
      if (!this.#queue.isLate) {
        this.#begin(now, this.#queue.joinedAt);
        break;
      }
      this.#dropped++;
    }
    this.#standing.note(this.#queue.size, now);
  }

  #begin(now: number, arrivedAt: number): void {
    const takes = exponential(1, this.#random);
    this.#admission.learn(takes);
    if (now - arrivedAt <= patience) this.#good++;
    else this.#wasted++;
    this.#end = now + takes;
  }
}

const run = (discipline: Discipline, perSecond: number): Outcome => new Server(discipline, 1).run(perSecond);

function near(actual: number, expected: number, tolerance = 1): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual.toFixed(2)} instead of ${expected}`);
}

describe('with requests for 1.2 and for 2 servers', () => {
  const cases: readonly (readonly [name: string, discipline: Discipline, good: readonly [number, number]])[] = [
    ['first come, first served without an end is nearly all in vain', { order: 'fifo', ends: 'never' }, [0.6, 0.2]],
    ['fifty places are enough for all that the server can do', { order: 'fifo', size: 50, ends: 'never' }, [100, 100]],
    ['the newest first loses nearly nothing', { order: 'lifo', ends: 'never' }, [99.8, 100]],
    ['timeouts by controlled delay lose little', { order: 'fifo', ends: 'timeout' }, [97.5, 99.9]],
    ['and with the newest first while the queue stands as well', { order: 'adaptive', ends: 'timeout' }, [97.3, 99.7]],
  ];
  for (const [name, discipline, [some, more]] of cases) {
    test(name, () => {
      near(run(discipline, 1200).good, some);
      near(run(discipline, 2000).good, more);
    });
  }

  test('nobody is served in vain where only those wait who have a chance', () => {
    for (const perSecond of [1200, 2000]) {
      for (const order of ['deadline', 'fifo'] as const) {
        const { good, wasted } = run({ order, ends: 'chance' }, perSecond);
        assert.ok(good > 95, `${good}`);
        assert.equal(wasted, 0);
      }
    }
  });
});

describe('with requests for nine tenths of a server', () => {
  test('first come, first served answers all', () => near(run({ order: 'fifo', ends: 'never' }, 900).good, 90));
  test('a target as short as five services drops some that could have been served', () =>
    near(run({ order: 'fifo', ends: 'timeout' }, 900).dropped, 3));
});
