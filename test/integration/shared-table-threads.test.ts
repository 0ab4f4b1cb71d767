// Eight threads read and write one small shared table while some of them die at any moment: nobody ever reads another key's value.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { SharedTable } from '../../src/foundation/algorithms/shared-table.ts';
import { milliseconds } from '../../src/foundation/basics/units.ts';
import type { SharedTableSeen, SharedTableTask } from '../support/threads/shared-table-worker.ts';
import { expectedValue, words } from '../support/threads/shared-table-worker.ts';

const threads = 8;
/** One bucket of eight entries, for 64 keys: everybody is in everybody's way. */
const shape = { capacity: 4, lifetime: milliseconds(1_000_000) };

/** Resolves when the thread is gone, with what it saw before. */
async function runToItsEnd(task: SharedTableTask): Promise<SharedTableSeen> {
  const thread = new Worker(new URL('../support/threads/shared-table-worker.ts', import.meta.url), { workerData: task });
  const gone = new Promise((resolve) => thread.on('exit', resolve));
  const seen = await new Promise<SharedTableSeen>((resolve, reject) => {
    thread.on('message', resolve);
    thread.on('error', reject);
  });
  // Wherever it is just now, with a bucket locked or not.
  if (task.runsOn) await thread.terminate();
  await gone;
  return seen;
}

test('a value read from a shared table is always the one of its key, whoever writes and whoever dies', async () => {
  const table = new SharedTable(shape, threads);
  const running = Array.from({ length: threads }, async (_, owner) => {
    const runsOn = owner % 2 === 0;
    const seen = await runToItsEnd({ shape, buffer: table.buffer, owner, seed: owner, runsOn });
    if (runsOn) table.releaseOwner(owner);
    return seen;
  });
  const all = await Promise.all(running);

  for (const [owner, { found, wrong, written }] of all.entries()) {
    assert.equal(wrong, 0, `thread ${owner} read ${wrong} values of other keys`);
    assert.ok(found > 0 && written > 0, `thread ${owner} found ${found} and wrote ${written}`);
  }

  // No lock is left, and no key is there twice.
  for (const high of words) {
    for (const low of words) {
      assert.equal(table.put(high, low, expectedValue(high, low), 400_000), true);
      assert.equal(table.get(high, low, 400_000), expectedValue(high, low));
    }
  }
  const counts = new Int32Array(8000);
  table.countValues(counts, 400_000);
  assert.deepEqual([Math.max(...counts), counts.reduce((sum, count) => sum + count, 0)], [1, 8]);
});
