// The long form of test/chaos/overload.test.ts: a minute, in which memory that is not given back would show.
import { test } from 'node:test';
import { proveOverload } from '../support/overload/overload.ts';

const minute = { warmUp: 5000, lasts: 60_000, growth: 24 };

for (const workers of [1, 2]) {
  test(`twice the capacity is asked for during a minute, ${workers === 1 ? 'one worker' : 'two workers'}`, (t) =>
    proveOverload(t, { ...minute, workers, patience: () => 1500 }));
}

test('twice the capacity is asked for during a minute by clients who wait from one second to two', (t) =>
  proveOverload(t, { ...minute, workers: 2, patience: (random) => 1000 + 1000 * random() }));
