// Promise: what one slow endpoint of eleven costs. Simulated with 200 requests a second for each policy, as here, 90.9 % of answers come in time
// with turns, 98.8 % with two choices, 99.4 % with the fewest in flight and 99.95 % with measured latency; in eight seconds a fifth of a percent
// more or less. The long form is test/slow/slow-endpoint.test.ts.
import { test } from 'node:test';
import { assertSuccess, measureSlowness, policies } from '../support/overload/slow-endpoint.ts';

const least = { 'round-robin': 0.905, 'power-of-two-choices': 0.98, 'least-connections': 0.99, 'peak-ewma': 0.997 };

test('one of eleven endpoints takes two seconds longer: policies that look send it little, and those that measure hardly anything', async (t) => {
  assertSuccess(await measureSlowness(t, { policies, perSecond: 200, lasts: 8000 }), least);
});
