// The long form of test/chaos/sick-endpoint.test.ts: one in a thousand, counted in twenty thousand.
import { describe, test } from 'node:test';
import { byProbe, byTraffic, faults, proveSick } from '../support/chaos/sick-endpoint.ts';

const weight = { before: 2000, after: 20_000 };

describe('one of five endpoints under 20,000 safe requests: at most one in a thousand is lost, no order is sent twice', () => {
  for (const fault of faults) {
    test(`it is ${fault.what}, and probed`, (t) => proveSick(t, fault, byProbe, weight));
    test(`it is ${fault.what}, which its traffic shows`, (t) => proveSick(t, fault, byTraffic, weight));
  }
});
