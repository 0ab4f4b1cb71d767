// Who waits for a place in a pool, who is served next, who is told to go, and that nobody's place is lost: over real sockets, with an endpoint
// that answers when the test says so.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/balanced.ts';
import type { BytePeer } from '../support/byte-peer.ts';
import { AheadClock } from '../support/time/ahead-clock.ts';
import { BusyPool, toldBy } from '../support/waiting/busy-pool.ts';
import { answered, deadline, queue, timeout, within } from '../support/waiting/waits.ts';

describe('who is next', { timeout }, () => {
  for (const [what, settings] of [
    ['an endpoint', { queue, deadline }],
    ['a pool', (address: string) => ({ endpoints: [address], maxRequests: 1, queue, deadline })],
  ] as const)
    test(`for ${what} that takes one at a time is whoever has the earliest deadline`, async () => {
      await using pool = await BusyPool.open(settings);
      const clients = [
        await pool.take(),
        await pool.wait({ name: 'third', lines: [within('40m')] }),
        await pool.wait({ name: 'first', lines: [within('20m')] }),
        await pool.wait({ name: 'last' }),
        await pool.wait({ name: 'second', lines: ['grpc-timeout: 30M'] }),
      ];
      assert.deepEqual(await pool.serve(4), ['first', 'second', 'third', 'last']);
      assert.deepEqual(await answered(clients), [200, 200, 200, 200, 200]);
      assert.deepEqual([pool.totals.queued, pool.totals.expired, pool.totals.waiting], [4, 0, 0]);
    });

  for (const [order, expected] of [
    ['fifo', ['a', 'b', 'c']],
    ['lifo', ['c', 'b', 'a']],
  ] as const) {
    test(`may go by arrival: ${order}`, async () => {
      await using pool = await BusyPool.open({ queue: { ...queue, order } });
      await pool.take();
      for (const name of ['a', 'b', 'c']) await pool.wait({ name });
      assert.deepEqual(await pool.serve(3), expected);
    });
  }

  test('is the oldest of a queue that was empty just now, and the newest of one that stands', async () => {
    using clock = new AheadClock();
    await using pool = await BusyPool.open({ queue: { ...queue, order: 'adaptive', interval: '20s' } });
    await pool.take();
    for (const name of ['a', 'b', 'c']) await pool.wait({ name });
    pool.answer();
    await pool.atEndpoint();
    clock.put(25_000);
    assert.deepEqual(await pool.serve(2), ['c', 'b']);
    assert.equal(pool.endpoint.requests[1], 'GET /held/a HTTP/1.1');
  });

  test('is of a more important class, whatever the deadlines', async () => {
    await using pool = await BusyPool.open({ queue: { ...queue, priority: { header: 'x-class', shares: [100, 100, 50] } }, deadline });
    await pool.take();
    await pool.wait({ name: 'unsaid', lines: [within('1m')] });
    await pool.wait({ name: 'second', lines: ['X-Class: 1', within('2m')] });
    await pool.wait({ name: 'first', lines: ['X-Class: 0', within('50m')] });
    await pool.wait({ name: 'sooner', lines: ['X-Class: 0', within('40m')] });
    await pool.wait({ name: 'odd', lines: ['X-Class: gold', within('3m')] });
    assert.deepEqual(await pool.serve(5), ['sooner', 'first', 'second', 'unsaid', 'odd']);
  });
});

describe('of several routes to one pool', { timeout }, () => {
  const one = (address: string, more: object = {}) => ({ endpoints: [{ address, ...more }], maxRequests: 1, queue, deadline });

  test('all wait in one order, though each has timeouts of its own', async () => {
    const routes = [
      { path: '/held/quick', pool: 'web', timeouts: { total: '20m' } },
      { path: '/*', pool: 'web', timeouts: { total: '50m' } },
    ];
    await using pool = await BusyPool.open((address) => one(address), { routes });
    await pool.take();
    for (const [name, lines] of [
      ['other', []],
      ['quick', []],
      ['hasty', [within('10m')]],
      ['patient', [within('40m')]],
    ] as const)
      await pool.wait({ name, lines });
    assert.deepEqual(await pool.serve(4), ['hasty', 'quick', 'patient', 'other']);
  });

  test('those that ask for certain endpoints take turns with the others', async () => {
    const routes = [
      { path: '~^/held/new', pool: 'web', metadata: { version: '2' } },
      { path: '/*', pool: 'web' },
    ];
    await using pool = await BusyPool.open((address) => one(address, { metadata: { version: '2' } }), { routes });
    await pool.take({ name: 'old0' });
    for (const name of ['old1', 'old2', 'old3', 'new1', 'new2', 'new3']) await pool.wait({ name });
    assert.deepEqual(await pool.serve(6), ['old1', 'new1', 'old2', 'new2', 'old3', 'new3']);
  });
});

