// The long form of test/chaos/flapping.test.ts: more flaps, and other ways of being ill.
import { describe, test } from 'node:test';
import type { Ill } from '../support/chaos/endpoint-process.ts';
import { proveFlapping } from '../support/chaos/flapping.ts';

const illnesses: readonly Ill[] = ['resets', 'errors', 'mute'];

describe('an endpoint is ill every other second', { concurrency: 2 }, () => {
  for (const ill of illnesses) {
    for (const isProbed of [false, true]) {
      test(`(${ill}${isProbed ? ', probed' : ''}): it is set aside for longer each time, and costs less`, (t) =>
        proveFlapping(t, { ill, isProbed, flaps: 8, baseEjection: 1000 }));
    }
  }
});
