// The places that are waited for: what becomes of a request meanwhile, and when a place is free again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/balanced.ts';
import type { BytePeer } from '../support/byte-peer.ts';
import { times } from '../support/endpoints.ts';
import { HoldingEndpoint } from '../support/holding-endpoint.ts';
import { Planes } from '../support/planes.ts';
import { AheadClock } from '../support/time/ahead-clock.ts';
import { BusyPool, toldBy } from '../support/waiting/busy-pool.ts';
import { answered, deadline, queue, timeout, within } from '../support/waiting/waits.ts';

describe('while a request waits', { timeout }, () => {
  test('no more of its body is read than is held of any client, and all of it arrives', async () => {
    await using pool = await BusyPool.open({ queue });
    await pool.take();
    const body = 'x'.repeat(5_000_000);
    const client = await pool.wait({ name: 'upload', method: 'POST', lines: [`Content-Length: ${body.length}`], body });
    // Each of these goes to the worker and back: what it would read of the upload has come by then.
    for (let turn = 0; turn < 50; turn++) assert.match(await pool.here.ask('CONNECT a.test:1 HTTP/1.1\r\nHost: a.test:1\r\n\r\n'), / 501 /);
    const { bytesReceived } = pool.here.totals.listeners[0] ?? assert.fail();
    assert.ok(bytesReceived < 300_000, `${bytesReceived} bytes were read`);
    assert.deepEqual(await pool.serve(1), ['upload']);
    assert.equal(toldBy(await client.answer()).status, 200);
    assert.ok((pool.here.each('bytesSent')[0] ?? 0) > body.length);
  });

  test('a client of HTTP/1.0 waits as well, and one that wants to be asked for its body', async () => {
    await using pool = await BusyPool.open({ queue: { ...queue, order: 'fifo' } });
    await pool.take();
    const old = await pool.here.connect();
    old.send('GET /held/old HTTP/1.0\r\nHost: a.test\r\n\r\n');
    await eventually(() => pool.totals.waiting === 1, 'it waits');
    const asking = await pool.wait({ name: 'asking', method: 'PUT', lines: ['Content-Length: 3', 'Expect: 100-continue'] });
    pool.answer();
    await pool.atEndpoint();
    pool.answer();
    assert.match((await old.over()).rest, /^HTTP\/1\.1 200 .*\r\nConnection: close\r\n\r\ne$/s);
    asking.send('abc');
    await pool.atEndpoint();
    pool.answer();
    assert.equal(toldBy(await asking.answer()).status, 200);
    assert.deepEqual(pool.endpoint.requests.slice(1), ['GET /held/old HTTP/1.1', 'PUT /held/asking HTTP/1.1']);
  });

  test('those behind it on its connection wait too, and each finds the place free that the one before had', async () => {
    await using pool = await BusyPool.open({ maxRequests: 1 });
    const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';
    await using client = await pool.here.connect();
    client.send(get.repeat(5));
    for (let turn = 0; turn < 5; turn++) assert.equal(toldBy(await client.answer()).status, 200);
    assert.equal(pool.totals.poolSaturated, 0);
  });

  for (const [what, settings] of [
    ['an endpoint', { queue }],
    ['a pool', (address: string) => ({ endpoints: [address], maxRequests: 1, queue })],
  ] as const)
    for (const state of ['down', 'draining'] as const)
      test(`for ${what} that takes one at a time, and the last endpoint is ${state}, it is told so at once, as is who comes then`, async () => {
        await using pool = await BusyPool.open(settings);
        const first = await pool.take();
        const client = await pool.wait({ name: 'b' });
        pool.here.set(0, state);
        const nobody = { status: 503, what: 'no-endpoint', retryAfter: 1 };
        assert.deepEqual(toldBy(await client.answer()), nobody);
        assert.deepEqual(await pool.told({}), nobody);
        pool.answer();
        assert.equal(toldBy(await first.answer()).status, 200, 'what is on is finished');
        pool.here.set(0, 'up');
        assert.match(await pool.here.ask('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'), / 200 /);
      });

  for (const workers of [1, 2])
    test(`and ${workers} workers drain, it is served, or told when its time is over: nobody is left waiting`, async () => {
      await using pool = await BusyPool.open({ queue, deadline }, { workers });
      const worker = workers - 1;
      const clients = [
        await pool.take(),
        await pool.wait({ name: 'served', worker }),
        await pool.wait({ name: 'told', lines: [within('300ms')], worker }),
      ];
      const drained = pool.here.drain();
      assert.equal(toldBy(await (clients[2] as BytePeer).answer()).what, 'queue-timeout');
      assert.deepEqual(await pool.serve(1), ['served']);
      assert.deepEqual(await answered(clients.slice(0, 2)), [200, 200]);
      await drained;
    });
});

