// Who asks when.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

test('so many at once, and the others in the order in which they came', async () => {
  const turns = new Turns(2);
  const order: number[] = [];
  let most = 0;
  let now = 0;
  const work = async (number: number): Promise<void> => {
    using _ = await turns.take();
    order.push(number);
    most = Math.max(most, ++now);
    await new Promise((next) => setImmediate(next));
    now--;
  };
  await Promise.all(Array.from({ length: 20 }, (_, number) => work(number)));
  assert.equal(most, 2);
  assert.deepEqual(
    order,
    Array.from({ length: 20 }, (_, number) => number),
  );
  await work(20);
  assert.equal(now, 0);
});
