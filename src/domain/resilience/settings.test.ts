// What may be written against overload, and what it is read as.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newLimit } from './limits/new-limit.ts';
import {
  breakerSettings,
  concurrencySettings,
  deadlineSettings,
  hedgeSettings,
  maxRequestsSetting,
  overloadSettings,
  queueSettings,
  retrySettings,
} from './settings.ts';

type Schema = { safeParse(input: unknown): { success: boolean } };
const refuses = (schema: Schema, inputs: readonly unknown[]): void => {
  for (const input of inputs) assert.equal(schema.safeParse(input).success, false, `${JSON.stringify(input)} is refused`);
};

describe('retries', () => {
  test('have a budget by themselves, and nothing else that changes an exchange', () => {
    assert.deepEqual(retrySettings.parse({}), {
      attempts: 3,
      on: [],
      budget: { share: 0.2, perSecond: 10 },
      backoff: { jitter: 'full', base: 25, most: 250 },
      perTry: Number.POSITIVE_INFINITY,
      within: Number.POSITIVE_INFINITY,
      body: 65_536,
    });
  });

  test('have a budget by a percentage, by both of its parts, or none', () => {
    assert.deepEqual(retrySettings.parse({ budget: 10 }).budget, { share: 0.1, perSecond: 10 });
    assert.deepEqual(retrySettings.parse({ budget: { share: 0, perSecond: 0 } }).budget, { share: 0, perSecond: 0 });
    assert.equal('budget' in retrySettings.parse({ budget: 'none' }), false);
    const wrong = [-1, 1001, '20%', 'no', { share: 'all' }, { perSecond: -1 }, { per: 1 }];
    refuses(
      retrySettings,
      wrong.map((budget) => ({ budget })),
    );
  });

  test('wait ten times the base at most unless it is said', () => {
    assert.deepEqual(retrySettings.parse({ backoff: { base: '100ms', jitter: 'equal' } }).backoff, {
      jitter: 'equal',
      base: 100,
      most: 1000,
    });
    assert.equal(retrySettings.parse({ backoff: { most: '2s' } }).backoff.most, 2000);
  });

  test('are made for statuses of errors only', () => {
    assert.deepEqual(retrySettings.parse({ on: [429, 503] }).on, [429, 503]);
    refuses(retrySettings, [{ on: [200] }, { on: [600] }, { on: ['5xx'] }, { on: 503 }, { attempts: 0 }, { body: '1GiB' }]);
  });
});

test('hedging has shares', () => {
  assert.deepEqual(hedgeSettings.parse({}), { quantile: 0.95, least: 1, share: 0.05 });
  refuses(hedgeSettings, [{ quantile: 95 }, { quantile: 1 }, { share: 0 }, { least: 1 }, true]);
});

test('a breaker has shares', () => {
  assert.deepEqual(breakerSettings.parse({ slowAfter: '2s' }), {
    window: 10_000,
    leastCalls: 20,
    failures: 0.5,
    slow: 0.8,
    slowAfter: 2000,
    open: 1000,
    mostOpen: 60_000,
    trials: 3,
    rounds: 3,
  });
  refuses(breakerSettings, [{ failures: 0 }, { failures: 101 }, { trials: 32 }, { rounds: 5 }, { window: '2h' }]);
});

test('a limit is fixed, or it is found', () => {
  assert.equal(maxRequestsSetting.parse(100), 100);
  assert.equal(maxRequestsSetting.parse('none'), Number.POSITIVE_INFINITY);
  refuses(maxRequestsSetting, [0, 'all']);
  assert.equal(concurrencySettings.parse({}).initial, 20);
  for (const adaptive of ['aimd', 'gradient'] as const) {
    const limit = newLimit(concurrencySettings.parse({ adaptive, least: 5, most: 50, initial: 30 }));
    assert.equal(limit.limit, 30);
    for (let count = 0; count < 100; count++) limit.update({ took: 10, inFlight: limit.limit, dropped: false });
    assert.equal(limit.limit, 50);
    for (let count = 0; count < 100; count++) limit.update({ took: 6000 * 2 ** count, inFlight: limit.limit, dropped: true });
    assert.ok(limit.limit < 30, `${adaptive} ${limit.limit}`);
  }
  refuses(concurrencySettings, [{ least: 5, most: 4 }, { initial: 5 }, { initial: 500 }, { adaptive: 'vegas' }]);
});

describe('a queue', () => {
  test('goes by deadline and drops nobody before', () => {
    assert.deepEqual(queueSettings.parse({}), { size: 100, timeout: 1000, order: 'deadline' });
  });

  test('has controlled delay by its target, or to know when to turn around', () => {
    assert.deepEqual(queueSettings.parse({ order: 'fifo', target: '20ms' }).codel, { interval: 100, target: 20 });
    assert.deepEqual(queueSettings.parse({ order: 'adaptive' }).codel, { interval: 100, target: 1000 });
  });

  test('has places for each class', () => {
    const priority = { header: 'X-Priority', shares: [100, 50, 1] };
    assert.deepEqual(queueSettings.parse({ size: 10, priority }).priority, { header: 'x-priority', limits: [10, 5, 1] });
    refuses(queueSettings, [
      { priority: {} },
      { priority: { header: 'connection' } },
      { priority: { header: 'a', shares: [] } },
      { size: 0 },
    ]);
  });
});

test('a deadline stands in a header that reaches us', () => {
  assert.deepEqual(deadlineSettings.parse({}), { headers: ['grpc-timeout'], margin: 1 });
  assert.deepEqual(deadlineSettings.parse({ header: 'gRPC-Timeout' }), { headers: ['grpc-timeout'], margin: 1 });
  assert.deepEqual(deadlineSettings.parse({ header: 'X-Timeout', margin: '5ms' }), { headers: ['x-timeout', 'grpc-timeout'], margin: 5 });
  refuses(deadlineSettings, [{ header: 'x timeout' }, { header: 'te' }, { header: '' }, { margin: '0ms' }]);
  // Written anew for the endpoint, these would make another message of it.
  const others = [
    'Content-Length',
    'Transfer-Encoding',
    'Host',
    'Expect',
    'Cookie',
    'Authorization',
    'Via',
    'X-Forwarded-For',
    'Idempotency-Key',
  ];
  refuses(
    deadlineSettings,
    others.map((header) => ({ header })),
  );
});

test('a worker is overloaded by its delay or by its memory', () => {
  assert.deepEqual(overloadSettings.parse({}), { delay: 200, memory: 0.9 });
  const all = { delay: 'none', memory: 80, priority: 'X-Priority' };
  assert.deepEqual(overloadSettings.parse(all), { delay: Number.POSITIVE_INFINITY, memory: 0.8, priority: 'x-priority' });
  refuses(overloadSettings, [{ delay: '1ms' }, { memory: '90 %' }, { memory: 0.9 }, { memory: 101 }, { priority: 'te' }, true, 'off']);
  const never = { delay: Number.POSITIVE_INFINITY, memory: Number.POSITIVE_INFINITY };
  assert.deepEqual(overloadSettings.parse('none'), never);
  assert.deepEqual(overloadSettings.parse({ delay: 'none', memory: 'none' }), never);
});