describe('an endpoint that drains while others wait', { timeout }, () => {
  test('gets none of those, finishes what it has, and serves its sessions at once for as long as it drains', async () => {
    await using first = await HoldingEndpoint.open('e0');
    await using second = await HoldingEndpoint.open('e1');
    const endpoints = [
      { address: first.address, maxConnections: 2 },
      { address: second.address, maxConnections: 1 },
    ];
    const web = { endpoints, balance: 'first-available', sticky: { cookie: 'SERVER' }, queue } as const;
    await using here = await Planes.start({ pools: { web: { ...web, endpoints: [...endpoints] } } });
    const get = (path: string, cookie = ''): string =>
      `GET ${path} HTTP/1.1\r\nHost: a.test\r\n${cookie === '' ? '' : `Cookie: ${cookie}\r\n`}\r\n`;
    const cookie = /Set-Cookie: ([^;]+)/.exec(await here.ask(get('/')))?.[1] ?? assert.fail();

    await using one = await here.connect();
    one.send(get('/held'));
    const running = await first.held();
    here.set(0, 'draining');
    await using two = await here.connect();
    two.send(get('/held'));
    const held = await second.held();
    await using three = await here.connect();
    three.send(get('/'));
    await eventually(() => here.totals.pools[0]?.waiting === 1, 'one waits');

    assert.match(await here.ask(get('/', cookie)), /\r\n\r\ne0$/);
    assert.equal(here.totals.pools[0]?.waiting, 1, 'and still does');
    first.answer(running);
    assert.equal((await one.answer()).body, 'e0');
    second.answer(held);
    assert.deepEqual([(await two.answer()).body, (await three.answer()).body], ['e1', 'e1']);
    assert.equal(here.each('inFlight')[0], 0);
    here.set(0, 'down');
    assert.match(await here.ask(get('/', cookie)), /\r\n\r\ne1$/, 'once it is down they move');
  });
});

