// Rings of other programs, point for point, and lookups beside a search through all points.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { crc32 } from '../hashing/crc32.ts';
import { avalanche, sdbm } from '../hashing/haproxy-hashes.ts';
import { md5 } from '../hashing/md5.ts';
import { HashRing, mostRingPoints } from './hash-ring.ts';
import type { RingMember } from './ring-points.ts';
import { envoyPoints, haproxyPoints, ketamaPoints, nginxPoints } from './ring-points.ts';

const equal = (...names: string[]): RingMember[] => names.map((name) => ({ name, weight: 1 }));
const countOf = (owners: ArrayLike<number>, owner: number): number => Array.from(owners).filter((other) => other === owner).length;

describe('the ring of nginx', () => {
  const ring = new HashRing(nginxPoints(equal('127.0.0.1:7777', '127.0.0.1:7778')));

  test('has the points of its servers', () => {
    const firstOf = (name: string) => [...nginxPoints(equal(name)).highs.subarray(0, 5)];
    assert.deepEqual(firstOf('127.0.0.1:7777'), [842782624, 66278312, 1921422695, 3166719452, 802613243]);
    assert.deepEqual(firstOf('127.0.0.1:7778'), [2959818865, 1578765224, 136255570, 14414652, 3755529781]);
    assert.deepEqual(firstOf('backend1').slice(0, 3), [1364708562, 2888398869, 4149486271]);
  });

  test('has no port for a Unix socket, and none where no number stands behind the colon', () => {
    assert.equal(nginxPoints(equal('unix:/run/a:1')).highs[0], crc32('\0\0\0\0', crc32('/run/a:1\0')));
    assert.equal(nginxPoints(equal('host:name')).highs[0], crc32('\0\0\0\0', crc32('host:name\0')));
    assert.equal(nginxPoints(equal('[::1]:80')).highs[0], crc32('\0\0\0\0', crc32('[::1]\x0080')));
  });

  test('is sorted', () => {
    assert.equal(ring.highs.length, 320);
    assert.deepEqual([...ring.highs.subarray(0, 3), ring.highs[319]], [1475464, 14414652, 29299196, 4276054410]);
    assert.deepEqual([...ring.owners.subarray(0, 3), ring.owners[319]], [0, 1, 1, 1]);
  });

  test('finds what nginx finds', () => {
    const ownerOf = (key: string) => ring.owners[ring.pointAt(crc32(key))];
    assert.deepEqual(['/some/path', '/some/longer/path', '/g', '/sad/zaidoon'].map(ownerOf), [1, 0, 0, 1]);
  });

  test('has points by weight, all different', () => {
    const members = Array.from({ length: 9 }, (_, index) => ({ name: `10.0.0.${index + 1}:443`, weight: 100 }));
    assert.equal(new Set(new HashRing(nginxPoints(members)).highs).size, 144_000);
  });

  test('gives a lighter server some of the points of the same server with more weight', () => {
    const light = nginxPoints([{ name: 'a:1', weight: 0.7 }]).highs;
    const heavy = nginxPoints([{ name: 'a:1', weight: 2 }]).highs;
    assert.deepEqual([light.length, heavy.length], [112, 320]);
    assert.deepEqual(heavy.subarray(0, light.length), light);
  });
});

describe('the ring of libketama', () => {
  const members = equal('10.0.1.1:11211', '10.0.1.2:11211', '10.0.1.3:11211');
  const ring = new HashRing(ketamaPoints(members));

  test('has four points from each digest', () => {
    assert.deepEqual([...ketamaPoints(members).highs.subarray(0, 4)], [2431485715, 4123933443, 100894374, 2720740989]);
    assert.equal(ring.highs.length, 480);
    assert.deepEqual([...ring.highs.subarray(0, 3)], [4826654, 10171922, 24617692]);
    assert.deepEqual([...ring.owners.subarray(0, 3)], [1, 0, 2]);
  });

  test('finds what libketama finds', () => {
    const keys = ['foo', 'bar', 'test', 'user-42'];
    assert.deepEqual(
      keys.slice(0, 3).map((key) => md5(key)[0]),
      [3675831724, 421377335, 3446378249],
    );
    assert.deepEqual(
      keys.map((key) => ring.owners[ring.pointAt(md5(key)[0])]),
      [1, 0, 2, 1],
    );
  });

  test('gives points by the share of all weights', () => {
    const { owners } = ketamaPoints([
      { name: 'a', weight: 3 },
      { name: 'b', weight: 1 },
    ]);
    assert.deepEqual([countOf(owners, 0), countOf(owners, 1)], [240, 80]);
  });
});

