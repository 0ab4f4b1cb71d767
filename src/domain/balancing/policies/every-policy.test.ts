// What all policies must do. The list is read, not repeated: a new policy is tested by being on it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countPicks, endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import { buildPicker } from '../build-picker.ts';
import type { Picker } from '../policy.ts';
import { allPolicies, policySettings } from '../policy-settings.ts';

const pickFrom =
  (picker: Picker) =>
  (index: number): ReturnType<Picker['pick']> =>
    picker.pick({ key: `key-${Math.imul(index, 0x9e37_79b1) >>> 0}`, attempt: 0 });

// Both sides of the size at which some policies change their way of choosing.
const sizes = [2, 3, 64, 65, 200];

for (const policy of allPolicies) {
  describe(policy.name, () => {
    // Every policy must work with no options given.
    const settings = policySettings.parse({ policy: policy.name });

    test('copes with a single endpoint', () => {
      const pool = endpointsOf([1]);
      const picker = buildPicker(settings, pool, policyTools({ random: seeded(1) }));
      for (const picked of times(10, pickFrom(picker))) assert.equal(picked, pool[0]);
    });

    for (const size of sizes) {
      const mixed = times(size, (index) => 1 + (index % 3));

      test(`picks only from its candidates, of ${size}`, () => {
        const pool = endpointsOf(mixed);
        const picker = buildPicker(settings, pool, policyTools({ random: seeded(size) }));
        for (const picked of times(1000, pickFrom(picker))) assert.ok(pool.includes(picked));
      });

      test(`leaves out none of ${size} candidates`, () => {
        const pool = endpointsOf(mixed);
        const picker = buildPicker(settings, pool, policyTools({ random: seeded(size) }));
        assert.equal(new Set(times(size * 40, pickFrom(picker))).size, size);
      });

      test(`picks the same again with the same seed, of ${size}`, () => {
        const pool = endpointsOf(mixed);
        const run = (): string[] => {
          const picker = buildPicker(settings, pool, policyTools({ random: seeded(42) }));
          return times(300, pickFrom(picker)).map(({ id }) => id);
        };
        assert.deepEqual(run(), run());
      });

      test(`begins somewhere else with another seed, of ${size}`, () => {
        const pool = endpointsOf(mixed);
        const firsts = times(200, (seed) => pickFrom(buildPicker(settings, pool, policyTools({ random: seeded(seed) })))(seed));
        assert.ok(new Set(firsts).size > 1);
      });

      if (policy.honoursWeights) {
        test(`gives ${size} candidates shares by weight`, () => {
          const pool = endpointsOf(mixed);
          const rounds = 400;
          const total = mixed.reduce((sum, weight) => sum + weight, 0);
          const picks = times(rounds * total, pickFrom(buildPicker(settings, pool, policyTools({ random: seeded(size) }))));
          countPicks(pool, picks).forEach((count, index) => {
            const expected = rounds * (mixed[index] ?? 0);
            // Five standard deviations of a draw: exact turns lie far inside, and so does a fair draw.
            assert.ok(Math.abs(count - expected) < 5 * Math.sqrt(expected), `${count} picks instead of ${expected} for ${index}`);
          });
        });
      }
    }
  });
}
