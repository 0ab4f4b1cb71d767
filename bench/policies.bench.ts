// What a pick costs, for every policy, with 3, 100 and 1,000 endpoints of different weights, some load everywhere and something learned; and
// what it costs to build a picker, which is done off the way of requests. Names of policies as arguments measure only those.
import { allPolicies, policySettings } from '../src/domain/balancing/policy-settings.ts';
import { itemAt } from '../src/foundation/basics/item-at.ts';
import { seeded } from '../src/foundation/basics/random.ts';
import { endpointsOf, times } from '../test/support/endpoints.ts';
import { Exchanges, pickerFor, requestsOf } from '../test/support/policies/policy-runs.ts';
import type { MicroCase } from './micro.ts';
import { measure, processorTime } from './micro.ts';

/** By the number of endpoints, the nanoseconds that a pick may take. */
const goals = new Map([
  [3, 1000],
  [100, 1000],
  [1000, 5000],
]);
const requests = requestsOf(1024);
const buildMilliseconds = 40;

type Policy = (typeof allPolicies)[number];

function caseOf(policy: Policy, count: number, nanoseconds: number): MicroCase {
  const pool = endpointsOf(times(count, (index) => 1 + (index % 7)));
  const settings = policySettings.parse(policy.name);
  const clock = { now: 1_000_000 };
  const build = () => pickerFor(policy, settings, pool, { random: seeded(1), clock });
  const picker = build();
  const exchanges = new Exchanges(picker, { clock, seed: 1, requests });
  // As in a balancer at work: as many run as there are endpoints, and what has been learned so far is there to be used.
  for (let step = 0; step < 1000 + 4 * count; step++) exchanges.step(count);
  picker.refresh?.(clock.now);
  return {
    name: `${policy.name}, ${count} endpoints`,
    run: (calls) => {
      let sum = 0;
      for (let call = 0; call < calls; call++) sum += picker.pick(itemAt(requests, call & 1023)).load.slot;
      return sum;
    },
    goal: { nanoseconds, bytes: 0 },
    note: `built in ${timeOf(build).toFixed(2)} ms`,
  };
}

/** Milliseconds of processor time for each call, of as many as fill a while. */
function timeOf(work: () => unknown): number {
  work();
  const started = processorTime();
  let calls = 0;
  while (calls === 0 || processorTime() - started < 1000 * buildMilliseconds) {
    work();
    calls++;
  }
  return (processorTime() - started) / 1000 / calls;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !allPolicies.some((policy) => policy.name === name));
if (unknown.length > 0)
  throw new Error(`There is no policy ${unknown.join(', ')}: the policies are ${allPolicies.map(({ name }) => name).join(', ')}`);

const chosen = allPolicies.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const cases = chosen.flatMap((policy) => [...goals].map(([count, nanoseconds]) => caseOf(policy, count, nanoseconds)));
const missed = measure('One pick', cases);
console.log(missed === 0 ? 'Every goal is reached.' : `${missed} of ${cases.length} goals are missed.`);
