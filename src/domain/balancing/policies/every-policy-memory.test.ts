// A pick allocates nothing: no object, no closure, no text, and no number with decimals that is handed from call to call. In a process of its
// own, where calls meet what they meet in a worker.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointsOf, times } from '../../../../test/support/endpoints.ts';
import { allocatedBytes } from '../../../../test/support/policies/allocated-bytes.ts';
import { Exchanges, pickerFor, requestsOf } from '../../../../test/support/policies/policy-runs.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import { allPolicies, policySettings } from '../policy-settings.ts';

const requests = requestsOf(1024);

for (const policy of allPolicies) {
  for (const size of [3, 100]) {
    test(`${policy.name} allocates nothing for a pick among ${size}`, () => {
      const clock = { now: 1_000_000 };
      const pool = endpointsOf(times(size, (index) => 1 + (index % 7)));
      const settings = policySettings.parse({ policy: policy.name });
      // The small pool has several workers, who take turns together.
      const turns = new Int32Array(new SharedArrayBuffer(4));
      const picker = pickerFor(policy, settings, pool, { random: seeded(1), clock, ...(size === 3 ? { turns } : {}) });
      // Endpoints are busy and known, as in a balancer at work.
      const exchanges = new Exchanges(picker, { clock, seed: 1, requests });
      for (let step = 0; step < 2000; step++) exchanges.step(2 * size);
      const bytes = allocatedBytes((picks) => {
        for (let pick = 0; pick < picks; pick++) picker.pick(itemAt(requests, pick & 1023));
      });
      assert.ok(bytes < 1, `${bytes} bytes`);
    });
  }
}
