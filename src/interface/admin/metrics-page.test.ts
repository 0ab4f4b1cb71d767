import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readPrometheusText } from '../../../test/support/prometheus-text.ts';
import type { Totals } from '../../../test/support/totals.ts';
import { readTotals } from '../../../test/support/totals.ts';
import { EndpointLoad } from '../../domain/endpoints/endpoint-load.ts';
import { refusals } from '../../domain/endpoints/refusals.ts';
import {
  endpointCounter,
  listenerCounter,
  poolCounter,
  poolCounters,
  poolGauge,
  Scoreboard,
  waitsAt,
} from '../../domain/endpoints/scoreboard.ts';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import type { Figures } from './figures.ts';
import { metricsList } from './metrics-list.ts';
import { metricsPage } from './metrics-page.ts';
import type { EndpointFigures } from './pool-figures.ts';

/** One listener and one endpoint, counted by two workers. */
function figures(change: (board: Scoreboard) => void, names: { listener?: string } = {}): Figures {
  const board = new Scoreboard({ workers: 2, listeners: 1, endpoints: 1, pools: 1 });
  change(board);
  const totals = readTotals(board);
  return {
    version: '1.2.3',
    state: 'ready',
    startedAt: new Date(1_700_000_000_000),
    uptimeSeconds: 12.5,
    workers: {
      configured: 2,
      listening: 1,
      restarts: 3,
      each: [
        { worker: 0, delay: 250, memory: 0.5, isShedding: true },
        { worker: 1, delay: 0, memory: 0.25, isShedding: false },
      ],
    },
    listeners: [{ name: names.listener ?? 'web', address: ':80', totals: itemAt(totals.listeners, 0) }],
    pools: [
      {
        name: 'shop',
        policy: 'random',
        options: {},
        totals: itemAt(totals.pools, 0),
        maxRequests: 100,
        learnedLimit: itemAt(totals.pools, 0).learnedLimit,
        queueSize: 50,
        breaker: 'open',
        isInPanic: true,
        discovery: {
          source: 'dns web.internal:80',
          endpoints: 3,
          answeredAt: new Date(1_700_000_100_000),
          staleSince: new Date(1_700_000_200_000),
          error: 'nobody answers',
          ...{ leftOut: 2, answers: 10, failures: 4 },
        },
        endpoints: [endpointFigures(totals)],
      },
    ],
    prober: { endpoints: 1, running: 2, waiting: 3, ended: 40, late: 5, lateness: milliseconds(1500) },
  };
}

const endpointFigures = (totals: Totals): EndpointFigures => ({
  id: '10.0.0.1:80',
  state: 'draining',
  downAt: undefined,
  health: {
    isWell: false,
    isChecking: false,
    reason: 'connection refused',
    since: new Date(0),
    changes: 3,
    ejections: 4,
    ejectedUntil: undefined,
    probe: { state: 'down', passed: 10, failed: 7, silent: 2, timedOut: 1, inARow: 3, last: undefined },
    probedAt: undefined,
  },
  transitions: { well: 1, failing: 2, up: 0, draining: 5, down: 4 },
  breaker: 'half-open',
  failTimeout: undefined,
  countSessions: () => assert.fail('a page of metrics does not look through the tables of sessions'),
  weight: 2.5,
  configuredWeight: 1,
  capacity: undefined,
  share: 0,
  tier: 0,
  backup: false,
  maxConnections: Number.POSITIVE_INFINITY,
  metadata: {},
  totals: itemAt(totals.endpoints, 0),
});

async function page(change: (board: Scoreboard) => void, names: { listener?: string } = {}) {
  const { type, body } = await metricsPage(figures(change, names));
  assert.match(type, /^text\/plain; version=0\.0\.4/);
  return readPrometheusText(body);
}

