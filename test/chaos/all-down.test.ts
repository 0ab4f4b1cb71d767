// Promise: while all endpoints are down, clients are refused at once and told when to come back, and nothing piles up; when the endpoints are
// back, service is full within one rise period, and the first one back is not run over. The long form is test/slow/all-down.test.ts.
import { test } from 'node:test';
import { disasters, proveAllDown } from '../support/chaos/all-down.ts';

for (const disaster of disasters) {
  test(`all endpoints are ${disaster.what}, and come back: refused at once, then served in full, and nobody is run over`, (t) =>
    proveAllDown(t, disaster, { requests: 400, crowd: 500 }));
}
