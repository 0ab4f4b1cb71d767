// What is tried again, where, how often and how long: never what might have been acted on, unless somebody says that this does no harm.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/balanced.ts';
import { Planes } from '../support/planes.ts';
import type { Reaction } from '../support/recording-endpoint.ts';
import { answering, closing, RecordingEndpoint } from '../support/recording-endpoint.ts';
import { get, post, requestOf, timeout, world } from '../support/tries/retried-pool.ts';

const postWithKey = requestOf('POST', 'Idempotency-Key: "8e03978e"\r\nContent-Length: 0\r\n');

const byRoute = { routes: [{ path: '/*', pool: 'web', idempotent: true }], pool: undefined };

describe('an answer with a status of the list', { timeout }, () => {
  const on = { retry: { on: [503] } };

  test('is not passed on: another endpoint is asked', async () => {
    await using all = await world([answering(503), answering(200)], on);
    const { here } = all;
    assert.match(await here.ask(get), /^HTTP\/1\.1 200 .*200$/s);
    assert.deepEqual(all.got, [1, 1]);
    assert.deepEqual([here.endpoint(0).failed, here.endpoint(0).retries, here.endpoint(1).succeeded], [1, 1, 1]);
    assert.equal(here.endpoint(0).status5xx, 1);
  });

  test('leaves nothing of itself, however much of it has come', async () => {
    const long: Reaction = (peer) => void peer.send(`HTTP/1.1 503 No\r\nX-Bad: 1\r\nContent-Length: 100000\r\n\r\n${'b'.repeat(50_000)}`);
    await using all = await world([long, answering(200)], on);
    await using client = await all.here.connect();
    for (let turn = 0; turn < 3; turn++) {
      client.send(get);
      const { head, body } = await client.answer();
      assert.doesNotMatch(head, /X-Bad/);
      assert.equal(body, '200');
    }
  });

  test('is passed on as it is when there is no other endpoint', async () => {
    await using alone = await world([answering(503)], on);
    assert.match(await alone.here.ask(get), /^HTTP\/1\.1 503 Whatever\r\n.*\r\n503$/s);
    assert.deepEqual(alone.got, [1]);
    await using both = await world([answering(503), answering(503)], on);
    assert.match(await both.here.ask(get), /^HTTP\/1\.1 503 Whatever\r\n.*\r\n503$/s);
    assert.deepEqual(both.got, [1, 1]);
  });

  test('is passed on when no try is left', async () => {
    await using all = await world([answering(503), answering(503), answering(503), answering(200)], { retry: { on: [503], attempts: 3 } });
    assert.match(await all.here.ask(get), /^HTTP\/1\.1 503 /);
    assert.deepEqual(all.got, [1, 1, 1, 0]);
  });

  test('is passed on when its request may have done something', async () => {
    await using all = await world([answering(503), answering(200)], on);
    for (const method of ['POST', 'PATCH'])
      assert.match(await all.here.ask(requestOf(method, 'Content-Length: 0\r\n')), /^HTTP\/1\.1 503 /);
    assert.deepEqual(all.got, [2, 0]);
  });

  test('of POST is asked for again when the client gives a key, or the route says so', async () => {
    await using keyed = await world([answering(503), answering(200)], on);
    assert.match(await keyed.here.ask(postWithKey), /^HTTP\/1\.1 200 /);
    assert.deepEqual(keyed.got, [1, 1]);
    await using routed = await world([answering(503), answering(200)], on, byRoute);
    assert.match(await routed.here.ask(post), /^HTTP\/1\.1 200 /);
    assert.deepEqual(routed.got, [1, 1]);
  });

  test('costs nothing of the budget where nobody else is asked', async () => {
    await using all = await world([answering(503)], { retry: { ...on.retry, budget: { share: 0, perSecond: 1 } } });
    for (let turn = 0; turn < 30; turn++) assert.match(await all.here.ask(get), /^HTTP\/1\.1 503 /);
    assert.equal(all.here.pool.retriesRefused, 0);
  });

  test('is one of the list alone', async () => {
    await using all = await world([answering(500), answering(200)], on);
    assert.match(await all.here.ask(get), /^HTTP\/1\.1 500 /);
    assert.deepEqual(all.got, [1, 0]);
  });
});

describe('an endpoint that closes in place of an answer', { timeout }, () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']) {
    test(`has ${method} sent to another one`, async () => {
      await using all = await world([closing, answering(200)]);
      assert.match(await all.here.ask(requestOf(method)), /^HTTP\/1\.1 200 /);
      assert.deepEqual(all.got, [1, 1]);
    });
  }

  for (const method of ['POST', 'PATCH', 'PURGE']) {
    test(`has ${method} sent to nobody else`, async () => {
      await using all = await world([closing, answering(200)]);
      const { here } = all;
      assert.match(await here.ask(`${requestOf(method, 'Content-Length: 2\r\n')}hi`), /^HTTP\/1\.1 502 .*"endpoint-closed"/s);
      assert.deepEqual(all.got, [1, 0]);
      assert.deepEqual([here.endpoint(0).attempts, here.endpoint(1).attempts], [1, 0]);
    });
  }

  test('has POST sent to another one when the client gives a key, or the route says so', async () => {
    await using keyed = await world([closing, answering(200)]);
    assert.match(await keyed.here.ask(postWithKey), /^HTTP\/1\.1 200 /);
    await using routed = await world([closing, answering(200)], {}, byRoute);
    assert.match(await routed.here.ask(post), /^HTTP\/1\.1 200 /);
    assert.deepEqual([...keyed.got, ...routed.got], [1, 1, 1, 1]);
  });

  test('has POST sent to nobody else when the key is empty', async () => {
    await using all = await world([closing, answering(200)]);
    assert.match(await all.here.ask(requestOf('POST', 'Idempotency-Key:\r\nContent-Length: 0\r\n')), /^HTTP\/1\.1 502 /);
    assert.deepEqual(all.got, [1, 0]);
  });
});

