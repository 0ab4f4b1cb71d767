// What those may do who are woken, and that each is served, refused or told once whatever they do.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { never, Scene } from '../../../../test/support/waiting/scene.ts';
import { milliseconds } from '../../../foundation/basics/units.ts';
import type { Waiter } from './waiting-room.ts';
import { noTicket } from './waiting-room.ts';

describe('who is woken', () => {
  test('keeps its turn when another worker was faster', () => {
    const scene = new Scene();
    const outcomes = [false, false, true];
    scene.room.join(
      scene.waiter('a', () => {
        scene.told.push('a woken');
        scene.places = 0;
        return outcomes.shift() ?? true;
      }),
      0,
      1900,
    );
    scene.join('b');
    scene.free(2);
    scene.free(2);
    assert.equal(scene.room.size, 2);
    scene.free(2);
    scene.free(2);
    assert.deepEqual(scene.told, ['a woken', 'a woken', 'a woken', 'b served']);
  });

  test('may be done at once and free its place again, however many there are', () => {
    const scene = new Scene({ size: 50_000 });
    let served = 0;
    const wake = (): boolean => {
      served++;
      // Done before it returns, as one is whose endpoint refuses.
      scene.room.freed();
      return true;
    };
    for (let count = 0; count < 50_000; count++) scene.room.join(scene.waiter(`${count}`, wake), 0, never);
    scene.free();
    assert.equal(served, 50_000);
    assert.equal(scene.room.isEmpty, true);
  });

  test('may join anew at once', () => {
    const scene = new Scene();
    let woken = 0;
    const waiter = scene.waiter('a', () => {
      scene.places = 0;
      return ++woken > 1 || scene.room.join(waiter, 0, never);
    });
    scene.room.join(waiter, 0, never);
    scene.free();
    assert.equal(scene.room.size, 1);
    scene.free();
    assert.deepEqual([woken, scene.room.size, waiter.ticket], [2, 0, noTicket]);
  });

  test('may leave at once', () => {
    const scene = new Scene();
    const waiter = scene.waiter('a', () => {
      scene.room.leave(waiter);
      return true;
    });
    scene.room.join(waiter, 0, never);
    scene.join('b');
    scene.free();
    assert.deepEqual(scene.told, ['b served']);
  });

  test('is told afterwards when it made room for another meanwhile and found no place', () => {
    for (const isServed of [true, false]) {
      const scene = new Scene({ size: 1 });
      const waiter = scene.waiter('a', () => {
        scene.places = 0;
        assert.equal(scene.join('b', { deadline: 1200 }), true);
        return isServed;
      });
      scene.room.join(waiter, 0, 1500);
      scene.free();
      assert.deepEqual(scene.told, isServed ? [] : ['a displaced 1']);
      scene.free();
      assert.equal(scene.told.at(-1), 'b served');
    }
  });
});

test('each who comes is served, refused or told once, whatever happens in between', () => {
  const step = fc.oneof(
    fc.record({ join: fc.nat(2), patience: fc.integer({ min: 0, max: 60 }), wakes: fc.boolean() }),
    fc.record({ free: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ leave: fc.nat(40) }),
    fc.record({ wait: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ learn: fc.integer({ min: 1, max: 20 }) }),
  );
  const order = fc.constantFrom('deadline' as const, 'fifo' as const, 'lifo' as const, 'adaptive' as const);
  fc.assert(
    fc.property(order, fc.array(step, { maxLength: 80 }), (order, steps) => {
      const codel = { interval: milliseconds(30), target: milliseconds(10) };
      const priority = { header: 'x', limits: [4, 2] };
      const scene = new Scene({ size: 4, timeout: milliseconds(40), order, codel, priority });
      const waiters: Waiter[] = [];
      const ends: number[] = [];
      const come = (lane: number, patience: number, wakes: boolean): void => {
        const index = waiters.length;
        ends.push(0);
        const end = (): void => {
          ends[index] = (ends[index] ?? 0) + 1;
        };
        const waiter: Waiter = {
          ticket: noTicket,
          wake: () => {
            if (!wakes && scene.places-- > 0) return false;
            scene.places--;
            end();
            // The client has sent another request already, which begins now.
            if (index % 3 === 0) come(0, 15, true);
            return true;
          },
          expired: () => {
            end();
            if (index % 5 === 0) come(1, 25, true);
          },
        };
        waiters.push(waiter);
        if (!scene.room.join(waiter, lane, scene.now + patience)) end();
      };
      for (const each of steps) {
        if ('join' in each) come(each.join, each.patience, each.wakes);
        else if ('free' in each) scene.free(each.free);
        else if ('wait' in each) scene.now += each.wait;
        else if ('learn' in each) scene.room.learn(each.learn);
        else {
          const waiter = waiters[each.leave];
          if (waiter !== undefined && waiter.ticket !== noTicket) {
            ends[each.leave] = (ends[each.leave] ?? 0) + 1;
            scene.room.leave(waiter);
          }
        }
        if ('wait' in each) scene.look();
        assert.ok(scene.room.size <= 4);
      }
      scene.places = 0;
      for (let rounds = 0; rounds < 100 && !scene.room.isEmpty; rounds++) {
        scene.now += 1000;
        scene.look();
      }
      assert.deepEqual(
        ends,
        ends.map(() => 1),
      );
      scene.look();
      assert.equal(scene.looking, 0);
    }),
    { seed: 0x3417, numRuns: 600 },
  );
});
