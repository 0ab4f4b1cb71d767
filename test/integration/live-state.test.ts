// What outlives another document: sessions, health, what people said, limits, and exchanges that are on.
import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { describe, test } from 'node:test';
import { LivePool } from '../support/live/live-pool.ts';

const timeout = 60_000;
const two = { a: {}, b: {} };

/** Three failures in a row, and an endpoint is set aside for longer than any test takes. */
const outliers = { consecutive: 3, baseEjection: '5m', maxEjection: '1h', maxEjected: 50 } as const;

/** Has an endpoint fail until it is, and be well from then on. */
async function setAside(live: LivePool, name: string): Promise<void> {
  live.endpoint(name).resets = true;
  await live.until(async () => {
    await live.ask();
    return (await live.status(name)).health.state === 'failing' ? undefined : 'it is not set aside';
  });
  live.endpoint(name).resets = false;
}

describe('endpoints that another document names too', { timeout }, () => {
  test('stay what people said of them', async () => {
    await using live = await LivePool.start({ endpoints: two });
    await live.change('a', { state: 'draining', weight: 3 });
    await live.become({ endpoints: { b: {}, c: {}, a: {} }, pool: { balance: 'random' } });
    const { state, weight } = await live.status('a');
    assert.deepEqual([state, weight], ['draining', 3]);
    await live.shares(50);
    assert.equal(live.endpoint('a').asked, 0);
  });

  test('stay set aside, and their ejections are remembered', async () => {
    await using live = await LivePool.start({ endpoints: two, pool: { outliers } });
    await setAside(live, 'a');
    const before = await live.status('a');
    await live.become({ endpoints: { a: {}, c: {}, b: {} }, pool: { outliers, retry: { attempts: 2 } } });
    const after = await live.status('a');
    assert.deepEqual([after.health, after.ejections], [before.health, before.ejections]);
    const asked = live.endpoint('a').asked;
    await live.shares(30);
    assert.equal(live.endpoint('a').asked, asked);
  });

  test('are taken as they are when nobody judges them any more', async () => {
    await using live = await LivePool.start({ endpoints: two, pool: { outliers } });
    await setAside(live, 'a');
    await live.become({ endpoints: two, pool: { outliers: 'none' } });
    await live.sharesBecome(20, [10, 10]);
  });

  test('keep the figures that were counted', async () => {
    await using live = await LivePool.start({ endpoints: two });
    await live.shares(20);
    const { attempts } = await live.status('a');
    await live.become({ endpoints: { c: {}, a: {} } });
    assert.equal((await live.status('a')).attempts, attempts);
    assert.equal((await live.status('c')).attempts, 0);
  });
});

test('sessions stay at their endpoints, however the pool balances', { timeout }, async () => {
  const sticky = { session: 'header:x-session' } as const;
  await using live = await LivePool.start({ endpoints: two, pool: { sticky } });
  const sessions = Array.from({ length: 20 }, (_, index) => ({ 'x-session': `s${index}` }));
  const where = (): Promise<readonly string[]> => Promise.all(sessions.map(async (fields) => (await live.ask('/', false, fields)).body));
  const before = await where();
  assert.equal(new Set(before).size, 2);
  await live.become({ endpoints: { c: {}, b: { weight: 5 }, a: {} }, pool: { sticky, balance: 'random' } });
  assert.deepEqual(await where(), before);
});

describe('an exchange that is on', { timeout }, () => {
  test('is finished by an endpoint that the next document does not name', async () => {
    await using live = await LivePool.start({ endpoints: { a: {} } });
    const held = live.ask('/held');
    await live.endpoint('a').holding(1);
    await live.become({ endpoints: { b: {} } });
    assert.equal((await live.ask()).body, 'b');
    live.endpoint('a').release();
    assert.deepEqual(await held, { status: 200, body: 'a', retryAfter: undefined });
  });

  test('is tried again where the next document says', async () => {
    const retry = { on: [503], attempts: 3 };
    await using live = await LivePool.start({ endpoints: { a: {} }, pool: { retry } });
    const held = live.ask('/held');
    await live.endpoint('a').holding(1);
    await live.become({ endpoints: { b: {} }, pool: { retry } });
    live.endpoint('a').status = 503;
    live.endpoint('a').release();
    await live.endpoint('b').holding(1);
    live.endpoint('b').release();
    assert.equal((await held).body, 'b');
  });

  test('that waits for a place finds one in the next document', async () => {
    const queue = { size: 10, timeout: '30s' } as const;
    await using live = await LivePool.start({ endpoints: { a: { maxConnections: 1 } }, pool: { queue } });
    const first = live.ask('/held');
    await live.endpoint('a').holding(1);
    const second = live.ask('/');
    await live.until(async () => ((await live.pool()).totals.queued === 1 ? undefined : 'nobody waits'));
    await live.become({ endpoints: { a: { maxConnections: 1 }, b: {} }, pool: { queue } });
    assert.equal((await second).body, 'b');
    live.endpoint('a').release();
    assert.equal((await first).body, 'a');
  });

  test('counts against limits that it began under', async () => {
    await using live = await LivePool.start({ endpoints: two, pool: { maxRequests: 2 } });
    const held = [live.ask('/held'), live.ask('/held')];
    await live.until(async () => ((await live.pool()).inFlight === 2 ? undefined : 'they are not on'));
    await live.become({ endpoints: two, pool: { maxRequests: 2, balance: 'random' } });
    assert.equal((await live.ask()).status, 503);
    // Answers go to whoever has them.
    await live.until(async () => {
      for (const name of ['a', 'b']) live.endpoint(name).release();
      return (await live.pool()).inFlight === 0 ? undefined : 'they are still on';
    });
    await Promise.all(held);
    assert.equal((await live.ask()).status, 200);
  });
});

test('a new endpoint that is probed gets nothing before its first probe has passed', { timeout }, async () => {
  const health = { http: '/healthz', interval: '200ms', timeout: '150ms' } as const;
  await using live = await LivePool.start({ endpoints: { a: {} }, pool: { health } });
  await live.until(async () => ((await live.ask()).status === 200 ? undefined : 'nobody serves'));
  const { NamedEndpoint } = await import('../support/live/named-endpoint.ts');
  const ill = await NamedEndpoint.open('b');
  ill.health = 500;
  live.endpoints.set('b', ill);
  await live.become({ endpoints: two, pool: { health } });
  await live.shares(40);
  assert.equal(ill.asked, 0);
  ill.health = 200;
  await live.until(async () => {
    await live.ask();
    return ill.asked > 0 ? undefined : 'it gets nothing though it is well';
  });
});

test('clients that are connected are asked by the new routes from their next request on', { timeout }, async () => {
  await using live = await LivePool.start({ endpoints: { a: {} } });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  assert.equal((await live.ask('/only', agent)).status, 200);
  await live.become({ endpoints: { a: {} }, routes: [{ path: '/only', pool: 'web' }] });
  assert.equal((await live.ask('/only', agent)).status, 200);
  assert.equal((await live.ask('/other', agent)).status, 404);
  agent.destroy();
});