test('every metric of the list is on the page, named by the rules', async () => {
  const metrics = await page(() => undefined);
  assert.deepEqual(
    [...metrics.keys()],
    metricsList.map(({ name }) => name),
  );
  for (const [name, { type, help, series }] of metrics) {
    assert.match(name, /^(evenkeel|process)_[a-z_]+$/);
    assert.equal(name.endsWith('_total'), type === 'counter', name);
    assert.ok(help.endsWith('.'), name);
    assert.ok(series.size > 0, `${name} has a value before anything happened`);
  }
});

test('what the workers counted for a listener is added up under its name', async () => {
  const metrics = await page((board) => {
    for (const worker of [0, 1]) {
      const row = board.listenerRow(worker, 0);
      row[listenerCounter.accepted] = 5;
      row[listenerCounter.openConnections] = 4;
      row[listenerCounter.exchangesInFlight] = 3;
      row[listenerCounter.exchanges] = 20;
      row[listenerCounter.status2xx] = 12;
      row[listenerCounter.status5xx] = worker;
      row[listenerCounter.bytesSent] = 2 ** 45;
    }
  });
  const value = (metric: string, labels = 'listener="web"'): number | undefined => metrics.get(metric)?.series.get(`${metric}{${labels}}`);
  assert.equal(value('evenkeel_connections_accepted_total'), 10);
  assert.equal(value('evenkeel_connections_open'), 8);
  assert.equal(value('evenkeel_exchanges_in_flight'), 6);
  assert.equal(value('evenkeel_exchanges_begun_total'), 40);
  assert.equal(value('evenkeel_exchanges_total', 'class="2xx",listener="web"'), 24);
  assert.equal(value('evenkeel_exchanges_total', 'class="5xx",listener="web"'), 1);
  assert.equal(value('evenkeel_exchanges_total', 'class="4xx",listener="web"'), 0);
  assert.equal(value('evenkeel_client_sent_bytes_total'), 2 ** 46);
});

test('where endpoints are found, how many, and whether that is stale', async () => {
  const metrics = await page(() => undefined);
  const value = (metric: string, labels = ''): number | undefined =>
    metrics.get(metric)?.series.get(`${metric}{${labels}pool="shop",source="dns web.internal:80"}`);
  assert.equal(value('evenkeel_discovery_endpoints'), 3);
  assert.equal(value('evenkeel_discovery_stale'), 1);
  assert.equal(value('evenkeel_discovery_left_out'), 2);
  assert.equal(value('evenkeel_discovery_answers_total', 'outcome="answered",'), 10);
  assert.equal(value('evenkeel_discovery_answers_total', 'outcome="failed",'), 4);
  assert.equal(value('evenkeel_discovery_answer_time_seconds'), 1_700_000_100);
});

test('what the workers counted for a pool is added up under its name', async () => {
  const metrics = await page((board) => {
    for (const worker of [0, 1]) {
      const row = board.poolRow(worker, 0);
      for (const name of poolCounters) row[poolCounter[name]] = poolCounter[name] + 1;
    }
  });
  for (const [name, count] of [
    ['policy_faults', 2],
    ['sessions_kept', 4],
    ['sessions_moved', 6],
    ['saturated', 8],
    ['overrides', 10],
    ['backup_picks', 12],
    ['retries_refused', 14],
    ['hedges', 16],
    ['queued', 18],
    ['expired', 20],
    ['shed', 22],
  ] as const) {
    const metric = `evenkeel_pool_${name}_total`;
    assert.deepEqual([...(metrics.get(metric)?.series ?? [])], [[`${metric}{pool="shop"}`, count]]);
  }
});

