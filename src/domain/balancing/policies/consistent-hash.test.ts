// What the programs find whose rings these are. The points themselves are tested with the rings.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { namedEndpoints, policyTools, times } from '../../../../test/support/endpoints.ts';
import { HashRing } from '../../../foundation/algorithms/hash-ring.ts';
import { envoyPoints, haproxyPoints } from '../../../foundation/algorithms/ring-points.ts';
import { crc32 } from '../../../foundation/hashing/crc32.ts';
import { avalanche, djb2, sdbm, wt6 } from '../../../foundation/hashing/haproxy-hashes.ts';
import { Hash64 } from '../../../foundation/hashing/limbs.ts';
import { xxh64Into } from '../../../foundation/hashing/xxh64.ts';
import type { Candidates, Picker } from '../policy.ts';
import { consistentHash, ringOrder } from './consistent-hash.ts';

const plain = { key: ['client'], fallback: 'random', boundedLoad: 0, ring: 'nginx', haproxyHash: 'sdbm', avalanche: true } as const;
type Settings = Parameters<typeof consistentHash.build>[1];
const build = (pool: Candidates, settings: Partial<Settings> = {}): Picker =>
  consistentHash.build(pool, { ...plain, ...settings }, policyTools());
const idsOf = (picker: Picker, keys: readonly string[]): string[] => keys.map((key) => picker.pick({ key, attempt: 0 }).id);

describe('consistent-hash', () => {
  test('finds what nginx finds', () => {
    const picker = build(namedEndpoints(['127.0.0.1:7778', '127.0.0.1:7777']));
    assert.deepEqual(idsOf(picker, ['/some/path', '/some/longer/path', '/g', '/sad/zaidoon']), [
      '127.0.0.1:7778',
      '127.0.0.1:7777',
      '127.0.0.1:7777',
      '127.0.0.1:7778',
    ]);
  });

  test('finds what libketama finds', () => {
    const picker = build(namedEndpoints(['10.0.1.3:11211', '10.0.1.1:11211', '10.0.1.2:11211']), { ring: 'libketama' });
    assert.deepEqual(
      idsOf(picker, ['foo', 'bar', 'test', 'user-42']),
      [2, 1, 3, 2].map((host) => `10.0.1.${host}:11211`),
    );
  });

  test('finds what Envoy finds', () => {
    const ids = [90, 91, 92, 93, 94, 95].map((port) => `127.0.0.1:${port}`);
    const ring = new HashRing(envoyPoints(ids.map((name) => ({ name, weight: 1 }))));
    const hash = new Hash64();
    const keys = times(100, (index) => `key-${index}`);
    const expected = keys.map((key) => {
      xxh64Into(key, 0, hash);
      return ids[ring.owners[ring.pointAt(hash.high >>> 0, hash.low >>> 0)] ?? -1];
    });
    assert.deepEqual(idsOf(build(namedEndpoints(ids.toReversed()), { ring: 'envoy' }), keys), expected);
  });

  test('finds what HAProxy finds, by the place in the list', () => {
    const picker = build(namedEndpoints(['c:1', 'a:1', 'b:1']), { ring: 'haproxy' });
    assert.deepEqual(idsOf(picker, ['foo', 'bar', 'user-42', '/some/path']), ['c:1', 'b:1', 'c:1', 'a:1']);
  });

  test("hashes with HAProxy's ring as its hash-type says", () => {
    const pool = namedEndpoints(['a:1', 'b:1', 'c:1']);
    const ring = new HashRing(haproxyPoints(pool.map(({ id, weight }) => ({ name: id, weight }))));
    for (const [haproxyHash, hashOf] of Object.entries({ sdbm, djb2, wt6, crc32 }) as ['sdbm', typeof sdbm][]) {
      for (const isMixed of [true, false]) {
        const order = ringOrder(pool, { ring: 'haproxy', haproxyHash, avalanche: isMixed });
        for (const key of times(40, (index) => `key-${index}`)) {
          const hash = isMixed ? avalanche(hashOf(key)) : hashOf(key);
          assert.equal(order.first(key), ring.owners[ring.nearestPoint(hash)]);
        }
      }
    }
  });

  test('goes on clockwise, to each endpoint once', () => {
    const ids = times(12, (index) => `10.0.0.${index}:80`).toSorted();
    const pool = namedEndpoints(ids);
    for (const ring of ['nginx', 'libketama', 'envoy', 'haproxy'] as const) {
      const order = ringOrder(pool, { ...plain, ring });
      const owners = new Set([order.first('foo')]);
      for (let place = order.next(); place >= 0; place = order.next()) owners.add(place);
      const picker = build(pool, { ring });
      assert.deepEqual(
        times(12, (attempt) => picker.pick({ key: 'foo', attempt }).id),
        [...owners].map((place) => ids[place]),
      );
    }
  });
});
