// Promise: what one slow endpoint of eleven costs. Simulated with 100 requests a second for each policy, as here, 90.9 % of answers come in time
// with turns, 98.5 % with two choices, 99.25 % with the fewest in flight and all with measured latency; in twelve seconds a third of a percent
// more or less. The long form is test/slow/slow-endpoint.test.ts.
import { test } from 'node:test';
import { assertSuccess, measureSlowness, policies } from '../support/overload/slow-endpoint.ts';

const least = { 'round-robin': 0.905, 'power-of-two-choices': 0.975, 'least-connections': 0.985, 'peak-ewma': 0.995 };

test('one of eleven endpoints takes two seconds longer: policies that look send it little, and those that measure hardly anything', async (t) => {
  const successes = await measureSlowness(t, { policies, perSecond: 100, lasts: 12_000 });
  if (successes !== undefined) assertSuccess(successes, least);
});