describe('who may wait', { timeout }, () => {
  test('is nobody who would come last when all places are taken; who comes before puts out the last', async () => {
    await using pool = await BusyPool.open({ queue: { ...queue, size: 2 }, deadline });
    await pool.take();
    await pool.wait({ name: 'a', lines: [within('20m')] });
    const last = await pool.wait({ name: 'b', lines: [within('30m')] });
    assert.deepEqual(await pool.told({ lines: [within('40m')] }), { status: 503, what: 'pool-saturated', retryAfter: 1 });
    await pool.wait({ name: 'c', lines: [within('10m')] });
    assert.deepEqual(toldBy(await last.answer()), { status: 503, what: 'pool-saturated', retryAfter: 1 });
    assert.deepEqual(await pool.serve(2), ['c', 'a']);
    assert.deepEqual([pool.totals.queued, pool.totals.expired, pool.totals.poolSaturated], [3, 1, 2]);
  });

  test('is of each class so many as it has places, and the more important take those of the others', async () => {
    const priority = { header: 'x-class', shares: [100, 50] };
    await using pool = await BusyPool.open({ queue: { ...queue, size: 4, priority } });
    await pool.take();
    const low = [await pool.wait({ name: 'low1' }), await pool.wait({ name: 'low2' })];
    assert.equal((await pool.told({ name: 'low3' })).what, 'pool-saturated');
    for (const name of ['high1', 'high2', 'high3']) await pool.wait({ name, lines: ['X-Class: 0'] });
    assert.equal(toldBy(await (low[1] as BytePeer).answer()).what, 'pool-saturated');
    assert.deepEqual(await pool.serve(4), ['high1', 'high2', 'high3', 'low1']);
  });

  test('is told when that was too long, on a connection that goes on, and reaches no endpoint', async () => {
    await using pool = await BusyPool.open({ queue: { timeout: '50ms' } });
    await pool.take();
    const client = await pool.wait({ name: 'late' });
    assert.deepEqual(toldBy(await client.answer()), { status: 503, what: 'queue-timeout', retryAfter: 1 });
    pool.answer();
    client.send('GET /after HTTP/1.1\r\nHost: a.test\r\n\r\n');
    assert.equal(toldBy(await client.answer()).status, 200);
    assert.deepEqual(pool.endpoint.requests, ['GET /held/a HTTP/1.1', 'GET /after HTTP/1.1']);
    assert.deepEqual([pool.totals.queueTimeout, pool.totals.expired, pool.totals.waiting], [1, 1, 0]);
    assert.ok(pool.totals.waitSumMicroseconds >= 50_000);
  });

  test('is nobody for longer than the target while the queue stands', async () => {
    using clock = new AheadClock();
    await using pool = await BusyPool.open({ queue: { ...queue, order: 'fifo', interval: '20s', target: '50ms' } });
    await pool.take();
    await pool.wait({ name: 'first' });
    clock.put(25_000);
    assert.equal((await pool.told({ name: 'second' })).what, 'queue-timeout');
    assert.deepEqual(await pool.serve(1), ['first']);
  });

  test('is told at once that it would be too late, and when to come again as reckoned from who is before', async () => {
    using clock = new AheadClock();
    await using pool = await BusyPool.open({ queue, deadline });
    const begun = performance.now();
    const first = await pool.take();
    // What serving takes is learned of this one: two seconds and what the machine adds.
    clock.put(2000);
    pool.answer();
    await first.answer();
    const took = (performance.now() - begun) / 1000;
    await pool.take();
    for (const name of ['a', 'b', 'c']) await pool.wait({ name });
    const told = await pool.told({ name: 'late', lines: [within('3s')] });
    assert.deepEqual([told.status, told.what], [503, 'too-late']);
    // Those three and itself, one after the other.
    assert.ok(told.retryAfter >= 8 && told.retryAfter <= Math.ceil(4 * took), `${told.retryAfter}, and serving took ${took}`);
    assert.deepEqual(await pool.serve(3), ['a', 'b', 'c']);
    assert.deepEqual([pool.totals.tooLate, pool.totals.queued], [1, 3]);
  });

  test('gets the answer of last resort, with the time to come again', async () => {
    const lastResort = { body: 'busy' } as const;
    await using pool = await BusyPool.open({ queue: { ...queue, size: 1 }, lastResort });
    await pool.take();
    await pool.wait({ name: 'a' });
    assert.deepEqual(await pool.told({}), { status: 503, what: 'busy', retryAfter: 1 });
    assert.deepEqual(await pool.serve(1), ['a']);
  });
});

describe('whoever leaves', { timeout }, () => {
  for (const [what, coming] of [
    ['with nothing more to send', {}],
    ['with its body sent', { method: 'POST', lines: ['Content-Length: 3'], body: 'abc' }],
    ['in the middle of its body', { method: 'POST', lines: ['Transfer-Encoding: chunked'], body: '3\r\nabc\r\n' }],
  ] as const) {
    test(`the queue, ${what}, gives its place there to the next, and no endpoint hears of it`, async () => {
      await using pool = await BusyPool.open({ queue: { ...queue, size: 1 } });
      await pool.take();
      const client = await pool.wait({ name: 'gone', ...coming });
      assert.equal((await pool.told({})).what, 'pool-saturated');
      client.close();
      await eventually(() => pool.totals.waiting === 0, 'it is noticed');
      await pool.wait({ name: 'next' });
      assert.deepEqual(await pool.serve(1), ['next']);
      assert.equal(pool.here.totals.listeners[0]?.clientsGone, 1);
    });
  }

  test('a place in the pool gives it to whoever waits', async () => {
    await using pool = await BusyPool.open((address) => ({ endpoints: [address], maxRequests: 1, queue }));
    const client = await pool.take();
    await pool.wait({ name: 'next' });
    client.close();
    await pool.atEndpoint();
    assert.equal(pool.endpoint.requests.at(-1), 'GET /held/next HTTP/1.1');
  });
});
