// Even enough, the same with the same seed, and never stuck.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { times } from '../../../../test/support/endpoints.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import { SmallDraws } from './small-draws.ts';

describe('small draws', () => {
  test('are even over any count', () => {
    for (const count of [1, 2, 3, 10, 100]) {
      const draws = new SmallDraws(seeded(count));
      const counts = new Int32Array(count);
      for (let draw = 0; draw < 1000 * count; draw++) {
        const drawn = draws.below(count);
        counts[drawn] = (counts[drawn] ?? 0) + 1;
      }
      for (const one of counts) assert.ok(Math.abs(one - 1000) < 5 * Math.sqrt(1000), `${one} of ${count}`);
    }
  });

  test('are the same with the same seed and others with another one', () => {
    const run = (seed: number): number[] => {
      const draws = new SmallDraws(seeded(seed));
      return times(20, () => draws.below(1000));
    };
    assert.deepEqual(run(1), run(1));
    assert.notDeepEqual(run(1), run(2));
  });

  test('go on from a chance of 0', () => {
    const draws = new SmallDraws(() => 0);
    assert.ok(new Set(times(20, () => draws.below(1000))).size > 10);
  });
});
