// Keyed picks allocate nothing in any variant: nor later attempts, requests over the bound, and requests without a key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { allocatedBytes } from '../../../../test/support/policies/allocated-bytes.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import { buildPicker } from '../build-picker.ts';
import type { WrittenPolicySettings } from '../policy-settings.ts';
import { policySettings } from '../policy-settings.ts';

const variants: readonly WrittenPolicySettings[] = [
  { policy: 'consistent-hash', ring: 'nginx', boundedLoad: 1.05 },
  { policy: 'consistent-hash', ring: 'libketama' },
  { policy: 'consistent-hash', ring: 'envoy' },
  { policy: 'consistent-hash', ring: 'haproxy' },
  { policy: 'maglev', boundedLoad: 1.25, fallback: 'least-connections' },
  { policy: 'rendezvous', scores: 'fast' },
  { policy: 'rendezvous', scores: 'exact', fallback: 'random' },
  ...(['nginx', 'xxh32', 'murmur3', 'sdbm', 'djb2', 'wt6', 'jump'] as const).map(
    (method): WrittenPolicySettings => ({ policy: 'hash', method, avalanche: true }),
  ),
  'ip-hash',
];

const keys = times(256, (index) => `203.0.${index}.7`);

for (const written of variants) {
  const settings = policySettings.parse(written);
  test(`${Object.values(settings).join(' ')} allocates nothing for a pick`, () => {
    const pool = endpointsOf(times(30, (index) => 1 + (index % 7)));
    const picker = buildPicker(settings, pool, policyTools({ random: seeded(1) }));
    pool.forEach(({ load }, index) => {
      for (let held = 0; held < index % 5; held++) load.hold();
    });
    const requests = times(1024, (index) => ({ key: index % 5 === 4 ? undefined : keys[index & 255], attempt: index % 4 }));
    const bytes = allocatedBytes((picks) => {
      for (let pick = 0; pick < picks; pick++) picker.pick(itemAt(requests, pick & 1023));
    });
    assert.ok(bytes < 1, `${bytes} bytes`);
  });
}
