import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestartDelay } from './restart-delay.ts';

test('the first death is followed by a replacement at once, however young the worker was', () => {
  assert.equal(new RestartDelay().afterDeath(3), 0);
});

test('replacements that die young wait twice as long each time, up to five seconds', () => {
  const delay = new RestartDelay();
  delay.afterDeath(3);
  const delays = Array.from({ length: 8 }, () => delay.afterDeath(999));
  assert.deepEqual(delays, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
});

test('a replacement that lived a second is replaced at once, and the count begins anew', () => {
  const delay = new RestartDelay();
  delay.afterDeath(3);
  delay.afterDeath(3);
  delay.afterDeath(3);
  assert.equal(delay.afterDeath(1000), 0);
  assert.equal(delay.afterDeath(3), 100);
});

test('a worker that dies young for ever is still tried every five seconds', () => {
  const delay = new RestartDelay();
  for (let death = 0; death < 5000; death++) delay.afterDeath(0);
  assert.equal(delay.afterDeath(0), 5000);
});
