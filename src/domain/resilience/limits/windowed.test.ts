// What a window makes of its samples.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allocatedBytes } from '../../../../test/support/policies/allocated-bytes.ts';
import type { Sample } from './concurrency-limit.ts';
import { WindowedLimit } from './windowed.ts';

function recorded(): { readonly windows: Sample[]; readonly limit: WindowedLimit } {
  const windows: Sample[] = [];
  const update = (sample: Sample): number => windows.push({ ...sample });
  return { windows, limit: new WindowedLimit({ limit: 7, update }) };
}

describe('a window', () => {
  test('gives the average time, the most in flight and whether anything was dropped', () => {
    const { windows, limit } = recorded();
    for (let count = 1; count <= 9; count++) assert.equal(limit.add(10 * count, count === 4 ? 99 : count, 'whole', 100), false);
    assert.equal(limit.add(100, 1, 'whole', 1100), true);
    assert.deepEqual(windows, [{ took: 55, inFlight: 99, dropped: false }]);
    for (let count = 1; count <= 10; count++) limit.add(10, 3, 'whole', 2100);
    assert.deepEqual(windows[1], { took: 10, inFlight: 3, dropped: false });
    assert.equal(limit.limit, 7);
  });

  test('lasts a second at least, and until it has ten samples', () => {
    const { windows, limit } = recorded();
    for (let count = 0; count < 50; count++) limit.add(10, 1, 'whole', 999);
    assert.equal(windows.length, 0);
    limit.add(10, 1, 'whole', 1998);
    assert.equal(windows.length, 0);
    limit.add(10, 1, 'whole', 1999);
    assert.equal(windows.length, 1);
    for (let count = 0; count < 9; count++) limit.add(10, 1, 'whole', 9000);
    assert.equal(windows.length, 1);
    limit.add(10, 1, 'whole', 9000);
    assert.equal(windows.length, 2);
  });

  test('leaves out what took next to no time, but not that it was dropped', () => {
    const { windows, limit } = recorded();
    for (let count = 0; count < 20; count++) limit.add(0.09, 50, 'whole', 0);
    for (let count = 0; count < 9; count++) limit.add(20, 5, 'whole', 0);
    limit.add(0, 5, 'dropped', 5000);
    assert.deepEqual(windows, [{ took: 20, inFlight: 5, dropped: true }]);
  });

  test('takes no time from what was refused or given up, unless it is longer than what was answered', () => {
    const { windows, limit } = recorded();
    const window = (from: number, end: 'dropped' | 'cut', took: number): void => {
      for (let count = 0; count < 10; count++) limit.add(20, 5, 'whole', from);
      for (let count = 0; count < 10; count++) limit.add(took, 5, end, from + 500);
      limit.add(20, 5, 'whole', from + 1000);
    };
    window(0, 'dropped', 1);
    window(1000, 'cut', 1);
    window(2000, 'dropped', 104);
    window(3000, 'cut', 200);
    assert.deepEqual(
      windows.map(({ took, dropped }) => [took, dropped]),
      [
        [20, true],
        [20, false],
        [60, true],
        // Of 200 and 20: those that are longer than the 60 of the window before.
        [(10 * 200 + 11 * 20) / 21, false],
      ],
    );
  });

  test('says nothing where nothing was ever answered', () => {
    const { windows, limit } = recorded();
    for (let count = 0; count < 50; count++) limit.add(5000, 5, 'dropped', 100 * count);
    assert.deepEqual(windows, []);
  });

  test('allocates nothing for a sample', () => {
    const limit = new WindowedLimit({ limit: 7, update: () => 7 });
    let now = 0;
    const bytes = allocatedBytes((times) => {
      for (let time = 0; time < times; time++) {
        now += 1;
        limit.add(10 + (time & 7), time & 63, 'whole', now);
      }
    });
    assert.ok(bytes < 1, `${bytes} bytes`);
  });
});
