// A thread that reads and writes a shared table at random, checks each value against its key, and ends or goes on until it is killed.
import { parentPort, workerData } from 'node:worker_threads';
import type { SharedTableShape } from '../../../src/foundation/algorithms/shared-table.ts';
import { SharedTable } from '../../../src/foundation/algorithms/shared-table.ts';
import { seeded } from '../../../src/foundation/basics/random.ts';

export interface SharedTableTask {
  readonly shape: SharedTableShape;
  readonly buffer: SharedArrayBuffer;
  readonly owner: number;
  readonly seed: number;
  /** Goes on until it is killed, once it has told what it saw. */
  readonly runsOn: boolean;
}

export interface SharedTableSeen {
  readonly found: number;
  /** Values that belong to another key. */
  readonly wrong: number;
  readonly written: number;
  /** Writes that were given up. */
  readonly givenUp: number;
}

/** Every combination of these words is a key, so that one half written looks like another. */
export const words = [0, 1, 2, 3, 4, 5, 6, 7];
export const expectedValue = (high: number, low: number): number => 1000 * high + low;

function hammer({ shape, buffer, owner, seed, runsOn }: SharedTableTask): void {
  const table = new SharedTable(shape, owner, buffer);
  const random = seeded(seed);
  const seen = { found: 0, wrong: 0, written: 0, givenUp: 0 };

  const step = (now: number): void => {
    const high = Math.floor(random() * words.length);
    const low = Math.floor(random() * words.length);
    const choice = random();
    if (choice < 0.4) {
      if (table.put(high, low, expectedValue(high, low), now)) seen.written++;
      else seen.givenUp++;
    } else if (choice < 0.45) {
      table.delete(high, low);
    } else {
      const value = choice < 0.7 ? table.get(high, low, now) : table.touch(high, low, now);
      if (value >= 0) seen.found++;
      if (value >= 0 && value !== expectedValue(high, low)) seen.wrong++;
    }
  };

  for (let now = 0; now < 150_000; now++) step(now);
  parentPort?.postMessage(seen);
  for (let now = 150_000; runsOn; now++) step(now);
}

// The test imports the names above and gives no task.
if (workerData !== null) hammer(workerData as SharedTableTask);
