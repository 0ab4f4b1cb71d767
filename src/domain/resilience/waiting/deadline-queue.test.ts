// The queue against a list that is sorted anew each time, in all orders; and what is special, case by case.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { allocatedBytes } from '../../../../test/support/policies/allocated-bytes.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import { DeadlineQueue } from './deadline-queue.ts';
import { type Order, orders } from './lane.ts';

interface Waiting {
  readonly name: string;
  readonly lane: number;
  readonly deadline: number;
  readonly arrival: number;
}

/** The same rules over a plain list: all are sorted into the order in which they would be served, and the last is put out. */
class SortedList {
  waiting: Waiting[] = [];
  order: Order;
  readonly size: number;
  readonly classes: readonly number[];

  constructor(size: number, classes: readonly number[], order: Order) {
    this.size = size;
    this.classes = classes;
    this.order = order;
  }

  sorted(of: readonly Waiting[]): Waiting[] {
    const key = (one: Waiting): number => (this.order === 'deadline' ? one.deadline : this.order === 'fifo' ? one.arrival : -one.arrival);
    return of.toSorted((one, other) => one.lane - other.lane || key(one) - key(other) || one.arrival - other.arrival);
  }

  /** Who is out afterwards, if anybody. */
  join(newcomer: Waiting): Waiting | undefined {
    const ofLane = this.waiting.filter((one) => one.lane === newcomer.lane);
    const isLaneFull = ofLane.length >= (this.classes[newcomer.lane] ?? 0);
    this.waiting.push(newcomer);
    if (!isLaneFull && this.waiting.length <= this.size) return undefined;
    const out = this.sorted(isLaneFull ? [...ofLane, newcomer] : this.waiting).at(-1);
    this.waiting = this.waiting.filter((one) => one !== out);
    return out;
  }

  /** How many come before one who is not there yet. */
  before(newcomer: Waiting): number {
    return this.sorted([...this.waiting, newcomer]).indexOf(newcomer);
  }

  peek(now: number): { name: string; isLate: boolean } | undefined {
    const [next] = this.sorted(this.waiting);
    return next && { name: next.name, isLate: next.deadline <= now };
  }

  advance(now: number): { name: string; isLate: boolean } | undefined {
    return this.#takeOut(this.sorted(this.waiting)[0], now);
  }

  advanceLate(now: number): { name: string; isLate: boolean } | undefined {
    const byDeadline = (one: Waiting, other: Waiting): number =>
      one.lane - other.lane || one.deadline - other.deadline || one.arrival - other.arrival;
    return this.#takeOut(this.waiting.filter((one) => one.deadline <= now).toSorted(byDeadline)[0], now);
  }

  #takeOut(next: Waiting | undefined, now: number): { name: string; isLate: boolean } | undefined {
    this.waiting = this.waiting.filter((one) => one !== next);
    return next && { name: next.name, isLate: next.deadline <= now };
  }
}

const command = fc.oneof(
  fc.record({ join: fc.nat(2), patience: fc.integer({ min: 0, max: 50 }) }),
  fc.record({ join: fc.nat(2), patience: fc.integer({ min: 0, max: 50 }) }),
  fc.constantFrom('advance' as const, 'advanceLate' as const, 'peek' as const),
  fc.record({ leave: fc.nat(30) }),
  fc.record({ wait: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ order: fc.constantFrom(...orders) }),
);
type Command = typeof command extends fc.Arbitrary<infer Of> ? Of : never;

/** Plays commands to both and compares all that can be seen. */
function compare(size: number, classes: readonly number[], commands: readonly Command[]): void {
  const queue = new DeadlineQueue<string>({ size, classes, order: 'deadline' });
  const list = new SortedList(size, classes, 'deadline');
  const tickets: { name: string; ticket: number }[] = [];
  let now = 0;
  let arrival = 0;
  for (const each of commands) {
    if (each === 'advance' || each === 'advanceLate' || each === 'peek') {
      const found = queue[each](now) ? { name: queue.item, isLate: queue.isLate } : undefined;
      assert.deepEqual(found, list[each](now));
    } else if ('join' in each) {
      const name = `${arrival}`;
      const deadline = now + each.patience;
      const newcomer: Waiting = { name, lane: each.join, deadline, arrival: arrival++ };
      const before = list.before(newcomer);
      assert.equal(queue.before(each.join, deadline, Number.POSITIVE_INFINITY), before);
      assert.equal(queue.before(each.join, deadline, 3), Math.min(3, before));
      const ticket = queue.join(name, each.join, now, deadline);
      const out = list.join(newcomer);
      assert.equal(ticket === -1 ? name : queue.displaced, out?.name);
      tickets.push({ name, ticket });
    } else if ('leave' in each) {
      const { name, ticket } = tickets[each.leave] ?? { name: 'nobody', ticket: -1 };
      const waits = list.waiting.some((one) => one.name === name);
      assert.equal(queue.leave(ticket, name), waits);
      list.waiting = list.waiting.filter((one) => one.name !== name);
    } else if ('wait' in each) {
      now += each.wait;
    } else {
      queue.order = each.order;
      list.order = each.order;
    }
    assert.equal(queue.size, list.waiting.length);
    assert.ok(queue.size <= size);
  }
}