describe('a place', { timeout }, () => {
  /** Endpoints of a pool that takes one exchange at a time, the first of which is asked first. */
  async function world(count: number, pool: object = {}, others: object = {}) {
    await using stack = new AsyncDisposableStack();
    const endpoints = await Promise.all(times(count, (place) => HoldingEndpoint.open(`e${place}`)));
    for (const endpoint of endpoints) stack.use(endpoint);
    const web = {
      endpoints: endpoints.slice(0, 2).map(({ address }) => address),
      balance: 'first-available' as const,
      maxRequests: 1,
      ...pool,
    };
    const spare = { endpoints: endpoints.slice(2).map(({ address }) => address), ...others };
    const here = stack.use(await Planes.start({ pools: count > 2 ? { web, spare } : { web } }));
    const client = stack.use(await here.connect());
    const kept = stack.move();
    return {
      here,
      client,
      endpoint: (place: number) => endpoints[place] ?? assert.fail(),
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    };
  }

  const get = (path = '/', lines = ''): string => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n${lines}\r\n`;
  const upgrade = get('/held', 'Connection: upgrade\r\nUpgrade: chat\r\n');
  const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n';

  test('is kept by an exchange that is tried again elsewhere, and is free afterwards', async () => {
    await using all = await world(2);
    all.client.send(get('/held'));
    (await all.endpoint(0).held()).close();
    const held = await all.endpoint(1).held();
    assert.match(await all.here.ask(get()), /"pool-saturated"/);
    all.endpoint(1).answer(held);
    assert.equal((await all.client.answer()).body, 'e1');
    assert.match(await all.here.ask(get()), /^HTTP\/1\.1 200 /);
  });

  test('is free again after each end that an exchange may have', async () => {
    await using all = await world(2, { retry: { attempts: 1 }, timeouts: { response: '200ms' }, limits: { head: '256B' } });
    const ends: readonly ((peer: BytePeer) => unknown)[] = [
      (peer) => peer.close(),
      (peer) => peer.reset(),
      (peer) => peer.send('nonsense\r\n\r\n'),
      (peer) => peer.send(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(300)}\r\n\r\n`),
      (peer) => peer.send('HTTP/1.1 204 No Content\r\n\r\n'),
      (peer) => peer.send('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n'),
      // In the middle of the body.
      (peer) => {
        peer.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab');
        peer.end();
      },
      // No answer in time.
      () => undefined,
    ];
    for (const end of ends) {
      await using client = await all.here.connect();
      client.send(get('/held'));
      end(await all.endpoint(0).held());
      await client.until('\r\n\r\n');
      await eventually(() => all.here.totals.pools[0]?.serving === 0, `the place is free after ${end}`);
      assert.match(await all.here.ask(get()), /^HTTP\/1\.1 200 /, String(end));
    }
  });

  test('is not taken by what another pool takes over', async () => {
    await using all = await world(3, { backup: 'spare' });
    all.client.send(get('/held'));
    const held = await all.endpoint(0).held();
    for (let turn = 0; turn < 3; turn++) assert.match(await all.here.ask(get()), /\r\n\r\ne2$/);
    all.endpoint(0).answer(held);
    await all.client.answer();
    assert.match(await all.here.ask(get()), /\r\n\r\ne0$/);
  });

  test('may be waited for in the pool that takes over', async () => {
    await using all = await world(3, { backup: 'spare' }, { maxRequests: 1, queue });
    await using second = await all.here.connect();
    await using third = await all.here.connect();
    all.client.send(get('/held'));
    const held = await all.endpoint(0).held();
    second.send(get('/held'));
    const taken = await all.endpoint(2).held();
    third.send(get());
    await eventually(() => all.here.totals.pools[1]?.waiting === 1, 'the third waits');
    all.endpoint(2).answer(taken);
    assert.deepEqual([(await second.answer()).body, (await third.answer()).body], ['e2', 'e2']);
    all.endpoint(0).answer(held);
    await all.client.answer();
    assert.deepEqual([all.here.totals.pools[0]?.serving, all.here.totals.pools[1]?.serving], [0, 0]);
  });

  test('is kept by a tunnel until it is closed, which teaches nothing of how long others take', async () => {
    using clock = new AheadClock();
    await using all = await world(2, { queue, deadline });
    all.client.send(upgrade);
    const tunnel = await all.endpoint(0).held();
    tunnel.send(switching);
    await all.client.until('\r\n\r\n');
    await using next = await all.here.connect();
    next.send(get('/held'));
    await eventually(() => all.here.totals.pools[0]?.waiting === 1, 'it waits');
    clock.put(30_000);
    all.client.close();
    const held = await all.endpoint(0).held();
    // Had that been learned, ten seconds would be too few.
    await using last = await all.here.connect();
    last.send(get('/', `${within('10s')}\r\n`));
    await eventually(() => all.here.totals.pools[0]?.waiting === 1, 'one more waits');
    all.endpoint(0).answer(held);
    assert.deepEqual([(await next.answer()).body, (await last.answer()).body], ['e0', 'e0']);
  });
});
