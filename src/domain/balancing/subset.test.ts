// Which part of the endpoints a balancer sends to.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointsOf, times } from '../../../test/support/endpoints.ts';
import { subsetOf } from './subset.ts';

const pool = endpointsOf(times(50, () => 1));
const namesOf = (size: number, identity: string, from: readonly (typeof pool)[0][] = pool): string[] =>
  subsetOf(from, size, identity).map(({ id }) => id);

describe('a subset', () => {
  test('has the size that is asked for, and all where there are no more', () => {
    assert.equal(namesOf(20, 'balancer-1').length, 20);
    assert.deepEqual(
      namesOf(50, 'balancer-1'),
      pool.map(({ id }) => id),
    );
    assert.deepEqual(
      namesOf(80, 'balancer-1'),
      pool.map(({ id }) => id),
    );
  });

  test('is the same each time, whatever the order of the list, and another one for another balancer', () => {
    assert.deepEqual(namesOf(20, 'balancer-1').toSorted(), namesOf(20, 'balancer-1', pool.toReversed()).toSorted());
    assert.notDeepEqual(namesOf(20, 'balancer-1'), namesOf(20, 'balancer-2'));
  });

  test('changes by one at most when an endpoint leaves', () => {
    for (const identity of times(20, (index) => `balancer-${index}`)) {
      const before = new Set(namesOf(20, identity));
      for (const left of [pool[0], pool[17], pool[49]]) {
        const after = namesOf(
          20,
          identity,
          pool.filter((endpoint) => endpoint !== left),
        );
        assert.ok(after.filter((id) => !before.has(id)).length <= 1);
      }
    }
  });

  test('leaves backups alone', () => {
    const backup = { ...pool[0], tier: 1 };
    assert.ok(subsetOf([...pool.slice(1), backup], 3, 'balancer-1').includes(backup));
  });

  test('spreads many balancers over all endpoints about evenly', () => {
    const counts = new Map<string, number>();
    for (const identity of times(300, (index) => `balancer-${index}`)) {
      for (const id of namesOf(15, identity)) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    // 90 each on average, with a standard deviation of 8.
    for (const { id } of pool) assert.ok(Math.abs((counts.get(id) ?? 0) - 90) < 40, `${id}: ${counts.get(id)}`);
  });
});
