// The long form of test/integration/leaks.test.ts: what leaves a trace once in ten thousand exchanges shows here.
import { test } from 'node:test';
import { assertNoLeaks } from '../support/leaks/no-leaks.ts';

test('100,000 exchanges with random ends on both sides leave nothing behind', async () => {
  await assertNoLeaks({ exchanges: 100_000, seed: 3 });
});
