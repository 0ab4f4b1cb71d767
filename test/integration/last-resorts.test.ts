// What becomes of an exchange that a pool has no endpoint for: another pool takes it, and another one after that. Over real sockets, with connections that go on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HeldTimers } from '../support/held-timers.ts';
import { idle } from '../support/planes.ts';
import type { World } from '../support/tries/last-pool.ts';
import { get, lastResort, requestOf, setAll, timeout, world } from '../support/tries/last-pool.ts';

const hour = 3_600_000;

describe('another pool', { timeout }, () => {
  for (const state of ['down', 'draining'] as const) {
    test(`takes over when all endpoints are ${state}, and gives back when one is up`, async () => {
      await using all = await world({ web: { backup: 'spare' }, spare: {} });
      assert.equal(await all.answered(), 'e0');
      all.here.set(0, state);
      assert.equal(await all.answered(), 'e1');
      all.here.set(1, state);
      assert.equal(await all.answered(), 'e2');
      assert.equal(await all.answered(requestOf('POST', '/', 'Content-Length: 0\r\n')), 'e2');
      all.here.set(0, 'up');
      assert.equal(await all.answered(), 'e0');
      assert.deepEqual(all.here.each('attempts'), [2, 1, 2, 0]);
      assert.deepEqual(all.here.each('retries'), [0, 0, 0, 0], 'to be handed over is no retry');
    });
  }

  test('takes over when all are full', async () => {
    const endpoints = [{ maxConnections: 1 }, { maxConnections: 1 }] as never;
    await using all = await world({ web: { backup: 'spare', endpoints }, spare: {} });
    await using one = await all.here.connect();
    await using other = await all.here.connect();
    one.send(requestOf('GET', '/held'));
    const held = await all.endpoint(0).held();
    other.send(requestOf('GET', '/held'));
    await all.endpoint(1).held();
    assert.equal(await all.answered(), 'e2');
    assert.deepEqual(all.here.each('inFlight'), [1, 1, 0, 0]);
    assert.equal(all.here.totals.pools[0]?.saturated, 1);
    all.endpoint(0).answer(held);
    await one.answer();
    assert.equal(await all.answered(), 'e0');
  });

  test('takes over while the breaker is open', async () => {
    await using all = await world({ web: { backup: 'spare', breaker: { leastCalls: 2, open: '1h', mostOpen: '1h' } }, spare: {} });
    all.endpoint(0).status = 500;
    for (let turn = 0; turn < 2; turn++) assert.match(await all.here.ask(get), /^HTTP\/1\.1 500 /);
    for (let turn = 0; turn < 5; turn++) assert.equal(await all.answered(), 'e2');
    assert.equal(all.endpoint(0).requests.length, 2);
  });

  describe('takes over when all endpoints have failed', () => {
    const closeEach = async ({ endpoint }: World, places: readonly number[]): Promise<void> => {
      for (const place of places) (await endpoint(place).held()).close();
    };

    test('at what is safe to repeat', async () => {
      await using all = await world({ web: { backup: 'spare' }, spare: {} });
      await using client = await all.here.connect();
      const body = 'x'.repeat(10_000);
      client.send(`${requestOf('PUT', '/held', `Content-Length: ${body.length}\r\n`)}${body}`);
      await closeEach(all, [0, 1]);
      all.endpoint(2).answer(await all.endpoint(2).held());
      assert.equal((await client.answer()).body, 'e2');
      assert.deepEqual(all.here.each('attempts'), [1, 1, 1, 0]);
      assert.deepEqual(all.here.each('retries'), [1, 1, 0, 0]);
      client.send(get);
      assert.equal((await client.answer()).body, 'e0', 'the first pool is asked first');
    });

    test('to be reached, whatever the method', async () => {
      const nowhere = { address: 'unix:/nowhere.sock' };
      await using all = await world({ web: { backup: 'spare', endpoints: [nowhere, nowhere] as never }, spare: {} });
      const post = requestOf('POST', '/', 'Content-Length: 2\r\n');
      assert.equal(await all.answered(`${post}hi`), 'e2');
    });

    test('and not at what may do harm, nor beyond the tries and the budget of the first pool', async () => {
      await using all = await world({ web: { backup: 'spare' }, spare: {} });
      await using client = await all.here.connect();
      client.send(requestOf('POST', '/held', 'Content-Length: 0\r\n'));
      await closeEach(all, [0]);
      assert.match((await client.answer()).body, /"endpoint-closed"/);
      assert.deepEqual(all.here.each('attempts'), [1, 0, 0, 0]);
      for (const retry of [{ attempts: 2 }, { budget: { share: 0, perSecond: 0 } }] as const) {
        await using few = await world({ web: { backup: 'spare', retry }, spare: {} });
        await using one = await few.here.connect();
        one.send(requestOf('GET', '/held'));
        await closeEach(few, 'attempts' in retry ? [0, 1] : [0]);
        assert.match((await one.answer()).body, /"endpoint-closed"/);
        assert.deepEqual(few.here.each('attempts').slice(2), [0, 0]);
      }
    });

    test('and where it has nobody either, the client is told what came of the last try, and not the last resort', async () => {
      await using all = await world({ web: { backup: 'spare', lastResort }, spare: { lastResort } });
      setAll(all, [2, 3], 'down');
      await using client = await all.here.connect();
      client.send(requestOf('GET', '/held'));
      await closeEach(all, [0, 1]);
      assert.match((await client.answer()).body, /"endpoint-closed"/);
    });

    test('in the time that is left', async () => {
      using timers = new HeldTimers(hour);
      await using all = await world({ web: { backup: 'spare', retry: { within: '2h' } }, spare: { retry: { within: '10h' } } });
      await using client = await all.here.connect();
      client.send(requestOf('GET', '/held'));
      await closeEach(all, [0, 1]);
      const last = await all.endpoint(2).held();
      const [wait = 0, ...others] = timers.waits;
      assert.deepEqual(others, []);
      assert.ok(wait <= 2 * hour && wait > 1.9 * hour, `${wait}`);
      timers.run();
      assert.match((await client.answer()).body, /"deadline-exceeded"/);
      await last.closed();
    });

    test('and leaves no place taken in the first one', async () => {
      await using all = await world({ web: { backup: 'spare', maxRequests: 1 }, spare: { maxRequests: 1 } });
      for (let turn = 0; turn < 3; turn++) {
        await using client = await all.here.connect();
        client.send(requestOf('GET', '/held'));
        await closeEach(all, [0, 1]);
        all.endpoint(2).answer(await all.endpoint(2).held());
        assert.equal((await client.answer()).body, 'e2');
      }
    });
  });

  test('may have another one behind it', async () => {
    await using all = await world({ web: { backup: 'spare' }, spare: { backup: 'last' }, last: {} });
    setAll(all, [0, 1], 'down');
    assert.equal(await all.answered(), 'e2');
    setAll(all, [2, 3], 'down');
    assert.equal(await all.answered(), 'e4');
    setAll(all, [4, 5], 'down');
    assert.match(await all.here.ask(get), /^HTTP\/1\.1 503 .*\r\nRetry-After: 1\r\n.*"no-endpoint"/s);
    setAll(all, [2], 'up');
    assert.equal(await all.answered(), 'e2');
  });

  test('gets the whole body', async () => {
    await using all = await world({ web: { backup: 'spare' }, spare: {} });
    setAll(all, [0, 1], 'down');
    const body = 'x'.repeat(300_000);
    await using client = await all.here.connect();
    client.send(`${requestOf('POST', '/held', `Content-Length: ${body.length}\r\n`)}${body}`);
    const spare = all.endpoint(2);
    spare.answer(await spare.held());
    assert.equal((await client.answer()).body, 'e2');
    client.send(get);
    assert.equal((await client.answer()).body, 'e2');
  });

  test('tries again by its own rules', async () => {
    const never = { attempts: 1 } as const;
    await using all = await world({ web: { backup: 'spare', retry: never }, spare: { retry: { attempts: 2, on: [503] } } });
    setAll(all, [0, 1], 'down');
    all.endpoint(2).status = 503;
    assert.equal(await all.answered(), 'e3');
    assert.deepEqual(all.here.each('attempts'), [0, 0, 1, 1]);
  });

  test('keeps the sessions that it began', async () => {
    await using all = await world({
      web: { backup: 'spare', sticky: { cookie: 'SERVER' } },
      spare: { sticky: { cookie: 'SPARE' }, balance: 'round-robin' },
    });
    setAll(all, [0, 1], 'down');
    await using client = await all.here.connect();
    client.send(get);
    const { lines, body } = await client.answer();
    const cookie =
      lines
        .find((line) => line.startsWith('Set-Cookie: SPARE='))
        ?.slice('Set-Cookie: '.length)
        .split(';')[0] ?? '';
    for (let turn = 0; turn < 4; turn++) {
      client.send(requestOf('GET', '/', `Cookie: ${cookie}\r\n`));
      assert.equal((await client.answer()).body, body);
    }
  });

  test('takes what a client leaves behind as little as any other: both are idle afterwards', async () => {
    await using all = await world({ web: { backup: 'spare', breaker: {} }, spare: { breaker: {} } });
    setAll(all, [0, 1], 'down');
    await using client = await all.here.connect();
    client.send(requestOf('GET', '/held'));
    const upstream = await all.endpoint(2).held();
    client.close();
    await upstream.closed();
    await idle(all.here.board);
    assert.deepEqual(all.here.each('ignored'), [0, 0, 1, 0]);
  });

  test('stands behind a choice of endpoints by metadata as well, with all of its own', async () => {
    const endpoints = [{ metadata: { version: '1' } }, { metadata: { version: '2' } }] as never;
    const routes = [
      { path: '/new/*', pool: 'web', metadata: { version: '2' } },
      { path: '/*', pool: 'web' },
    ];
    await using all = await world({ web: { backup: 'spare', endpoints }, spare: {} }, { routes });
    assert.equal(await all.answered(requestOf('GET', '/new/a')), 'e1');
    all.here.set(1, 'down');
    assert.equal(await all.answered(requestOf('GET', '/new/a')), 'e2');
    assert.equal(await all.answered(), 'e0');
  });
});
