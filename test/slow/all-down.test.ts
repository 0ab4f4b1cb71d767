// The long form of test/chaos/all-down.test.ts: what piles up a little with each client who is refused shows here.
import { test } from 'node:test';
import { disasters, proveAllDown } from '../support/chaos/all-down.ts';

for (const disaster of disasters) {
  test(`all endpoints are ${disaster.what}, while 15,000 clients come, and come back`, (t) =>
    proveAllDown(t, disaster, { requests: 1000, crowd: 15_000 }));
}