test('a waiting room is told: who waits, how long that took, who was refused for what, and what was learned', async () => {
  const metrics = await page((board) => {
    for (const worker of [0, 1]) {
      const row = board.poolRow(worker, 0);
      row[poolGauge.waiting] = 3;
      row[poolGauge.learnedLimit] = 20 + worker;
      row[poolCounter.waitSumMicroseconds] = 1500;
      row[waitsAt + latencyBuckets.of(100)] = 4;
      row[waitsAt + latencyBuckets.of(1000)] = 1;
      row[poolCounter.tooLate] = 7;
    }
  });
  const series = (name: string) => metrics.get(name)?.series ?? new Map<string, number>();
  assert.deepEqual([...series('evenkeel_pool_waiting')], [['evenkeel_pool_waiting{pool="shop"}', 6]]);
  assert.deepEqual([...series('evenkeel_pool_concurrency_limit')], [['evenkeel_pool_concurrency_limit{pool="shop"}', 41]]);
  const waits = series('evenkeel_pool_wait_seconds');
  assert.equal(waits.get('evenkeel_pool_wait_seconds_count{pool="shop"}'), 10);
  assert.equal(waits.get('evenkeel_pool_wait_seconds_sum{pool="shop"}'), 0.003);
  assert.equal(waits.get('evenkeel_pool_wait_seconds_bucket{le="0.000128",pool="shop"}'), 8);
  assert.deepEqual(
    Object.keys(refusals).map((kind) =>
      series('evenkeel_pool_refusals_total').get(`evenkeel_pool_refusals_total{failure="${kind}",pool="shop"}`),
    ),
    [0, 0, 14, 0, 0, 0],
  );
});

test('weight and state of an endpoint are those in force', async () => {
  const metrics = await page(() => undefined);
  const labels = 'endpoint="10.0.0.1:80",pool="shop"';
  assert.deepEqual([...(metrics.get('evenkeel_endpoint_weight')?.series ?? [])], [[`evenkeel_endpoint_weight{${labels}}`, 2.5]]);
  assert.deepEqual(
    [...(metrics.get('evenkeel_endpoint_state')?.series ?? [])],
    [
      [`evenkeel_endpoint_state{${labels},state="up"}`, 0],
      [`evenkeel_endpoint_state{${labels},state="draining"}`, 1],
      [`evenkeel_endpoint_state{${labels},state="down"}`, 0],
    ],
  );
});

test('health of an endpoint is told, with its probes, its ejections and how often it changed', async () => {
  const metrics = await page(() => undefined);
  const labels = 'endpoint="10.0.0.1:80",pool="shop"';
  const series = (name: string) => [...(metrics.get(name)?.series ?? [])];
  assert.deepEqual(series('evenkeel_endpoint_healthy'), [[`evenkeel_endpoint_healthy{${labels}}`, 0]]);
  assert.deepEqual(series('evenkeel_endpoint_ejections_total'), [[`evenkeel_endpoint_ejections_total{${labels}}`, 4]]);
  assert.deepEqual(
    series('evenkeel_probe_results_total'),
    (
      [
        ['passed', 10],
        ['failed', 7],
        ['silent', 2],
      ] as const
    ).map(([result, count]) => [`evenkeel_probe_results_total{${labels},result="${result}"}`, count]),
  );
  const counts = { well: 1, failing: 2, up: 0, draining: 5, down: 4 };
  assert.deepEqual(
    series('evenkeel_endpoint_transitions_total'),
    Object.entries(counts).map(([to, count]) => [`evenkeel_endpoint_transitions_total{${labels},to="${to}"}`, count]),
  );
  assert.deepEqual(
    series('evenkeel_endpoint_breaker_state').map(([, value]) => value),
    [0, 0, 1],
    'closed, open, half-open',
  );
  assert.deepEqual(
    series('evenkeel_pool_breaker_state').map(([, value]) => value),
    [0, 1, 0],
  );
});

test('what each worker has to do is told', async () => {
  const metrics = await page(() => undefined);
  for (const [name, first, second] of [
    ['evenkeel_worker_delay_seconds', 0.25, 0],
    ['evenkeel_worker_memory_ratio', 0.5, 0.25],
    ['evenkeel_worker_shedding', 1, 0],
  ] as const) {
    assert.deepEqual(
      [...(metrics.get(name)?.series ?? [])],
      [
        [`${name}{worker="0"}`, first],
        [`${name}{worker="1"}`, second],
      ],
    );
  }
});

