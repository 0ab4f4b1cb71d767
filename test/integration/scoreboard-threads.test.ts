// Eight threads count on one scoreboard while some of them die at any moment: what is in flight stays exact.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { endpointCounter, Scoreboard } from '../../src/domain/endpoints/scoreboard.ts';
import type { ScoreboardTask } from '../support/scoreboard-worker.ts';

const shape = { workers: 8, endpoints: 3, listeners: 1, pools: 1 };
const ends: readonly ScoreboardTask['end'][] = ['leave', 'run', 'exit', 'leave', 'run', 'throw', 'leave', 'run'];
const endpoints = Array.from({ length: shape.endpoints }, (_, slot) => slot);

/** Resolves when the thread is gone, with what it said it held. */
async function runToItsEnd(task: ScoreboardTask): Promise<readonly number[]> {
  const thread = new Worker(new URL('../support/scoreboard-worker.ts', import.meta.url), { workerData: task });
  // A thread that throws is meant to; `once` would pass the error on.
  thread.on('error', () => {});
  const gone = new Promise((resolve) => thread.on('exit', resolve));
  const held = await new Promise<readonly number[]>((resolve, reject) => {
    thread.on('message', resolve);
    thread.on('exit', () => reject(new Error('The thread ended before it said what it held')));
  });
  // Wherever it is just now, between two steps or within one.
  if (task.end === 'run') await thread.terminate();
  await gone;
  return held;
}

test('requests in flight are exact after threads died at any moment and were taken off', async () => {
  const board = new Scoreboard(shape);
  const left = new Array<readonly number[]>(shape.workers);

  for (const round of [0, 1]) {
    const running = ends.map(async (end, worker) => {
      const held = await runToItsEnd({ shape, buffer: board.buffer, worker, seed: 100 * round + worker, end });
      // Taken off while the other threads go on counting, as the supervisor does; so is a worker's first life before its second.
      if (end !== 'leave' || round === 0) board.clearWorker(worker);
      else left[worker] = held;
    });
    await Promise.all(running);

    const expected = endpoints.map((slot) => left.reduce((sum, held) => sum + (held[slot] ?? 0), 0));
    assert.deepEqual(
      endpoints.map((slot) => board.inFlight(slot)),
      expected,
    );
  }

  left.forEach((held, worker) => {
    assert.deepEqual([...board.stripe(worker)], held);
    assert.ok(held.some((count) => count > 0));
  });
  for (const worker of ends.keys()) board.clearWorker(worker);
  for (const slot of endpoints) {
    assert.equal(board.inFlight(slot), 0);
    assert.ok((board.endpointRow(0, slot)[endpointCounter.attempts] ?? 0) > 0);
  }
});
