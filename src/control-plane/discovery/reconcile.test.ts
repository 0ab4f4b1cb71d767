// From what sources say to endpoints.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { endpointsIn, withFound } from './reconcile.ts';

const defaults = { weight: 1, maxConnections: Number.POSITIVE_INFINITY, backup: false, maxEndpoints: 100 };
const found = (entries: readonly unknown[], given: Partial<typeof defaults> = {}) => endpointsIn(entries, { ...defaults, ...given }, []);
const ids = (entries: readonly unknown[], given?: Partial<typeof defaults>) => found(entries, given).endpoints.map(({ id }) => id);

describe('entries of a source', () => {
  test('in any order, and however often, are the same endpoints in the same order', () => {
    const all = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.10:80', '[::1]:80', 'unix:/run/a.sock', 'b.internal:80'];
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all), (shuffled, again) => {
        assert.deepEqual(ids([...shuffled, ...again]), all.toSorted());
      }),
      { seed: 1 },
    );
  });

  test('one endpoint in two ways of writing is one', () => {
    assert.deepEqual(ids(['[0:0::1]:80', '[::1]:80', 'WEB.internal:80', 'web.internal:80']), ['[::1]:80', 'web.internal:80']);
  });

  test('are what a document may write, with what it says where they say nothing', () => {
    const entries = [
      '10.0.0.1:80',
      { address: '10.0.0.2:80', weight: 5, metadata: { version: 'v2' } },
      { address: '10.0.0.3:80', capacity: 7 },
    ];
    const { endpoints } = found(entries, { weight: 2, maxConnections: 9, backup: true });
    assert.deepEqual(
      endpoints.map(({ weight, capacity, maxConnections, backup, metadata }) => ({ weight, capacity, maxConnections, backup, metadata })),
      [
        { weight: 2, capacity: undefined, maxConnections: 9, backup: true, metadata: {} },
        { weight: 5, capacity: undefined, maxConnections: 9, backup: true, metadata: { version: 'v2' } },
        { weight: 1, capacity: 7, maxConnections: 9, backup: true, metadata: {} },
      ],
    );
  });

  test('that are none are left out, and named with the reason', () => {
    const { endpoints, faults, faulty } = found([
      '10.0.0.1',
      7,
      null,
      { address: '10.0.0.2:80', wieght: 3 },
      { address: '10.0.0.4:80', weight: -1 },
      '10.0.0.3:80',
    ]);
    assert.deepEqual(
      endpoints.map(({ id }) => id),
      ['10.0.0.3:80'],
    );
    assert.equal(faulty, 5);
    const forms = 'expected an address such as 10.0.0.1:8080, localhost:3001, [::1]:80 or unix:/run/app.sock';
    assert.equal(faults[0], `entry 1: ${forms}, got "10.0.0.1"`);
    assert.equal(faults[1], `entry 2: ${forms}, or a section with address and weight, got 7`);
    assert.equal(faults[2], `entry 3: ${forms}, or a section with address and weight, got nothing`);
    assert.match(faults[3] ?? '', /^entry 4: unknown key "wieght"; allowed are address, weight/);
    assert.equal(faults[4], 'entry 5: weight: expected a number from 0.001 to 1000000, or 0 for an endpoint that gets nothing new, got -1');
    assert.equal(found(Array.from({ length: 50 }, () => 'x')).faults.length, 5, 'some of them are enough');
  });

  test('that are too many: those that are there stay', () => {
    const before = found(['10.0.0.8:80', '10.0.0.9:80']).endpoints;
    const entries = Array.from({ length: 10 }, (_, index) => `10.0.0.${index}:80`);
    const { endpoints, beyond } = endpointsIn(entries, { ...defaults, maxEndpoints: 3 }, before);
    assert.deepEqual(
      endpoints.map(({ id }) => id),
      ['10.0.0.0:80', '10.0.0.8:80', '10.0.0.9:80'],
    );
    assert.equal(beyond, 7);
    assert.deepEqual(
      ids(entries.toReversed(), { maxEndpoints: 2 }),
      ['10.0.0.0:80', '10.0.0.1:80'],
      'and of others the first, in whatever order they come',
    );
  });

  test('cannot reach what every object has', () => {
    const { endpoints, faulty } = found([JSON.parse('{"address":"10.0.0.1:80","__proto__":{"weight":9}}')]);
    assert.deepEqual([endpoints.map(({ weight }) => weight), faulty], [[1], 0]);
    assert.equal(Object.hasOwn(Object.prototype, 'weight'), false);
  });
});

test('what the document names comes first and is what it says', () => {
  const named = found([{ address: '10.0.0.2:80', weight: 7 }]).endpoints;
  const all = withFound(named, found(['10.0.0.1:80', '10.0.0.2:80']).endpoints);
  assert.deepEqual(
    all.map(({ id, weight }) => [id, weight]),
    [
      ['10.0.0.2:80', 7],
      ['10.0.0.1:80', 1],
    ],
  );
});