describe('the ring of Envoy', () => {
  const names = [90, 91, 92, 93, 94, 95].map((port) => `127.0.0.1:${port}`);
  const ring = new HashRing(envoyPoints(equal(...names), 12));
  const pointOf = (index: number): bigint => (BigInt(ring.highs[index] ?? 0) << 32n) | BigInt(ring.lows?.[index] ?? 0);
  const known: readonly (readonly [bigint, number])[] = [
    [833437586790550860n, 94],
    [928266305478181108n, 92],
    [1033482794131418490n, 90],
    [3551244743356806947n, 95],
    [3851675632748031481n, 93],
    [5583722120771150861n, 91],
    [6311230543546372928n, 91],
    [7700377290971790572n, 93],
    [13144177310400110813n, 95],
    [13444792449719432967n, 92],
    [15516499411664133160n, 94],
    [16117243373044804889n, 90],
  ];

  test('has the points of its own tests', () => {
    assert.deepEqual(
      known.map((_, index) => [pointOf(index), 90 + (ring.owners[index] ?? -1)]),
      known,
    );
    assert.equal(ring.highs.length, 12);
  });

  test('finds the first point at or after a hash of 64 bits', () => {
    const owner = (hash: bigint) => 90 + (ring.owners[ring.pointAt(Number(hash >> 32n), Number(hash & 0xffff_ffffn))] ?? -1);
    assert.equal(owner(0n), 94);
    assert.equal(owner(2n ** 64n - 1n), 94);
    assert.equal(owner(3551244743356806947n), 95);
    assert.equal(owner(3551244743356806948n), 93);
    assert.equal(owner(3551244743356806946n), 95);
  });

  test('has at least 1,024 points, in whole numbers for the lightest', () => {
    const { owners } = envoyPoints([
      { name: 'a', weight: 5 },
      { name: 'b', weight: 1 },
      { name: 'c', weight: 1 },
    ]);
    assert.deepEqual([countOf(owners, 0), countOf(owners, 1), countOf(owners, 2)], [735, 147, 147]);
  });

  test('orders points by all of their 64 bits', () => {
    const made = new HashRing({
      highs: Uint32Array.of(7, 7, 7, 5),
      lows: Uint32Array.of(9, 4_000_000_000, 1, 0),
      owners: Uint32Array.of(0, 1, 2, 3),
    });
    assert.deepEqual([...made.owners], [3, 2, 0, 1]);
    assert.equal(made.pointAt(7, 1), 1);
    assert.equal(made.pointAt(7, 2), 2);
    assert.equal(made.pointAt(7, 4_000_000_001), 0);
  });
});

describe('the ring of HAProxy', () => {
  const ring = new HashRing(haproxyPoints(equal('a', 'b', 'c')));

  test('has sixteen points for each unit of weight', () => {
    assert.equal(ring.highs.length, 48);
    assert.deepEqual([...ring.highs.subarray(0, 6)], [76442173, 372321919, 414606662, 494948004, 613276949, 643086982]);
    assert.deepEqual(
      [...ring.owners.subarray(0, 6)].map((owner) => owner + 1),
      [3, 3, 2, 1, 3, 1],
    );
  });

  test('finds the nearer point', () => {
    const idOf = (key: string) => 1 + (ring.owners[ring.nearestPoint(avalanche(sdbm(key)))] ?? -1);
    assert.deepEqual(['foo', 'bar', 'user-42', '/some/path'].map(idOf), [1, 3, 1, 2]);
  });

  test('goes around the circle to find it', () => {
    const made = new HashRing({ highs: Uint32Array.of(100, 4_294_967_000), owners: Uint32Array.of(0, 1) });
    assert.deepEqual(
      [0, 4_294_967_290, 4_294_967_098, 4_294_967_040, 98].map((hash) => made.owners[made.nearestPoint(hash)]),
      [0, 0, 1, 1, 0],
    );
    // As far from one as from the other.
    assert.equal(made.owners[made.nearestPoint(4_294_967_198)], 1);
  });

  test('does not let heavy servers take the numbers of others', () => {
    const { owners } = haproxyPoints([
      { name: 'a', weight: 1000 },
      { name: 'b', weight: 500 },
    ]);
    assert.deepEqual([countOf(owners, 0), countOf(owners, 1)], [4096, 2048]);
  });
});

