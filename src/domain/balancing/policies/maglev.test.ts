// How many keys move when endpoints leave, and what the table size does. Tables themselves are tested apart.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { candidatesOf, namedEndpoints, policyTools, times } from '../../../../test/support/endpoints.ts';
import { maglevTable, maglevWalks, remainderOf } from '../../../foundation/algorithms/maglev-table.ts';
import { Hash64 } from '../../../foundation/hashing/limbs.ts';
import { xxh64Into } from '../../../foundation/hashing/xxh64.ts';
import type { Candidates, Picker } from '../policy.ts';
import { maglev } from './maglev.ts';

const build = (pool: Candidates, tableSize = 65_537): Picker =>
  maglev.build(pool, { key: ['client'], fallback: 'random', boundedLoad: 0, tableSize }, policyTools());
const idsOf = (count: number, pool = 0): string[] => times(count, (index) => `10.${pool}.${index >> 8}.${index & 255}:80`);

/** The id at each place of a table. */
function placesOf(ids: readonly string[], size: number): (string | undefined)[] {
  const sorted = ids.toSorted();
  const table = maglevTable(
    maglevWalks(sorted, size),
    sorted.map(() => 1),
    size,
  );
  return Array.from(table, (member) => sorted[member]);
}

describe('maglev', () => {
  test('looks the hash of the key up in the table', () => {
    const ids = idsOf(5);
    const hash = new Hash64();
    for (const size of [7, 251, 65_537]) {
      const picker = build(namedEndpoints(ids), size);
      const places = placesOf(ids, size);
      for (const key of times(50, (index) => `key-${index}`)) {
        xxh64Into(key, 0, hash);
        assert.equal(picker.pick({ key, attempt: 0 }).id, places[remainderOf(hash.high, hash.low, size)]);
      }
    }
  });

  test('raises the size to a prime, and to the number of endpoints', () => {
    const picks = (pool: Candidates, size: number) => times(200, (index) => build(pool, size).pick({ key: `key-${index}`, attempt: 0 }).id);
    const pool = namedEndpoints(idsOf(5));
    assert.deepEqual(picks(pool, 241), picks(pool, 241));
    assert.deepEqual(picks(pool, 242), picks(pool, 251));
    assert.notDeepEqual(picks(pool, 241), picks(pool, 251));
    const many = namedEndpoints(idsOf(20));
    assert.deepEqual(picks(many, 7), picks(many, 23));
  });

  // The part of all places that change their endpoint when some leave, with those that must in it; on average over so many pools.
  const disruption = [
    { members: 10, leave: 1, size: 65_537, pools: 60, expected: 0.1027 },
    { members: 100, leave: 1, size: 65_537, pools: 6, expected: 0.0155 },
    { members: 100, leave: 1, size: 10_007, pools: 10, expected: 0.0253 },
    { members: 1000, leave: 1, size: 65_537, pools: 3, expected: 0.0064 },
    { members: 1000, leave: 10, size: 65_537, pools: 3, expected: 0.0342 },
  ];
  for (const { members, leave, size, pools, expected } of disruption) {
    test(`moves ${(100 * expected).toFixed(2)} % when ${leave} of ${members} leave a table of ${size}`, () => {
      let extra = 0;
      for (let pool = 0; pool < pools; pool++) {
        const ids = idsOf(members, pool);
        const stay = ids.slice(leave);
        const before = placesOf(ids, size);
        const after = placesOf(stay, size);
        const kept = new Set<string | undefined>(stay);
        const flips = before.filter((id, place) => kept.has(id) && id !== after[place]).length / size;
        assert.ok(flips < (leave === 1 && size === 65_537 ? 0.01 : 0.03));
        extra += flips / pools;
      }
      const expectedExtra = expected - leave / members;
      assert.ok(Math.abs(extra - expectedExtra) <= 0.2 * expectedExtra, `${extra} instead of ${expectedExtra}`);
    });
  }

  test('comes to all endpoints', () => {
    const pool = namedEndpoints(idsOf(8));
    const picker = build(pool, 1009);
    for (const key of ['foo', 'bar', 'user-42']) {
      const walk = times(8, (attempt) => picker.pick({ key, attempt }));
      assert.equal(new Set(walk).size, 8);
    }
  });

  test('follows scores for endpoints that no probe finds', () => {
    // One of them has a share of less than a place.
    const pool = namedEndpoints(idsOf(40), [...new Array<number>(39).fill(1000), 0.001]);
    const picker = build(pool, 251);
    const walk = times(40, (attempt) => picker.pick({ key: 'foo', attempt }));
    assert.equal(new Set(walk).size, 40);
    assert.equal(walk.at(-1), pool[39]);
    const turned = candidatesOf(pool.toReversed());
    assert.deepEqual(
      times(40, (attempt) => build(turned, 251).pick({ key: 'foo', attempt })),
      walk,
    );
  });
});
