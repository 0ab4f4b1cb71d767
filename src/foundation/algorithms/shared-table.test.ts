// A table with two views of it against plain maps, its time, its fullness, and what a dead writer leaves. Threads: test/integration.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { seeded } from '../basics/random.ts';
import { milliseconds } from '../basics/units.ts';
import { SharedTable } from './shared-table.ts';

const shape = { capacity: 8, lifetime: milliseconds(1000) };
/** With a capacity of 8 there are two buckets, told by the last bit of the low word. */
const bucketOf = (low: number): number => low & 1;
const forgotten = -1;

/** What a bucket holds, with no limit to keys but eight entries, and the one used first of all making place. Times must all differ. */
class Model {
  readonly #buckets = [new Map<string, { value: number; stamp: number }>(), new Map<string, { value: number; stamp: number }>()];

  #bucket(low: number): Map<string, { value: number; stamp: number }> {
    return this.#buckets[bucketOf(low)] ?? new Map();
  }

  get(high: number, low: number, now: number): number {
    const entry = this.#bucket(low).get(`${high} ${low}`);
    return entry === undefined || now - entry.stamp >= shape.lifetime ? forgotten : entry.value;
  }

  touch(high: number, low: number, now: number): number {
    const value = this.get(high, low, now);
    if (value !== forgotten) this.#bucket(low).set(`${high} ${low}`, { value, stamp: now });
    return value;
  }

  put(high: number, low: number, value: number, now: number): void {
    const bucket = this.#bucket(low);
    const [first] = [...bucket].sort(([, one], [, other]) => one.stamp - other.stamp);
    if (bucket.size === 8 && !bucket.has(`${high} ${low}`) && first !== undefined) bucket.delete(first[0]);
    bucket.set(`${high} ${low}`, { value, stamp: now });
  }

  delete(high: number, low: number): void {
    this.#bucket(low).delete(`${high} ${low}`);
  }

  countValues(length: number, now: number): number[] {
    const living = this.#buckets.flatMap((bucket) => [...bucket.values()].filter(({ stamp }) => now - stamp < shape.lifetime));
    return Array.from({ length }, (_, value) => living.filter((entry) => entry.value === value).length);
  }
}

const step = fc.record({
  operation: fc.constantFrom('get', 'touch', 'put', 'put', 'put', 'delete', 'count'),
  view: fc.nat(1),
  high: fc.constantFrom(0, 1, 0xffff_ffff),
  low: fc.oneof(fc.nat(9), fc.constantFrom(0xffff_ffff, 0x8000_0000)),
  value: fc.oneof(fc.nat(3), fc.constant(2 ** 31 - 2)),
  pause: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 60 }) }, { weight: 1, arbitrary: fc.integer({ min: 900, max: 1100 }) }),
});