describe('a ring', () => {
  test('keeps within its most points, in proportion, and leaves out none', () => {
    const members = [
      ...Array.from({ length: 20 }, (_, index) => ({ name: `m${index}:80`, weight: 1_000_000 })),
      { name: 'x', weight: 0.001 },
    ];
    for (const build of [nginxPoints, ketamaPoints, envoyPoints]) {
      const { owners } = build(members);
      assert.ok(owners.length <= mostRingPoints + 4 && owners.length > 3000);
      const counts = members.map((_, index) => countOf(owners, index));
      assert.ok(Math.max(...counts.slice(0, 20)) - Math.min(...counts.slice(0, 20)) <= 4);
      if (build !== envoyPoints) assert.ok((counts[20] ?? 0) >= 1);
    }
  });

  test('gives what two owners have to the first of them', () => {
    const made = new HashRing({ highs: Uint32Array.of(8, 5, 5), owners: Uint32Array.of(0, 1, 2) });
    assert.deepEqual([...made.owners], [1, 2, 0]);
    assert.equal(made.owners[made.pointAt(5)], 1);
  });

  test('finds what a search through all points finds', () => {
    const hash32 = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 0xffff_ffff }));
    fc.assert(
      fc.property(fc.array(fc.tuple(hash32, hash32), { minLength: 1, maxLength: 60 }), hash32, hash32, (points, high, low) => {
        const made = new HashRing({
          highs: Uint32Array.from(points, ([value]) => value),
          lows: Uint32Array.from(points, ([, value]) => value),
          owners: Uint32Array.from(points, (_, index) => index),
        });
        const sorted = points.map(([h, l], index) => ({ h, l, index })).sort((a, b) => a.h - b.h || a.l - b.l || a.index - b.index);
        const expected = sorted.find(({ h, l }) => h > high || (h === high && l >= low)) ?? sorted[0];
        assert.equal(made.owners[made.pointAt(high, low)], expected?.index);
      }),
      { seed: 0x5eed, numRuns: 500 },
    );
  });

  // The greatest share beside the average one, by members and points of each.
  const balance = [
    { members: 10, points: 40, rings: 100, expected: 1.25 },
    { members: 10, points: 160, rings: 100, expected: 1.13 },
    { members: 10, points: 1000, rings: 20, expected: 1.05 },
    { members: 100, points: 40, rings: 20, expected: 1.44 },
    { members: 100, points: 160, rings: 20, expected: 1.21 },
    { members: 100, points: 1000, rings: 5, expected: 1.09 },
  ];
  for (const { members, points, rings, expected } of balance) {
    test(`of ${members} with ${points} points each gives the luckiest ${expected} times its share on average`, () => {
      const sum = Array.from({ length: rings }, (_, salt) => greatestShare(members, points, salt)).reduce((one, other) => one + other, 0);
      assert.ok(Math.abs(sum / rings - expected) <= 0.02, `${sum / rings}`);
    });
  }
});

function greatestShare(count: number, points: number, salt: number): number {
  const members = Array.from({ length: count }, (_, index) => ({ name: `10.${salt}.0.${index}:80`, weight: points / 160 }));
  const { highs, owners } = new HashRing(nginxPoints(members));
  const lengths = new Array<number>(count).fill(0);
  let before = (highs.at(-1) ?? 0) - 2 ** 32;
  highs.forEach((point, index) => {
    const owner = owners[index] ?? 0;
    lengths[owner] = (lengths[owner] ?? 0) + point - before;
    before = point;
  });
  return (Math.max(...lengths) * count) / 2 ** 32;
}
