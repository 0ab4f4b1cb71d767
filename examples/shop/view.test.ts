import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remember, type Status, type StatusSample } from './status-source.ts';
import { addNews, buildView, type News } from './view.ts';

function sample(at: number, ...succeeded: readonly number[]): StatusSample {
  const endpoints = succeeded.map((count, index) => ({
    id: `127.0.0.1:${3001 + index}`,
    inFlight: 0,
    succeeded: count,
    failed: 0,
    retries: index,
    latency: { p50: 4, p99: 20 },
  }));
  const exchanges = succeeded.reduce((sum, count) => sum + count, 0);
  const status: Status = { state: 'ready', totals: { exchanges, status5xx: 0 }, pools: [{ policy: 'round-robin', endpoints }] };
  return { at, status };
}

const facts = (name: string) => ({ name, state: 'up', pid: 1, restarts: 0, returnsIn: undefined }) as const;

const parts = {
  now: 10_000,
  startedAt: 0,
  port: 8080,
  adminPort: 9900,
  returnsAfter: 8000,
  balancer: facts('evenkeel'),
  instances: [facts('shop-1'), facts('shop-2'), facts('shop-3')],
  shoppers: { sent: 0, answered: 0, failed: 0, orders: 0, repeated: 0 },
  orders: [],
  news: [],
};

test('rates and shares are those of the remembered seconds, totals those of the whole run', () => {
  const view = buildView({ ...parts, samples: [sample(0, 100, 100, 100), sample(2000, 130, 110, 100)] });
  assert.deepEqual(
    view.instances.map(({ perSecond }) => perSecond),
    [15, 5, 0],
  );
  assert.deepEqual(
    view.instances.map(({ share }) => share),
    [0.75, 0.25, 0],
  );
  assert.deepEqual(
    view.instances.map(({ requests }) => requests),
    [130, 110, 100],
  );
  assert.equal(view.perSecond, 20);
  assert.equal(view.requests, 340);
  assert.equal(view.retries, 3);
  assert.equal(view.policy, 'round-robin');
});

test('without an answer of Evenkeel everything is zero and latency is unknown', () => {
  const [first] = buildView({ ...parts, samples: [] }).instances;
  assert.deepEqual([first?.perSecond, first?.share, first?.requests, first?.p50, first?.p99], [0, 0, 0, undefined, undefined]);
});

test('samples are remembered for a few seconds', () => {
  const samples = [0, 1000, 2000, 3000, 4000, 5000].map((at) => sample(at, at)).reduce<readonly StatusSample[]>(remember, []);
  assert.deepEqual(
    samples.map(({ at }) => at),
    [1000, 2000, 3000, 4000, 5000],
  );
});

test('a process that counts from the beginning again begins a new memory', () => {
  assert.deepEqual(remember([sample(0, 100)], sample(500, 3)), [sample(500, 3)]);
});

test('the same news again counts up and moves to the end', () => {
  const tell = (news: readonly News[], at: number, what: string): readonly News[] => addNews(news, { at, what, isBad: true }, 3);
  const twice = tell(tell(tell([], 1, 'refused'), 2, 'ended'), 3, 'refused');
  assert.deepEqual(twice, [
    { at: 2, what: 'ended', times: 1, isBad: true },
    { at: 3, what: 'refused', times: 2, isBad: true },
  ]);
  const many = ['a', 'b', 'c', 'd'].reduce<readonly News[]>((news, what, at) => tell(news, at, what), []);
  assert.deepEqual(
    many.map(({ what }) => what),
    ['b', 'c', 'd'],
  );
});
