// Breakers of endpoints, and what those of pools and of endpoints have in common.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/balanced.ts';
import type { BytePeer } from '../support/byte-peer.ts';
import { LivePool } from '../support/live/live-pool.ts';
import { idle } from '../support/planes.ts';
import { AheadClock } from '../support/time/ahead-clock.ts';
import {
  failAll,
  forLong,
  forShort,
  held,
  leaveWhileHeld,
  quick,
  requestOf,
  timeout,
  trials,
  world,
} from '../support/tries/broken-pool.ts';

for (const breaker of ['breaker', 'endpointBreaker'] as const) {
  describe(`${breaker}: what is slow`, { timeout }, () => {
    // Nothing here takes five seconds but what is said to.
    const slow = { ...forLong, leastCalls: 1, slow: 50, slowAfter: '5s' } as const;
    const takes = 8000;

    test('is an endpoint whose client has left before it answered', async () => {
      using clock = new AheadClock();
      await using all = await world({ [breaker]: slow }, { count: 1 });
      await using client = await all.here.connect();
      client.send(held);
      const upstream = await all.first.held();
      clock.put(takes);
      client.close();
      await upstream.closed();
      assert.match(await all.here.ask(quick), /"(breaker-open|no-endpoint)"/);
    });

    test('is not one whose client has left soon', async () => {
      await using all = await world({ [breaker]: slow }, { count: 1 });
      await using client = await all.here.connect();
      client.send(held);
      const upstream = await all.first.held();
      client.close();
      await upstream.closed();
      assert.match(await all.here.ask(quick), /^HTTP\/1\.1 200 /);
    });

    test('is not one whose client is slow to send', async () => {
      using clock = new AheadClock();
      await using all = await world({ [breaker]: slow }, { count: 1 });
      await using client = await all.here.connect();
      client.send(`${requestOf('/', 'Content-Length: 2\r\n').replace('GET', 'PUT')}a`);
      await eventually(() => (all.here.each('bytesSent')[0] ?? 0) > 60, 'the endpoint has what came');
      clock.put(takes);
      client.send('b');
      assert.match((await client.answer()).startLine, / 200 /);
      assert.match(await all.here.ask(quick), /^HTTP\/1\.1 200 /);
    });

    test('is one that takes its time with a request that came slowly', async () => {
      using clock = new AheadClock();
      await using all = await world({ [breaker]: slow }, { count: 1 });
      await using client = await all.here.connect();
      client.send(`${requestOf('/held', 'Content-Length: 2\r\n').replace('GET', 'PUT')}hi`);
      const upstream = await all.first.held();
      clock.put(takes);
      all.first.answer(upstream);
      assert.match((await client.answer()).startLine, / 200 /);
      await idle(all.here.board);
      assert.match(await all.here.ask(quick), /"(breaker-open|no-endpoint)"/);
    });

    test('is not one whose client is slow to read', async () => {
      using clock = new AheadClock();
      await using all = await world({ [breaker]: slow }, { count: 1 });
      await using client = await all.here.connect();
      client.send(held);
      const upstream = await all.first.held();
      upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na');
      await client.until('\r\n\r\na');
      clock.put(takes);
      upstream.send('b');
      await client.until('b');
      await idle(all.here.board);
      assert.match(await all.here.ask(quick), /^HTTP\/1\.1 200 /);
    });
  });

  test(`${breaker}: a tunnel is a success once it is open`, { timeout }, async () => {
    await using all = await world({ [breaker]: forShort }, { count: 1 });
    failAll(all);
    await all.statuses(2);
    const [client] = await trials(all, 1, 1, requestOf('/held', 'Connection: upgrade\r\nUpgrade: websocket\r\n'));
    const upstream = await all.first.held();
    upstream.send('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    await client?.until('\r\n\r\n');
    failAll(all, 200);
    assert.deepEqual(await all.statuses(4), [200, 200, 200, 200]);
    client?.close();
  });
}

for (const [breaker, whose] of [
  ['breaker', 'its breaker'],
  ['endpointBreaker', 'the breaker of endpoint 127\\.0\\.0\\.1:\\d+'],
] as const) {
  test(`${breaker}: the log tells once that it opened, and once that it is closed again`, { timeout }, async () => {
    const rules = { ...forShort, leastCalls: 4, trials: 2, rounds: 2, mostOpen: '100ms' } as const;
    await using live = await LivePool.start({ endpoints: { a: {} }, pool: { [breaker]: rules, outliers: 'none' } });
    const { log } = live;
    live.endpoint('a').status = 500;
    const opened = log.next(new RegExp(`Pool web: ${whose} is open`));
    for (let asked = 0; asked < 40; asked++) await live.ask('/');
    assert.match(await opened, /^warn /);
    live.endpoint('a').status = 200;
    const closed = log.next(new RegExp(`Pool web: ${whose} is closed again\\.`));
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    while (!isClosed) await live.ask('/');
    assert.match(await closed, /^info /);
    assert.equal(log.matching(/breaker/).length, 2);
  });
}

describe('the breaker of an endpoint', { timeout }, () => {
  test('leaves its traffic to the others', async () => {
    await using all = await world({ endpointBreaker: forLong }, { count: 3 });
    all.first.status = 500;
    const statuses = await all.statuses(12);
    assert.equal(statuses.filter((status) => status === 500).length, 4);
    const [broken] = all.got;
    assert.deepEqual(
      await all.statuses(30),
      Array.from({ length: 30 }, () => 200),
    );
    assert.deepEqual(
      all.got.map((each, place) => (place === 0 ? each : each >= 15)),
      [broken, true, true],
    );
  });

  test('is one for all workers', async () => {
    await using all = await world({ endpointBreaker: forLong }, { workers: 2 });
    all.first.status = 500;
    await all.statuses(8, 0);
    assert.equal(all.got[0], 4);
    assert.deepEqual(
      await all.statuses(8, 1),
      Array.from({ length: 8 }, () => 200),
    );
    assert.equal(all.got[0], 4);
  });

  test('hears of failures to connect, of resets, and not of clients that leave', async () => {
    await using all = await world({ endpointBreaker: forLong, balance: 'first-available', retry: { attempts: 1 } });
    await leaveWhileHeld(all, 5);
    for (let turn = 0; turn < 4; turn++) {
      await using client = await all.here.connect();
      client.send(held);
      (await all.first.held()).reset();
      await client.answer();
    }
    assert.match(await all.here.ask(quick), /\r\n\r\ne1$/);
  });

  test('of all endpoints at once is told as no endpoint', async () => {
    await using all = await world({ endpointBreaker: forLong });
    failAll(all);
    await all.statuses(8);
    const before = all.got;
    assert.match(await all.here.ask(quick), /^HTTP\/1\.1 503 .*\r\nRetry-After: 1\r\n.*"no-endpoint"/s);
    assert.deepEqual(all.got, before);
  });

  for (const balance of ['round-robin', 'least-connections', 'peak-ewma', 'consistent-hash', 'random'] as const) {
    test(`holds with ${balance}`, async () => {
      await using all = await world({ endpointBreaker: { ...forLong, leastCalls: 1 }, balance }, { count: 3 });
      failAll(all);
      await all.statuses(1);
      const broken = all.got.indexOf(1);
      failAll(all, 200);
      assert.deepEqual(
        await all.statuses(40),
        Array.from({ length: 40 }, () => 200),
      );
      assert.equal(all.got[broken], 1);
    });
  }

  test('lets trials through over all workers, and the others have the rest', async () => {
    await using all = await world({ endpointBreaker: forShort, balance: 'first-available' }, { workers: 2 });
    all.first.status = 500;
    await all.statuses(2);
    const clients: BytePeer[] = [];
    while (all.first.holds === 0) {
      const client = await all.here.connect(clients.length % 2);
      clients.push(client);
      client.send(held);
      await eventually(
        () => all.endpoints.reduce((sum, { requests }) => sum + requests.length, 0) === clients.length + 2,
        'somebody has it',
      );
    }
    const before = all.got[0];
    assert.deepEqual(
      [...(await all.statuses(5, 0)), ...(await all.statuses(5, 1))],
      Array.from({ length: 10 }, () => 200),
    );
    assert.equal(all.got[0], before, 'one trial at a time');
    all.first.status = 200;
    for (const endpoint of all.endpoints) while (endpoint.holds > 0) endpoint.answer(await endpoint.held());
    for (const client of clients) {
      await client.answer();
      client.close();
    }
    for (const worker of [0, 1]) assert.match(await all.here.ask(quick, worker), /\r\n\r\ne0$/);
  });

  test('has a trial to give again when its client left', async () => {
    await using all = await world({ endpointBreaker: forShort }, { count: 1 });
    all.first.status = 500;
    await all.statuses(2);
    for (let turn = 0; turn < 3; turn++) {
      const [client] = await trials(all, 1);
      assert.match(await all.here.ask(quick), /"no-endpoint"/);
      void all.first.held();
      client?.close();
      await idle(all.here.board);
    }
    all.first.status = 200;
    assert.deepEqual(await all.statuses(4), [200, 200, 200, 200]);
  });

  test('has a trial to give again when the endpoint was full', async () => {
    await using all = await world({ endpointBreaker: { ...forShort, trials: 2 } }, { count: 1, maxConnections: 1 });
    all.first.status = 500;
    await all.statuses(2);
    const [client] = await trials(all, 1);
    for (let turn = 0; turn < 3; turn++) assert.match(await all.here.ask(quick), /"pool-saturated"/);
    all.first.answer(await all.first.held());
    await client?.answer();
    client?.close();
    all.first.status = 200;
    assert.deepEqual(await all.statuses(4), [200, 200, 200, 200]);
  });

  test('moves sessions', async () => {
    await using all = await world({ endpointBreaker: { ...forLong, leastCalls: 3 }, sticky: { cookie: 'SERVER' } });
    await using client = await all.here.connect();
    client.send(quick);
    const { lines, body } = await client.answer();
    const home = Number(body.slice(1));
    const cookie =
      lines
        .find((line) => line.startsWith('Set-Cookie: SERVER='))
        ?.slice('Set-Cookie: '.length)
        .split(';')[0] ?? '';
    const again = requestOf('/', `Cookie: ${cookie}\r\n`);
    client.send(again);
    assert.equal((await client.answer()).body, body);
    const endpoint = all.endpoints[home] ?? assert.fail();
    endpoint.status = 500;
    for (let turn = 0; turn < 2; turn++) {
      client.send(again);
      assert.match((await client.answer()).startLine, / 500 /);
    }
    const before = endpoint.requests.length;
    client.send(again);
    const moved = await client.answer();
    assert.equal(moved.body, `e${1 - home}`);
    assert.ok(moved.lines.some((line) => line.startsWith('Set-Cookie: SERVER=')));
    assert.equal(endpoint.requests.length, before);
    assert.equal(all.here.totals.pools[0]?.sessionsMoved, 1);
  });
});