describe('a queue', () => {
  test('does what a list does that is sorted anew each time', () => {
    const shape = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.array(fc.nat(8), { minLength: 3, maxLength: 3 }));
    fc.assert(
      fc.property(shape, fc.array(command, { maxLength: 120 }), ([size, classes], commands) => compare(size, classes, commands)),
      { seed: 0xdead11e, numRuns: 1500 },
    );
  });

  test('serves the earliest deadline first, and of equal ones the older', () => {
    const queue = new DeadlineQueue<string>({ size: 8, classes: [8], order: 'deadline' });
    for (const [name, deadline] of [
      ['a', 30],
      ['b', 10],
      ['c', 20],
      ['d', 10],
    ] as const)
      queue.join(name, 0, 0, deadline);
    const served: (string | undefined)[] = [];
    while (queue.advance(0)) served.push(queue.item);
    assert.deepEqual(served, ['b', 'd', 'c', 'a']);
    assert.equal(queue.item, undefined);
  });

  test('lets the latest deadline make room for an earlier one, and nobody for a later one', () => {
    const queue = new DeadlineQueue<string>({ size: 2, classes: [2], order: 'deadline' });
    queue.join('a', 0, 0, 30);
    queue.join('b', 0, 0, 20);
    assert.equal(queue.join('c', 0, 0, 30), -1);
    assert.equal(queue.displaced, undefined);
    assert.notEqual(queue.join('d', 0, 0, 10), -1);
    assert.equal(queue.displaced, 'a');
  });

  test('keeps the less important within their limit, and has them make room', () => {
    const queue = new DeadlineQueue<string>({ size: 3, classes: [3, 2], order: 'deadline' });
    assert.notEqual(queue.join('low 1', 1, 0, 10), -1);
    assert.notEqual(queue.join('low 2', 7, 0, 20), -1);
    assert.equal(queue.join('low 3', 1, 0, 30), -1);
    queue.join('high 1', 0, 0, 90);
    queue.join('high 2', 0, 0, 95);
    assert.equal(queue.displaced, 'low 2');
    queue.join('high 3', 0, 0, 99);
    assert.equal(queue.displaced, 'low 1');
    assert.equal(queue.join('low 4', 1, 0, 1), -1);
  });

  test('says who is late, and finds those also where they do not come next', () => {
    const queue = new DeadlineQueue<string>({ size: 3, classes: [3], order: 'lifo' });
    queue.join('a', 0, 1, 10);
    queue.join('b', 0, 2, 30);
    queue.join('c', 0, 3, 20);
    assert.equal(queue.advanceLate(9), false);
    assert.deepEqual([queue.advanceLate(20), queue.item, queue.isLate, queue.joinedAt], [true, 'a', true, 1]);
    assert.deepEqual([queue.advance(20), queue.item, queue.isLate], [true, 'c', true]);
    assert.deepEqual([queue.advance(20), queue.item, queue.isLate, queue.joinedAt], [true, 'b', false, 2]);
  });

  test('is left by whoever has the ticket, and once only', () => {
    const queue = new DeadlineQueue<string>({ size: 1, classes: [1], order: 'fifo' });
    const ticket = queue.join('a', 0, 0, 10);
    assert.equal(queue.leave(ticket, 'a'), true);
    assert.equal(queue.leave(ticket, 'a'), false);
    assert.equal(queue.join('b', 0, 0, 10), ticket);
    assert.equal(queue.leave(ticket, 'a'), false);
    assert.equal(queue.leave(-1, 'a'), false);
    assert.equal(queue.size, 1);
  });

  test('allocates nothing for whoever waits', () => {
    const queue = new DeadlineQueue<object>({ size: 256, classes: [256, 128], order: 'deadline' });
    const item = {};
    const random = seeded(1);
    const patience = Float64Array.from({ length: 1024 }, () => 100 * random());
    let now = 0;
    const bytes = allocatedBytes((times) => {
      for (let time = 0; time < times; time++) {
        now += 1;
        queue.join(item, time & 1, now, now + (patience[time & 1023] as number));
        if (queue.size > 100) queue.advance(now);
      }
    });
    assert.ok(bytes < 1, `${bytes} bytes`);
  });
});
