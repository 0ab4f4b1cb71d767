// What nginx and HAProxy choose for known keys, and how jump moves keys.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { turnsOf } from '../../../foundation/algorithms/static-turns.ts';
import { avalanche, djb2, sdbm, wt6 } from '../../../foundation/hashing/haproxy-hashes.ts';
import { murmur3 } from '../../../foundation/hashing/murmur3.ts';
import { xxh32 } from '../../../foundation/hashing/xxh32.ts';
import { hash, hashOrder } from './hash.ts';

type Method = Parameters<typeof hashOrder>[1]['method'];

const orderOf = (weights: readonly number[], key: string, count: number, method: Method = 'nginx'): number[] => {
  const order = hashOrder(weights, { method, avalanche: false });
  return times(count, (index) => (index === 0 ? order.first(key) : order.next()));
};
const keys = ['foo', 'bar', 'user-42', '/some/path'];

describe('hash as nginx does it', () => {
  test('adds a hash for each endpoint more', () => {
    // With as many slots of weight 1 as nginx has hashes, the slot is the sum, as far as it does not begin again.
    const weights = times(32_768, () => 1);
    const known = {
      '/some/path': [18144, 28137, 44244, 76857],
      'user-42': [32006, 51509, 68565, 72159],
      foo: [3187, 10068, 12200, 24720],
      bar: [30463, 55148, 84548, 103592],
    };
    for (const [key, sums] of Object.entries(known)) {
      assert.deepEqual(
        orderOf(weights, key, 4),
        sums.map((sum) => sum % 32_768),
      );
    }
  });

  test('walks through the list by weight', () => {
    assert.deepEqual(orderOf([1, 1, 1], 'foo', 4), [1, 0, 2, 0]);
    assert.deepEqual(orderOf([1, 2, 3], 'user-42', 4), [1, 2, 2, 2]);
  });

  test('rehashes twenty times, then knows no more', () => {
    const order = orderOf([1, 1, 1], 'foo', 23);
    assert.ok(order.slice(0, 21).every((place) => place >= 0));
    assert.deepEqual(order.slice(21), [-1, -1]);
  });

  test('comes to the others in the order of the list, all of them', () => {
    const pool = endpointsOf(times(200, () => 1));
    const picker = hash.build(
      pool,
      { method: 'nginx', avalanche: false, key: ['client'], fallback: 'random', boundedLoad: 0 },
      policyTools(),
    );
    const walk = times(200, (attempt) => pool.indexOf(picker.pick({ key: 'foo', attempt })));
    assert.equal(new Set(walk).size, 200);
    for (let index = 150; index < 199; index++) {
      // One after the other, but for those that came before.
      const between = ((walk[index + 1] ?? 0) - (walk[index] ?? 0) + 200) % 200;
      assert.ok(between >= 1 && between < 5, `${between}`);
    }
  });
});

describe('hash as HAProxy does it', () => {
  const weights = [5, 1, 1];
  const turns = turnsOf(weights);
  const known = {
    sdbm: [849955110, 815990707, 1916135264],
    djb2: [193491849, 193487034, 1170314839],
    wt6: [3349746274, 1414016241, 2573812535],
  } as const;

  for (const method of ['sdbm', 'djb2', 'wt6'] as const) {
    test(`looks ${method} up in the map of turns`, () => {
      const function_ = { sdbm, djb2, wt6 }[method];
      assert.deepEqual(
        keys.slice(0, 3).map((key) => function_(key)),
        known[method],
      );
      for (const [index, value] of known[method].entries()) {
        assert.deepEqual(orderOf(weights, keys[index] ?? '', 1, method), [turns[value % 7]]);
      }
    });

    test(`looks ${method} up after an avalanche`, () => {
      const order = hashOrder(weights, { method, avalanche: true });
      for (const [index, value] of known[method].entries()) assert.equal(order.first(keys[index] ?? ''), turns[avalanche(value) % 7]);
    });
  }
});

describe('hash', () => {
  test('takes the remainder of XXH32 and of MurmurHash3', () => {
    const weights = [2, 1, 3];
    const turns = turnsOf(weights);
    for (const key of keys) {
      assert.deepEqual(orderOf(weights, key, 1, 'xxh32'), [turns[xxh32(key) % 6]]);
      assert.deepEqual(orderOf(weights, key, 1, 'murmur3'), [turns[murmur3(key) % 6]]);
    }
  });

  test('by jump moves keys to a new last endpoint only, and as few as that takes', () => {
    const made = times(20_000, (index) => `key-${index}`);
    for (const count of [1, 2, 10, 100]) {
      const before = hashOrder(new Array(count).fill(1), { method: 'jump', avalanche: false });
      const after = hashOrder(new Array(count + 1).fill(1), { method: 'jump', avalanche: false });
      const moved = made.filter((key) => before.first(key) !== after.first(key));
      assert.ok(moved.every((key) => after.first(key) === count));
      const expected = made.length / (count + 1);
      assert.ok(Math.abs(moved.length - expected) < 3 * Math.sqrt((expected * count) / (count + 1)), `${moved.length} of ${expected}`);
    }
  });

  test('by jump heeds no weights', () => {
    assert.deepEqual(orderOf([1, 9, 4], 'foo', 3, 'jump'), orderOf([1, 1, 1], 'foo', 3, 'jump'));
  });

  for (const method of ['nginx', 'xxh32', 'murmur3', 'sdbm', 'djb2', 'wt6', 'jump'] as const) {
    test(`by ${method} spreads the next endpoints of one endpoint's keys over all others`, () => {
      const order = hashOrder(new Array(5).fill(1), { method, avalanche: false });
      const seconds = new Set<number>();
      for (let index = 0; index < 300; index++) {
        if (order.first(`key-${index}`) !== 0) continue;
        let place = order.next();
        while (place === 0) place = order.next();
        seconds.add(place);
      }
      assert.deepEqual([...seconds].sort(), [1, 2, 3, 4]);
    });
  }
});