test('how late probes are is told', async () => {
  const metrics = await page(() => undefined);
  const value = (name: string): number | undefined => metrics.get(name)?.series.get(name);
  assert.deepEqual(
    ['running', 'waiting', 'late_total', 'lateness_seconds_total'].map((name) => value(`evenkeel_probes_${name}`)),
    [2, 3, 5, 1.5],
  );
});

test('attempts are told by outcome, and those in flight apart', async () => {
  const metrics = await page((board) => {
    const load = new EndpointLoad(board, 1, 0);
    for (let attempt = 0; attempt < 7; attempt++) load.hold();
    load.release();
    load.count(endpointCounter.succeeded, 1);
  });
  const labels = 'endpoint="10.0.0.1:80"';
  const attempts = metrics.get('evenkeel_endpoint_attempts_total')?.series;
  assert.equal(attempts?.get(`evenkeel_endpoint_attempts_total{${labels},outcome="succeeded",pool="shop"}`), 1);
  assert.equal(attempts?.get(`evenkeel_endpoint_attempts_total{${labels},outcome="failed",pool="shop"}`), 0);
  assert.equal(attempts?.size, 3);
  assert.equal(metrics.get('evenkeel_endpoint_in_flight')?.series.get(`evenkeel_endpoint_in_flight{${labels},pool="shop"}`), 6);
});

describe('the latency histogram', () => {
  test('counts every attempt in its bucket and in all above it', async () => {
    const durations = [1, 63, 64, 127, 128, 5000, 70_000_000];
    const metrics = await page((board) => {
      for (const [index, duration] of durations.entries()) new EndpointLoad(board, index % 2, 0).recordLatency(duration);
    });
    const series = [...(metrics.get('evenkeel_endpoint_latency_seconds')?.series ?? [])];
    const buckets = series
      .filter(([name]) => name.includes('_bucket{'))
      .map(([name, count]) => [Number(/le="([^"]+)"/.exec(name)?.[1]?.replace('+Inf', 'Infinity')), count] as const);

    assert.equal(buckets.length, 22);
    for (const [end, count] of buckets) assert.equal(count, durations.filter((duration) => duration < end * 1e6).length, `below ${end} s`);
    assert.deepEqual(
      buckets.map(([end]) => end),
      buckets.map(([end]) => end).toSorted((a, b) => a - b),
    );
    assert.equal(buckets.at(-1)?.[0], Number.POSITIVE_INFINITY);

    const sum = series.find(([name]) => name.includes('_sum{'))?.[1] ?? 0;
    assert.ok(Math.abs(sum - durations.reduce((total, duration) => total + duration, 0) / 1e6) < 1e-9);
    assert.equal(series.find(([name]) => name.includes('_count{'))?.[1], durations.length);
  });
});

test('what the program is doing is told without labels', async () => {
  const metrics = await page(() => undefined);
  const value = (name: string): number | undefined => metrics.get(name)?.series.get(name);
  assert.equal(value('evenkeel_ready'), 1);
  assert.equal(value('evenkeel_workers'), 2);
  assert.equal(value('evenkeel_workers_listening'), 1);
  assert.equal(value('evenkeel_worker_restarts_total'), 3);
  assert.equal(value('process_start_time_seconds'), 1_700_000_000);
  assert.ok((value('process_resident_memory_bytes') ?? 0) > 2 ** 20);
  assert.deepEqual([...(metrics.get('evenkeel_build_info')?.series ?? [])], [['evenkeel_build_info{version="1.2.3"}', 1]]);
});

test('a name with quotes and line ends cannot break the page', async () => {
  const metrics = await page(() => undefined, { listener: 'a"b\\c\nd' });
  assert.ok(metrics.get('evenkeel_connections_open')?.series.has('evenkeel_connections_open{listener="a\\"b\\\\c\\nd"}'));
});
