// Counting on shared memory: rows that do not touch each other, and a dead worker's load taken off.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import { EndpointLoad } from './endpoint-load.ts';
import type { ScoreboardShape } from './scoreboard.ts';
import { endpointCounter, endpointCounters, latencyAt, listenerCounter, listenerCounters, Scoreboard } from './scoreboard.ts';

const shapes: readonly ScoreboardShape[] = [
  { workers: 1, endpoints: 1, listeners: 1, pools: 1 },
  { workers: 3, endpoints: 5, listeners: 2, pools: 1 },
  { workers: 2, endpoints: 33, listeners: 3, pools: 1 },
  { workers: 2, endpoints: 0, listeners: 1, pools: 1 },
];

const indices = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a scoreboard', () => {
  for (const shape of shapes) {
    const title = `${shape.workers} workers, ${shape.endpoints} endpoints and ${shape.listeners} listeners`;

    test(`keeps every number of ${title} apart`, () => {
      const board = new Scoreboard(shape);
      let written = 0;
      const fill = (row: Int32Array | Float64Array): void => {
        for (const index of row.keys()) row[index] = ++written;
      };
      const check = (row: Int32Array | Float64Array): void => {
        for (const value of row) assert.equal(value, ++written);
      };
      const visit = (act: (row: Int32Array | Float64Array) => void): void => {
        written = 0;
        act(board.slots);
        for (const endpoint of indices(shape.endpoints)) {
          act(board.controls(endpoint));
          act(board.signals(endpoint));
        }
        for (const pool of indices(shape.pools)) for (const tier of indices(16)) act(board.turns(pool, tier));
        for (const worker of indices(shape.workers)) {
          act(board.stripe(worker));
          for (const endpoint of indices(shape.endpoints)) act(board.endpointRow(worker, endpoint));
          for (const listener of indices(shape.listeners)) act(board.listenerRow(worker, listener));
          for (const pool of indices(shape.pools)) act(board.poolRow(worker, pool));
          act(board.workerRow(worker));
        }
      };
      visit(fill);
      visit(check);
    });

    test(`leaves 128 bytes to each worker alone, for ${title}`, () => {
      const board = new Scoreboard(shape);
      for (const worker of indices(shape.workers)) assert.equal(board.stripe(worker).byteOffset % 128, 0);
      assert.equal(board.buffer.byteLength % 128, 0);
    });

    test(`is the same block for a second view, for ${title}`, () => {
      const board = new Scoreboard(shape);
      const view = new Scoreboard(shape, board.buffer);
      board.listenerRow(0, 0)[listenerCounter.accepted] = 7;
      assert.equal(view.listenerRow(0, 0)[listenerCounter.accepted], 7);
      assert.equal(view.buffer, board.buffer);
    });
  }

  test('has rows as long as their counters', () => {
    const board = new Scoreboard({ workers: 1, endpoints: 1, listeners: 1, pools: 1 });
    assert.equal(board.endpointRow(0, 0).length, endpointCounters.length + latencyBuckets.count);
    assert.equal(board.listenerRow(0, 0).length, listenerCounters.length);
    assert.equal(latencyAt, endpointCounters.length);
    assert.deepEqual([endpointCounter.attempts, endpointCounter.latencySumMicroseconds], [0, endpointCounters.length - 1]);
  });

  test('takes off what a dead worker held, and nothing else', () => {
    const board = new Scoreboard({ workers: 2, endpoints: 2, listeners: 2, pools: 1 });
    const [dead, alive] = [0, 1].map((worker) => [0, 1].map((slot) => new EndpointLoad(board, worker, slot)));
    dead?.[0]?.hold();
    dead?.[1]?.hold();
    dead?.[1]?.hold();
    alive?.[1]?.hold();
    const rising = [listenerCounter.openConnections, listenerCounter.exchangesInFlight, listenerCounter.tunnels];
    for (const worker of [0, 1]) {
      for (const listener of [0, 1]) board.listenerRow(worker, listener).fill(5);
      board.workerRow(worker).fill(5);
    }

    board.clearWorker(0);

    assert.deepEqual([board.inFlight(0), board.inFlight(1)], [0, 1]);
    assert.deepEqual([...board.stripe(0), ...board.stripe(1)], [0, 0, 0, 1]);
    assert.equal(board.endpointRow(0, 1)[endpointCounter.attempts], 2);
    for (const listener of [0, 1]) {
      const expected = listenerCounters.map((_, counter) => (rising.includes(counter) ? 0 : 5));
      assert.deepEqual([...board.listenerRow(0, listener)], expected);
      assert.deepEqual(
        [...board.listenerRow(1, listener)],
        listenerCounters.map(() => 5),
      );
    }
    assert.deepEqual([...board.workerRow(0), ...board.workerRow(1)], [0, 0, 0, 0, 5, 5, 5, 5]);

    board.clearWorker(0);
    assert.deepEqual([board.inFlight(0), board.inFlight(1)], [0, 1]);
  });
});