describe('a tunnel that is asked for', { timeout }, () => {
  test('is opened by another endpoint when the first one closes in place of it', async () => {
    const switching: Reaction = (peer) =>
      void peer.send('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\nhello');
    await using all = await world([closing, switching], { retry: { perTry: '10h', within: '20h' } });
    await using client = await all.here.connect();
    client.send(requestOf('GET', 'Connection: upgrade\r\nUpgrade: chat\r\n'));
    assert.match(await client.until('hello'), /^HTTP\/1\.1 101 /);
    assert.deepEqual(
      [all.got, all.inFlight],
      [
        [1, 1],
        [0, 1],
      ],
    );
    client.close();
    await eventually(() => all.inFlight.join() === '0,0', 'the tunnel is closed');
    assert.deepEqual([all.here.endpoint(0).failed, all.here.endpoint(1).succeeded], [1, 1]);
  });
});

describe('where every other endpoint', { timeout }, () => {
  for (const [what, other] of [
    ['is down', 'down'],
    ['drains', 'draining'],
  ] as const) {
    test(`${what}, the client is told what came of the first one, and no retry is paid for`, async () => {
      await using bad = await RecordingEndpoint.open(closing);
      await using good = await RecordingEndpoint.open(answering(200));
      const retry = { budget: { share: 0, perSecond: 1 } };
      const web = { endpoints: [bad.address, good.address], balance: 'first-available' as const, retry };
      await using here = await Planes.start({ pools: { web } });
      here.set(1, other);
      for (let turn = 0; turn < 20; turn++) assert.match(await here.ask(get), /"endpoint-closed"/);
      here.set(1, 'up');
      for (let turn = 0; turn < 10; turn++) assert.match(await here.ask(get), /^HTTP\/1\.1 200 /);
      assert.equal(here.totals.pools[0]?.retriesRefused, 0);
    });
  }

  test('is full, likewise', async () => {
    const held: Reaction = (peer, request) => {
      if (!request.startLine.includes('/held')) answering(200)(peer, request);
    };
    await using bad = await RecordingEndpoint.open(closing);
    await using full = await RecordingEndpoint.open(held);
    const endpoints = [bad.address, { address: full.address, maxConnections: 1 }];
    await using here = await Planes.start({ pools: { web: { endpoints, balance: 'first-available' } } });
    await using client = await here.connect();
    client.send('GET /held HTTP/1.1\r\nHost: a.test\r\n\r\n');
    await eventually(() => full.requests.length === 1, 'its place is taken');
    assert.match(await here.ask(get), /^HTTP\/1\.1 502 .*"endpoint-closed"/s);
    client.close();
    await eventually(() => here.each('inFlight').join() === '0,0', 'its place is free');
    assert.match(await here.ask(get), /^HTTP\/1\.1 200 /);
  });
});

describe('an endpoint that is cut off in the head of its answer', { timeout }, () => {
  const cutOff: Reaction = (peer) => {
    peer.send('HTTP/1.1 200 OK\r\nX-Half: ');
    peer.end();
  };

  test('has a safe request sent to another one, and nothing of that answer is left', async () => {
    await using all = await world([cutOff, answering(200)]);
    const answer = await all.here.ask(get);
    assert.match(answer, /^HTTP\/1\.1 200 .*200$/s);
    assert.doesNotMatch(answer, /X-Half/);
    assert.deepEqual(all.got, [1, 1]);
  });

  test('has an unsafe one sent to nobody else', async () => {
    await using all = await world([cutOff, answering(200)]);
    assert.match(await all.here.ask(post), /^HTTP\/1\.1 502 .*"response-cut-short"/s);
    assert.deepEqual(all.got, [1, 0]);
  });
});

describe('a connection that was kept too long', { timeout }, () => {
  /** Answers one request of each connection. */
  const once: Reaction = (peer) => {
    if (served.has(peer)) return peer.close();
    served.add(peer);
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  };
  const served = new WeakSet<object>();

  test('costs neither a try nor a share of the budget: the same endpoint is asked on a fresh one', async () => {
    await using all = await world([once, answering(200)], { retry: { attempts: 1, budget: { share: 0, perSecond: 0 } } });
    const { here } = all;
    const put = `${requestOf('PUT', 'Content-Length: 2\r\n')}hi`;
    for (const request of [get, put, get, put]) assert.match(await here.ask(request), /^HTTP\/1\.1 200 /);
    // Every request but the first finds the connection of the one before.
    assert.deepEqual(all.got, [4 + 3, 0]);
    assert.equal(here.endpoint(0).retries, 3);
    assert.equal(here.pool.retriesRefused, 0);
  });

  test('costs an unsafe request its answer, for nobody knows what became of it', async () => {
    await using all = await world([once, answering(200)]);
    assert.match(await all.here.ask(post), /^HTTP\/1\.1 200 /);
    assert.match(await all.here.ask(post), /^HTTP\/1\.1 502 .*"endpoint-closed"/s);
    assert.deepEqual(all.got, [2, 0]);
  });
});
