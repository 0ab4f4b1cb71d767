// Promise: an endpoint that flaps is set aside for longer each time, so the share of requests that it costs falls, and no order is ever
// sent twice. The long form is test/slow/flapping.test.ts.
import { describe, test } from 'node:test';
import { proveFlapping } from '../support/chaos/flapping.ts';

// Both take their time by the clock, and little of the machine.
describe('an endpoint resets connections every other second', { concurrency: true }, () => {
  for (const isProbed of [false, true]) {
    test(`${isProbed ? 'and is probed' : 'and nobody asks it'}: it is set aside for longer each time, and costs less`, (t) =>
      proveFlapping(t, { ill: 'resets', isProbed, flaps: 6, baseEjection: 600 }));
  }
});
