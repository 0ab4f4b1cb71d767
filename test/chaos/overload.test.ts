// Promise: when twice as much is asked for as endpoints can bear, goodput is at least nine tenths of what they can, what is served is in time,
// the rest is told at once when to come back, and memory stays flat. The minute of it is test/slow/overload.test.ts.
import { test } from 'node:test';
import { proveOverload, showContrast } from '../support/overload/overload.ts';

const load = { warmUp: 3000, patience: () => 1500, growth: 48 };

test('twice the capacity is asked for: nine tenths of it are of use, served in time, the others refused at once', (t) =>
  proveOverload(t, { ...load, workers: 2, lasts: 9000 }));

test('the same load without limits comes to nothing', (t) => showContrast(t, { ...load, workers: 1, lasts: 2000 }));
