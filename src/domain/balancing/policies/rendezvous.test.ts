// What is known of some keys, that ranks do not depend on who else is there, and that weights move as little as they can.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { candidatesOf, namedEndpoints, policyTools, times } from '../../../../test/support/endpoints.ts';
import type { Candidates, Picker } from '../policy.ts';
import { rendezvous } from './rendezvous.ts';

const build = (pool: Candidates, scores: 'fast' | 'exact'): Picker =>
  rendezvous.build(pool, { key: ['client'], fallback: 'random', boundedLoad: 0, scores }, policyTools());
const ids = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80'];
const keys = ['foo', 'bar', 'user-42', '/some/path'];
const hostsOf = (picker: Picker): number[] => keys.map((key) => ids.indexOf(picker.pick({ key, attempt: 0 }).id) + 1);

describe('rendezvous', () => {
  test('finds what the definition finds, with exact scores', () => {
    assert.deepEqual(hostsOf(build(namedEndpoints(ids), 'exact')), [1, 3, 2, 2]);
    assert.deepEqual(hostsOf(build(namedEndpoints(ids, [3, 1, 1]), 'exact')), [1, 3, 1, 1]);
  });

  test("finds what Envoy's formula finds, with fast ones", () => {
    assert.deepEqual(hostsOf(build(namedEndpoints(ids), 'fast')), [3, 3, 3, 2]);
  });

  for (const scores of ['fast', 'exact'] as const) {
    const names = times(12, (index) => `10.0.${index}.1:80`);

    test(`ranks any part of the endpoints as among all, with ${scores} scores`, () => {
      const pool = namedEndpoints(
        names,
        names.map((_, index) => 1 + (index % 4)),
      );
      const all = build(pool, scores);
      const walkOf = (picker: Picker, key: string, count: number): string[] => times(count, (attempt) => picker.pick({ key, attempt }).id);
      fc.assert(
        fc.property(fc.subarray([...pool], { minLength: 1 }), fc.string({ minLength: 1 }), (part, key) => {
          const present = new Set(part.map(({ id }) => id));
          const expected = walkOf(all, key, 12).filter((id) => present.has(id));
          assert.deepEqual(walkOf(build(candidatesOf(part), scores), key, part.length), expected);
        }),
        { seed: 0x5eed, numRuns: 150 },
      );
    });

    test(`moves keys to an endpoint that weighs more, as many as its share grows, with ${scores} scores`, () => {
      const made = times(20_000, (index) => `key-${index}`);
      const before = build(namedEndpoints(names), scores);
      const after = build(
        namedEndpoints(
          names,
          names.with(3, '').map((name) => (name === '' ? 2 : 1)),
        ),
        scores,
      );
      let moved = 0;
      for (const key of made) {
        const request = { key, attempt: 0 };
        const { id } = after.pick(request);
        if (id === before.pick(request).id) continue;
        assert.equal(id, names[3]);
        moved++;
      }
      const expected = made.length * (2 / 13 - 1 / 12);
      assert.ok(Math.abs(moved - expected) < 3 * Math.sqrt(expected), `${moved} instead of ${expected}`);
    });

    test(`spreads 20,000 keys evenly over three, with ${scores} scores`, () => {
      const picker = build(namedEndpoints(ids), scores);
      const counts = [0, 0, 0];
      for (let index = 0; index < 20_000; index++) {
        const place = ids.indexOf(picker.pick({ key: `key-${index}`, attempt: 0 }).id);
        counts[place] = (counts[place] ?? 0) + 1;
      }
      for (const count of counts) assert.ok(Math.abs(count - 6667) <= 200, `${counts}`);
    });
  }
});
