// The walk along any order, also one that repeats itself, ends early, or never comes to some.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { endpointsOf, times } from '../../../../test/support/endpoints.ts';
import type { KeyOrder } from './key-order.ts';
import { KeyedPicker } from './keyed-picker.ts';

/** Says for each key the places that are written down for it, and counts what it is asked. */
class WrittenOrder implements KeyOrder {
  readonly #places: Readonly<Record<string, readonly number[]>>;
  #left: number[] = [];
  asked = 0;

  constructor(places: Readonly<Record<string, readonly number[]>>) {
    this.#places = places;
  }

  first(key: string): number {
    this.#left = [...(this.#places[key] ?? [])];
    return this.next();
  }

  next(): number {
    this.asked++;
    return this.#left.shift() ?? -1;
  }
}

const pool = endpointsOf([1, 1, 1, 1, 1]);
const walkOf = (picker: KeyedPicker, key: string, attempts: readonly number[]): number[] =>
  attempts.map((attempt) => pool.indexOf(picker.pick({ key, attempt })));
const allAttempts = times(5, (attempt) => attempt);

describe('a keyed picker', () => {
  test('follows the order of the key, each endpoint once', () => {
    const picker = new KeyedPicker(pool, new WrittenOrder({ a: [2, 2, 0, 2, 4, 0, 1, 3] }));
    assert.deepEqual(walkOf(picker, 'a', allAttempts), [2, 0, 4, 1, 3]);
  });

  test('goes on in the order of the list where the order ends', () => {
    const picker = new KeyedPicker(pool, new WrittenOrder({ a: [3, 0], b: [1] }));
    assert.deepEqual(walkOf(picker, 'a', allAttempts), [3, 0, 1, 2, 4]);
    assert.deepEqual(walkOf(picker, 'b', allAttempts), [1, 2, 3, 4, 0]);
  });

  test('begins again when all have come', () => {
    const picker = new KeyedPicker(pool, new WrittenOrder({ a: [2, 0, 4, 1, 3] }));
    assert.deepEqual(walkOf(picker, 'a', [5, 6, 9, 10, 11]), [2, 0, 3, 2, 0]);
  });

  test('asks no more for all attempts one after the other than for the last one', () => {
    const order = new WrittenOrder({ a: [2, 2, 0, 2, 4, 0, 1, 3] });
    walkOf(new KeyedPicker(pool, order), 'a', allAttempts);
    assert.equal(order.asked, 8);
  });

  test('answers the same whatever was asked before', () => {
    const places = { a: [2, 2, 0, 2, 4, 0, 1, 3], b: [3, 0], c: [1, 1, 1] };
    const key = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.nat(12)), { maxLength: 40 }), (asked) => {
        const picker = new KeyedPicker(pool, new WrittenOrder(places));
        for (const [key, attempt] of asked) {
          const alone = new KeyedPicker(pool, new WrittenOrder(places));
          assert.equal(picker.pick({ key, attempt }), alone.pick({ key, attempt }));
        }
      }),
      { seed: 0x5eed, numRuns: 300 },
    );
  });
});
