// One worker's hand on the scoreboard.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import { EndpointLoad } from './endpoint-load.ts';
import { endpointCounter, latencyAt, Scoreboard } from './scoreboard.ts';

describe('the load of an endpoint', () => {
  const newBoard = (): Scoreboard => new Scoreboard({ workers: 2, endpoints: 3, listeners: 0, pools: 1 });

  test('is the sum of what all workers have in flight', () => {
    const board = newBoard();
    const [one, other] = [new EndpointLoad(board, 0, 1), new EndpointLoad(board, 1, 1)];
    one.hold();
    other.hold();
    other.hold();
    assert.deepEqual([one.inFlight, other.inFlight, board.inFlight(1)], [3, 3, 3]);
    one.release();
    other.release();
    assert.deepEqual([one.inFlight, board.inFlight(1)], [1, 1]);
    assert.deepEqual([...board.stripe(0), ...board.stripe(1)], [0, 0, 0, 0, 1, 0]);
    assert.deepEqual([board.inFlight(0), board.inFlight(2)], [0, 0]);
  });

  test('counts attempts and whatever else happens, for its worker alone', () => {
    const board = newBoard();
    const load = new EndpointLoad(board, 1, 2);
    assert.equal(load.slot, 2);
    load.hold();
    load.hold();
    load.release();
    load.count(endpointCounter.bytesSent, 1000);
    load.count(endpointCounter.bytesSent, 24);
    const row = board.endpointRow(1, 2);
    assert.equal(row[endpointCounter.attempts], 2);
    assert.equal(row[endpointCounter.bytesSent], 1024);
    assert.ok(board.endpointRow(0, 2).every((value) => value === 0));
    assert.ok(board.endpointRow(1, 1).every((value) => value === 0));
  });

  test('sorts latencies into buckets and sums them up', () => {
    const board = newBoard();
    const load = new EndpointLoad(board, 0, 0);
    for (const microseconds of [70, 75, 5000, 90_000_000]) load.recordLatency(microseconds);
    const row = board.endpointRow(0, 0);
    assert.equal(row[endpointCounter.latencySumMicroseconds], 90_005_145);
    assert.equal(row[latencyAt + latencyBuckets.of(70)], 2);
    assert.equal(row[latencyAt + latencyBuckets.of(5000)], 1);
    assert.equal(row[row.length - 1], 1);
    assert.equal(
      row.subarray(latencyAt).reduce((sum, value) => sum + value, 0),
      4,
    );
  });
});
