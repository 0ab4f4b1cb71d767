// What holds for all policies by which a key has its endpoint, in each of their variants.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { candidatesOf, endpointsOf, namedEndpoints, policyTools, times } from '../../../../test/support/endpoints.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import type { Endpoint } from '../../endpoints/endpoint.ts';
import { buildPicker } from '../build-picker.ts';
import type { Candidates, Picker } from '../policy.ts';
import type { WrittenPolicySettings } from '../policy-settings.ts';
import { policySettings } from '../policy-settings.ts';

interface Variant {
  readonly settings: WrittenPolicySettings;
  /** Part of all keys that move between endpoints that stay, when another one comes or goes. Undefined where nearly all do. */
  readonly astray?: number;
  /** Whether the order of the list matters. */
  readonly isOrdered?: boolean;
  /** By how much the share of an endpoint may be off, beside what chance does. */
  readonly unevenness: number;
}

const variants: readonly Variant[] = [
  { settings: { policy: 'consistent-hash', ring: 'nginx' }, astray: 0, unevenness: 0.35 },
  { settings: { policy: 'consistent-hash', ring: 'libketama' }, astray: 0, unevenness: 0.35 },
  // Its ring keeps its size: whoever comes takes points away from the others, not only keys.
  { settings: { policy: 'consistent-hash', ring: 'envoy' }, astray: 0.05, unevenness: 0.35 },
  { settings: { policy: 'consistent-hash', ring: 'haproxy' }, isOrdered: true, unevenness: 1 },
  { settings: 'maglev', astray: 0.01, unevenness: 0.01 },
  { settings: 'rendezvous', astray: 0, unevenness: 0 },
  { settings: { policy: 'rendezvous', scores: 'exact' }, astray: 0, unevenness: 0 },
  ...(['nginx', 'xxh32', 'murmur3', 'sdbm', 'djb2', 'wt6', 'jump'] as const).map(
    (method): Variant => ({ settings: { policy: 'hash', method, avalanche: true }, isOrdered: true, unevenness: 0 }),
  ),
  { settings: 'ip-hash', isOrdered: true, unevenness: 0.1 },
];

const build = ({ settings }: Variant, pool: Candidates, seed = 1): Picker =>
  buildPicker(policySettings.parse(settings), pool, policyTools({ random: seeded(seed) }));
const nameOf = ({ settings }: Variant): string => (typeof settings === 'string' ? settings : Object.values(settings).join(' '));
const ids = times(20, (index) => `10.0.${index}.1:8080`);
/** Addresses, which every policy has a use for. */
const keys = times(4000, (index) => {
  const mixed = Math.imul(index + 1, 0x9e37_79b1) >>> 0;
  return `${mixed >>> 24}.${(mixed >>> 16) & 255}.${(mixed >>> 8) & 255}.${mixed & 255}`;
});
const placesOf = (picker: Picker, attempt = 0): Endpoint[] => keys.map((key) => picker.pick({ key, attempt }));

