// What a pick costs, for every policy, with 3, 64, 100 and 1,000 endpoints, of equal and of different weights.
// To reach: below 1 µs with 100 endpoints and 5 µs with 1,000, and nothing allocated.
import { buildPicker } from '../src/domain/balancing/build-picker.ts';
import { allPolicies, policySettings } from '../src/domain/balancing/policy-settings.ts';
import { seeded } from '../src/foundation/basics/random.ts';
import { endpointsOf, policyTools, times } from '../test/support/endpoints.ts';
import type { MicroCase } from './micro.ts';
import { measure } from './micro.ts';

const weightings = {
  equal: () => 1,
  mixed: (index: number) => 1 + (index % 7),
};

function caseOf(policy: string, count: number, weighting: keyof typeof weightings): MicroCase {
  const pool = endpointsOf(times(count, weightings[weighting]));
  const picker = buildPicker(policySettings.parse(policy), pool, policyTools({ random: seeded(1), now: () => performance.now() }));
  // Some load everywhere, as in a balancer at work.
  pool.forEach((endpoint, index) => {
    for (let held = 0; held <= index % 5; held++) endpoint.load.hold();
  });
  const request = { key: 'session-12345', attempt: 0 };
  return {
    name: `${policy}, ${count} endpoints, ${weighting} weights`,
    run: (calls) => {
      let sum = 0;
      for (let call = 0; call < calls; call++) sum += picker.pick(request).load.slot;
      return sum;
    },
  };
}

const cases = allPolicies.flatMap(({ name }) =>
  [3, 64, 100, 1000].flatMap((count) => [caseOf(name, count, 'equal'), caseOf(name, count, 'mixed')]),
);
measure('One pick', cases);
