import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTotals } from '../../../test/support/totals.ts';
import { EndpointLoad } from '../../domain/endpoints/endpoint-load.ts';
import {
  endpointCounter,
  listenerCounter,
  poolCounter,
  poolCounters,
  poolGauge,
  poolGauges,
  Scoreboard,
  waitsAt,
} from '../../domain/endpoints/scoreboard.ts';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import { openWork, openWorkText } from './totals.ts';

const shape = { workers: 3, endpoints: 2, listeners: 2, pools: 1 };

test('the figures of all workers are added up, row by row', () => {
  const board = new Scoreboard(shape);
  for (let worker = 0; worker < 3; worker++) {
    board.listenerRow(worker, 0)[listenerCounter.accepted] = 10 + worker;
    board.listenerRow(worker, 1)[listenerCounter.bytesSent] = 2 ** 40;
    const load = new EndpointLoad(board, worker, 1);
    load.hold();
    load.count(endpointCounter.bytesReceived, 100);
    load.recordLatency(1000);
  }

  const { listeners, endpoints } = readTotals(board);
  assert.equal(listeners.length, 2);
  assert.equal(listeners[0]?.accepted, 33);
  assert.equal(listeners[0]?.bytesSent, 0);
  assert.equal(listeners[1]?.bytesSent, 3 * 2 ** 40);

  assert.equal(endpoints.length, 2);
  assert.equal(endpoints[0]?.attempts, 0);
  assert.equal(endpoints[1]?.attempts, 3);
  assert.equal(endpoints[1]?.inFlight, 3);
  assert.equal(endpoints[1]?.bytesReceived, 300);
  assert.equal(endpoints[1]?.latencySumMicroseconds, 3000);
  assert.equal(endpoints[1]?.latencyCounts.length, latencyBuckets.count);
  assert.equal(endpoints[1]?.latencyCounts[latencyBuckets.of(1000)], 3);
  assert.equal(endpoints[0]?.latencyCounts[latencyBuckets.of(1000)], 0);
});

test('a scoreboard without rows has no figures', () => {
  const none = { listeners: [], endpoints: [], pools: [] };
  assert.deepEqual(readTotals(new Scoreboard({ workers: 1, endpoints: 0, listeners: 0, pools: 0 })), none);
});

test('what all workers count for a pool is added up, each counter under its name', () => {
  const board = new Scoreboard({ ...shape, pools: 2 });
  const names = [...poolCounters, ...poolGauges];
  for (let worker = 0; worker < 3; worker++) {
    const row = board.poolRow(worker, 1);
    for (let place = 0; place < names.length; place++) row[place] = (place + 1) * (worker + 1);
    row[waitsAt + 2] = worker;
  }
  const { pools } = readTotals(board);
  const [none, some] = pools.map(({ waitCounts, ...counted }) => ({ counted, waits: [...waitCounts] }));
  assert.deepEqual(none?.counted, Object.fromEntries(names.map((name) => [name, 0])));
  assert.deepEqual(some?.counted, Object.fromEntries(names.map((name, place) => [name, 6 * (place + 1)])));
  assert.deepEqual([some?.waits.length, some?.waits.slice(0, 4)], [latencyBuckets.count, [0, 0, 3, 0]]);
});

test('what a dead worker had of a pool is nobody’s, and what it counted stays', () => {
  const board = new Scoreboard(shape);
  for (let worker = 0; worker < 3; worker++) {
    const row = board.poolRow(worker, 0);
    for (const gauge of poolGauges) row[poolGauge[gauge]] = 10 ** worker;
    row[poolCounter.queued] = 5;
    row[waitsAt] = 2;
  }
  board.clearWorker(1);
  const [pool] = readTotals(board).pools;
  assert.deepEqual([pool?.waiting, pool?.serving, pool?.learnedLimit], [101, 101, 101]);
  assert.deepEqual([pool?.queued, pool?.waitCounts[0]], [15, 6]);
});

test('what is open is told for one worker and for all', () => {
  const board = new Scoreboard(shape);
  board.listenerRow(0, 0)[listenerCounter.exchangesInFlight] = 1;
  board.listenerRow(1, 0)[listenerCounter.exchangesInFlight] = 2;
  board.listenerRow(1, 1)[listenerCounter.exchangesInFlight] = 4;
  board.listenerRow(2, 1)[listenerCounter.tunnels] = 1;
  assert.deepEqual(openWork(board, 0), { exchanges: 1, tunnels: 0 });
  assert.deepEqual(openWork(board, 1), { exchanges: 6, tunnels: 0 });
  assert.deepEqual(openWork(board, 2), { exchanges: 0, tunnels: 1 });
  assert.deepEqual(openWork(board), { exchanges: 7, tunnels: 1 });
});

test('what is open is put in words', () => {
  assert.equal(openWorkText({ exchanges: 0, tunnels: 0 }), '0 exchanges');
  assert.equal(openWorkText({ exchanges: 1, tunnels: 0 }), '1 exchange');
  assert.equal(openWorkText({ exchanges: 2, tunnels: 1 }), '2 exchanges and 1 tunnel');
  assert.equal(openWorkText({ exchanges: 0, tunnels: 3 }), '0 exchanges and 3 tunnels');
});
