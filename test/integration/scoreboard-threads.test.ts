// Eight threads count on one scoreboard while some of them die at any moment: what is in flight stays exact. So it does when balancers take
// endpoints there that come, go and change weights; and no endpoint ever has more than it may.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { endpointControl, endpointCounter, endpointState, Scoreboard } from '../../src/domain/endpoints/scoreboard.ts';
import { seeded } from '../../src/foundation/basics/random.ts';
import type { BalancingTask } from '../support/threads/balancing-worker.ts';
import { Admissions } from '../support/threads/balancing-worker.ts';
import type { ScoreboardTask } from '../support/threads/scoreboard-worker.ts';

const shape = { workers: 8, endpoints: 3, listeners: 1, pools: 1 };
const ends: readonly ScoreboardTask['end'][] = ['leave', 'run', 'exit', 'leave', 'run', 'throw', 'leave', 'run'];
const endpoints = Array.from({ length: shape.endpoints }, (_, slot) => slot);

/** Resolves when the thread is gone, with what it said it held. */
async function runToItsEnd(task: ScoreboardTask): Promise<readonly number[]> {
  const thread = new Worker(new URL('../support/threads/scoreboard-worker.ts', import.meta.url), { workerData: task });
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

const limits = [5, 3, 9, 1, 40];
const balancedShape = { workers: 8, endpoints: limits.length, listeners: 0, pools: 1 };

/** A thread that balances, and what it has told. */
class BalancingThread {
  readonly gone: Promise<unknown>;
  readonly #thread: Worker;
  #isFull = false;
  #held: readonly number[] | undefined = undefined;

  constructor(task: BalancingTask) {
    this.#thread = new Worker(new URL('../support/threads/balancing-worker.ts', import.meta.url), { workerData: task });
    this.#thread.on('error', () => {});
    this.#thread.on('message', (told: 'full' | readonly number[]) => {
      if (told === 'full') this.#isFull = true;
      else this.#held = told;
    });
    this.gone = new Promise((resolve) => this.#thread.on('exit', resolve));
  }

  /** It found every endpoint full once, and goes on. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** What it held when it left; undefined for one that died. */
  get held(): readonly number[] | undefined {
    return this.#held;
  }

  kill(): void {
    void this.#thread.terminate();
  }
}

class BalancedBoard {
  readonly board = new Scoreboard(balancedShape);
  readonly admitted = new SharedArrayBuffer(Admissions.sizeOf(balancedShape));
  readonly admissions = new Admissions(balancedShape, this.admitted);
  readonly random = seeded(20_26);
  changes = 0;

  /** One endpoint goes, comes or gets another weight, as the control plane writes it. */
  change(): void {
    const controls = this.board.controls(Math.floor(this.random() * limits.length));
    if (this.random() < 0.5) {
      const states = [endpointState.up, endpointState.up, endpointState.draining, endpointState.down];
      controls[endpointControl.state] = states[Math.floor(this.random() * states.length)] ?? endpointState.up;
    } else {
      controls[endpointControl.weight] = Math.floor(this.random() * 4);
      controls[endpointControl.hasWeight] = 1;
    }
    this.board.raiseRevision(0);
    this.changes++;
  }

  /** As it was at the start: whoever begins now finds all of them. */
  restore(): void {
    limits.forEach((_, slot) => void this.board.controls(slot).fill(0));
    this.board.raiseRevision(0);
  }

  clear(worker: number): void {
    this.admissions.clear(worker);
    this.board.clearWorker(worker);
  }

  begin(round: number): readonly BalancingThread[] {
    return ends.map(
      (end, worker) =>
        new BalancingThread({
          shape: balancedShape,
          board: this.board.buffer,
          admitted: this.admitted,
          worker,
          seed: 1000 * round + worker,
          limits,
          end,
        }),
    );
  }
}

test('balancers of eight threads hold exactly what the scoreboard says, and never more than an endpoint may have', async () => {
  const world = new BalancedBoard();
  const { board, admissions } = world;
  for (const round of [0, 1, 2]) {
    const threads = world.begin(round);
    let running = threads.length;
    threads.forEach((thread, worker) => {
      void thread.gone.then(() => {
        running--;
        // Taken off while the others go on, as the supervisor does.
        if (thread.held === undefined) world.clear(worker);
      });
    });
    const killedAt = new Map(threads.map((thread) => [thread, 20 + Math.floor(world.random() * 400)]));
    while (!threads.every(({ isFull }) => isFull)) await nextTurn();
    world.changes = 0;
    while (running > 0) {
      world.change();
      // Wherever they are just now, between two steps or within one.
      threads.forEach((thread, worker) => {
        if (ends[worker] === 'run' && world.changes === killedAt.get(thread)) thread.kill();
      });
      await nextTurn();
    }

    const left = threads.map(({ held }) => held);
    left.forEach((held, worker) => {
      assert.equal(held !== undefined, ends[worker] === 'leave', 'only those that leave tell what they hold');
    });
    const expected = limits.map((_, slot) => left.reduce((sum, held) => sum + (held?.[slot] ?? 0), 0));
    assert.deepEqual(
      limits.map((_, slot) => board.inFlight(slot)),
      expected,
    );
    assert.deepEqual([...admissions.sums], expected);
    left.forEach((held, worker) => {
      assert.deepEqual([...board.stripe(worker)], held ?? limits.map(() => 0));
    });

    for (const worker of ends.keys()) world.clear(worker);
    assert.deepEqual(
      limits.map((_, slot) => board.inFlight(slot)),
      limits.map(() => 0),
    );
    world.restore();
  }
  const highest = limits.map((_, slot) => Math.max(...ends.map((_, worker) => admissions.highestOf(worker)[slot] ?? 0)));
  assert.deepEqual(highest, limits);
});
