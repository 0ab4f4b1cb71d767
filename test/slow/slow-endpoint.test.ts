// The long form of test/chaos/slow-endpoint.test.ts: one policy after the other, each with 500 requests a second for a minute. Simulated so, 90.91 %
// of answers come in time with turns, 99.09 % with two choices, 99.53 % with the fewest in flight and 99.96 % with measured latency.
import { test } from 'node:test';
import type { Policy, Success } from '../support/overload/slow-endpoint.ts';
import { assertSuccess, measureSlowness, policies } from '../support/overload/slow-endpoint.ts';

const least = { 'round-robin': 0.908, 'power-of-two-choices': 0.988, 'least-connections': 0.994, 'peak-ewma': 0.999 };

test('one of eleven endpoints takes two seconds longer for a minute, policy by policy', async (t) => {
  const successes = new Map<Policy, Success>();
  for (const policy of policies) {
    const measured = await measureSlowness(t, { policies: [policy], perSecond: 500, lasts: 60_000 });
    if (measured === undefined) return;
    for (const [name, success] of measured) successes.set(name, success);
  }
  assertSuccess(successes, least);
});