for (const variant of variants) {
  describe(nameOf(variant), () => {
    test('walks to each endpoint once, whoever is asked in between', () => {
      const attempts = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }));
      fc.assert(
        fc.property(attempts, ([count, asked]) => {
          const pool = namedEndpoints(
            ids.slice(0, count),
            times(count, (index) => 1 + (index % 3)),
          );
          const picker = build(variant, pool);
          const alone = times(4, (which) => times(count, (attempt) => build(variant, pool).pick({ key: keys[which], attempt })));
          for (const walk of alone) assert.equal(new Set(walk).size, count);
          const next = [0, 0, 0, 0];
          for (const which of asked) {
            const attempt = next[which] ?? 0;
            next[which] = attempt + 1;
            assert.equal(picker.pick({ key: keys[which], attempt }), alone[which]?.[attempt % count]);
          }
        }),
        { seed: 0x5eed, numRuns: 12 },
      );
    });

    test('gives a key the same endpoint on every instance, whatever its chance and history', () => {
      const pool = namedEndpoints(ids);
      const one = build(variant, pool, 1);
      const other = build(variant, pool, 2);
      times(100, () => other.pick({ key: undefined, attempt: 0 }));
      for (const attempt of [0, 1, 5]) {
        assert.deepEqual(placesOf(other, attempt).toReversed(), placesOf(one, attempt).toReversed());
      }
    });

    test('gives endpoints the share of their weight', () => {
      if (nameOf(variant).includes('jump')) return;
      const weights = times(8, (index) => 1 + (index % 3));
      const pool = namedEndpoints(ids.slice(0, 8), weights);
      const picks = placesOf(build(variant, pool));
      pool.forEach((endpoint, index) => {
        const expected = (keys.length * (weights[index] ?? 0)) / 15;
        const count = picks.filter((picked) => picked === endpoint).length;
        const allowed = 3.5 * Math.sqrt(expected) + variant.unevenness * expected;
        assert.ok(Math.abs(count - expected) <= allowed, `${count} instead of ${expected}`);
      });
    });

    test('bears keys of 8 KiB and of any byte', () => {
      const pool = namedEndpoints(ids);
      const picker = build(variant, pool);
      const bytes = String.fromCharCode(...times(256, (code) => code));
      for (const key of ['\0', bytes, bytes.repeat(32), 'é'.repeat(8192)]) {
        const picked = times(20, (attempt) => picker.pick({ key, attempt }));
        assert.equal(new Set(picked).size, 20);
        assert.equal(picker.pick({ key, attempt: 0 }), picked[0]);
      }
    });

    test('balances requests without a key', () => {
      const pool = namedEndpoints(ids);
      const picker = build(variant, pool);
      assert.equal(new Set(times(20, () => picker.pick({ key: undefined, attempt: 0 }))).size, 20);
    });

    if (variant.isOrdered !== true) {
      test('does not depend on the order of the list', () => {
        const pool = namedEndpoints(
          ids,
          times(20, (index) => 1 + (index % 3)),
        );
        const shuffled = candidatesOf([...pool.slice(7).toReversed(), ...pool.slice(0, 7)]);
        for (const attempt of [0, 1, 19]) {
          assert.deepEqual(placesOf(build(variant, shuffled), attempt), placesOf(build(variant, pool), attempt));
        }
      });
    }

    const { astray } = variant;
    if (astray !== undefined) {
      test('moves keys only to an endpoint that comes, and only those of one that goes', () => {
        const many = namedEndpoints(ids);
        for (const newcomer of [many[0], many[7], many[19]]) {
          const few = candidatesOf(many.filter((endpoint) => endpoint !== newcomer));
          const before = placesOf(build(variant, few));
          const after = placesOf(build(variant, many));
          const moved = keys.filter((_, index) => before[index] !== after[index]).length;
          const arrived = after.filter((endpoint) => endpoint === newcomer).length;
          assert.ok(moved - arrived <= astray * keys.length, `${moved - arrived} went astray`);
          const expected = keys.length / 20;
          assert.ok(Math.abs(arrived - expected) <= 3 * Math.sqrt(expected) + variant.unevenness * expected, `${arrived} of ${expected}`);
        }
      });

      if (astray === 0) {
        test('has the key of an endpoint that goes where its next attempt would be', () => {
          const many = namedEndpoints(ids);
          const picker = build(variant, many);
          const gone = many[4];
          const left = build(variant, candidatesOf(many.filter((endpoint) => endpoint !== gone)));
          for (const key of keys) {
            if (picker.pick({ key, attempt: 0 }) !== gone) continue;
            assert.equal(left.pick({ key, attempt: 0 }), picker.pick({ key, attempt: 1 }));
          }
        });
      }
    }
  });
}

test('a limit may be set for every keyed policy', () => {
  for (const { settings } of variants) {
    const written = typeof settings === 'string' ? { policy: settings } : settings;
    const pool = endpointsOf([1, 1, 1]);
    const picker = buildPicker(policySettings.parse({ ...written, boundedLoad: 1.25 }), pool, policyTools());
    for (let index = 0; index < 30; index++) picker.pick({ key: '10.0.0.1', attempt: 0 }).load.hold();
    for (const { load } of pool) assert.ok(load.inFlight <= 13 && load.inFlight >= 4);
  }
});
