// Promise: when one of five endpoints falls ill, whatever the illness, it is found out in the configured time; after that at most one safe
// request in a thousand is lost, and no order is ever sent twice. The long form is test/slow/sick-endpoint.test.ts.
import { describe, test } from 'node:test';
import { byProbe, byTraffic, faults, proveSick } from '../support/chaos/sick-endpoint.ts';

const weight = { before: 300, after: 1500 };

describe('one of five endpoints, which are probed, under load: found in time, hardly a safe request lost, no order sent twice', () => {
  for (const fault of faults) test(`it is ${fault.what}`, (t) => proveSick(t, fault, byProbe, weight));
});

describe('the same by nothing but its traffic', () => {
  const some = ['resetting connections', 'accepting and never answering', 'sending garbage'];
  for (const fault of faults) if (some.includes(fault.what)) test(`it is ${fault.what}`, (t) => proveSick(t, fault, byTraffic, weight));
});