describe('a shared table', () => {
  test('remembers what a map of each bucket would, through every view', () => {
    // Near where 31 and 32 bits of milliseconds are full, and clocks with fractions.
    const start = fc.constantFrom(0, 5.25, 2 ** 31 - 2000, 2 ** 32 - 2000, 1e12);
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 200 }), (from, steps) => {
        const first = new SharedTable(shape, 0);
        const views = [first, new SharedTable(shape, 1, first.buffer)];
        const model = new Model();
        let now = from;
        for (const { operation, view, high, low, value, pause } of steps) {
          const table = views[view] ?? first;
          now += pause;
          if (operation === 'get') assert.equal(table.get(high, low, now), model.get(high, low, now));
          if (operation === 'touch') assert.equal(table.touch(high, low, now), model.touch(high, low, now));
          if (operation === 'put') {
            assert.equal(table.put(high, low, value, now), true);
            model.put(high, low, value, now);
          }
          if (operation === 'delete') {
            assert.equal(table.delete(high, low), true);
            model.delete(high, low);
          }
          if (operation === 'count') {
            const counts = new Int32Array(3).fill(9);
            table.countValues(counts, now);
            assert.deepEqual([...counts], model.countValues(3, now));
          }
        }
      }),
      { seed: 0x5eed, numRuns: 500 },
    );
  });

  test('takes signed and unsigned words of a hash for the same', () => {
    const table = new SharedTable(shape, 0);
    table.put(-1, -2, 7, 0);
    assert.equal(table.get(0xffff_ffff, 0xffff_fffe, 0), 7);
    assert.equal(table.get(0xffff_ffff, 0xffff_fffd, 0), forgotten);
  });

  test('forgets an entry a lifetime after its last use, and reading is no use', () => {
    const table = new SharedTable(shape, 0);
    table.put(1, 2, 3, 5000);
    assert.equal(table.get(1, 2, 5999), 3);
    assert.equal(table.get(1, 2, 6000), forgotten);
    table.put(1, 2, 4, 7000);
    assert.equal(table.touch(1, 2, 7900), 4);
    assert.equal(table.get(1, 2, 8899), 4);
    assert.equal(table.touch(1, 2, 8900), forgotten);
  });

  test('takes what another thread used a moment ahead of this one for new, and does not make it older', () => {
    const table = new SharedTable(shape, 0);
    table.put(1, 2, 3, 5000);
    assert.equal(table.touch(1, 2, 4990), 3);
    assert.equal(table.get(1, 2, 5995), 3);
  });

  test('does not take an entry for young once 32 bits of milliseconds have passed', () => {
    const table = new SharedTable(shape, 0);
    table.put(1, 2, 3, 0);
    for (let round = 0; round < 2; round++) table.put(9, 9, 9, 2 ** 31);
    assert.equal(table.get(1, 2, 2 ** 32), forgotten);
  });

  test('finds ninety-nine of a hundred keys again when it holds as many as it is made for, and never a wrong value', () => {
    const full = { capacity: 4096, lifetime: milliseconds(60_000) };
    const table = new SharedTable(full, 0);
    const random = seeded(11);
    const keys = Array.from({ length: full.capacity }, () => [random() * 2 ** 32, random() * 2 ** 32] as const);
    keys.forEach(([high, low], value) => {
      table.put(high, low, value, value);
    });
    const found = keys.map(([high, low]) => table.get(high, low, full.capacity));
    for (const [value, got] of found.entries()) assert.ok(got === value || got === forgotten);
    assert.ok(found.filter((value) => value !== forgotten).length >= 0.99 * full.capacity);
  });
});

describe('a writer that died', () => {
  // The lock is the first word of a bucket and holds the number of its owner and one; versions are its words 40 to 47.
  const locked = (): { readonly words: Int32Array; readonly table: SharedTable } => {
    const table = new SharedTable({ ...shape, capacity: 4 }, 0);
    table.put(1, 1, 10, 0);
    table.put(2, 2, 20, 0);
    const words = new Int32Array(table.buffer);
    words[0] = 6;
    words[40] = 3;
    return { words, table };
  };

  test('keeps nobody waiting: others read what is whole, and give up writing', () => {
    const { table } = locked();
    assert.equal(table.get(1, 1, 0), forgotten);
    assert.equal(table.touch(2, 2, 0), 20);
    assert.equal(table.put(3, 3, 30, 0), false);
    assert.equal(table.delete(2, 2), false);
    assert.equal(table.get(2, 2, 0), 20);
  });

  test('is cleared away with what it had half written, and nobody else is', () => {
    const { table } = locked();
    table.releaseOwner(4);
    assert.equal(table.put(3, 3, 30, 0), false);
    table.releaseOwner(5);
    assert.equal(table.put(3, 3, 30, 0), true);
    assert.deepEqual([table.get(1, 1, 0), table.get(2, 2, 0), table.get(3, 3, 0)], [forgotten, 20, 30]);
    table.put(1, 1, 11, 0);
    assert.equal(table.get(1, 1, 0), 11);
  });
});

test('all keys of some values are forgotten, and no others', () => {
  const table = new SharedTable({ capacity: 100, lifetime: milliseconds(1000) }, 0);
  for (let key = 0; key < 50; key++) table.put(key, key, key % 5, 10);
  table.forgetValues(new Set([0, 3]));
  for (let key = 0; key < 50; key++) assert.equal(table.get(key, key, 20), [0, 3].includes(key % 5) ? forgotten : key % 5);
});
