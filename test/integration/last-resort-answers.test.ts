// The answer of last resort: when it comes, and what it looks like to each client.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PoolParts, World } from '../support/tries/last-pool.ts';
import { get, lastResort, requestOf, setAll, timeout, world } from '../support/tries/last-pool.ts';

const length = Buffer.byteLength(lastResort.body);

describe('the answer of last resort', { timeout }, () => {
  const down = async (pools: Readonly<Record<string, PoolParts>> = { web: { lastResort } }): Promise<World> => {
    const all = await world(pools);
    setAll(all, [0, 1], 'down');
    return all;
  };

  test('is what the document says, and its connection goes on', async () => {
    await using all = await down();
    await using client = await all.here.connect();
    for (let turn = 0; turn < 3; turn++) {
      client.send(get);
      const { startLine, lines, body } = await client.answer();
      assert.equal(startLine, 'HTTP/1.1 503 Service Unavailable');
      assert.deepEqual(lines.toSorted(), [
        'Cache-Control: no-store',
        `Content-Length: ${length}`,
        'Content-Type: text/html; charset=utf-8',
      ]);
      assert.equal(Buffer.from(body, 'latin1').toString(), lastResort.body);
    }
    setAll(all, [0], 'up');
    client.send(get);
    assert.equal((await client.answer()).body, 'e0');
    assert.deepEqual([all.here.totals.listeners[0]?.status5xx, all.here.totals.listeners[0]?.status2xx], [3, 1]);
    assert.deepEqual(all.here.each('attempts'), [1, 0]);
    assert.equal(all.here.totals.listeners[0]?.exchangesInFlight, 0);
  });

  test('to HEAD is its head alone', async () => {
    await using all = await down();
    await using client = await all.here.connect();
    client.send(requestOf('HEAD') + get);
    const { lines, body } = await client.answer(true);
    assert.ok(lines.includes(`Content-Length: ${length}`));
    assert.equal(body, '');
    assert.equal((await client.answer()).startLine, 'HTTP/1.1 503 Service Unavailable', 'and the next answer begins right behind it');
  });

  test('to HTTP/1.0 ends with the connection', async () => {
    await using all = await down();
    await using client = await all.here.connect();
    client.send('GET / HTTP/1.0\r\nHost: a.test\r\n\r\n');
    const { rest, ending } = await client.over();
    assert.match(rest, /^HTTP\/1\.1 503 .*\r\nConnection: close\r\n.*<\/p>$/s);
    assert.equal(ending, 'end');
  });

  test('to a body that was not read says that the connection closes', async () => {
    await using all = await down();
    await using client = await all.here.connect();
    client.send(`${requestOf('POST', '/', 'Content-Length: 1000000\r\n')}${'x'.repeat(1000)}`);
    const { head, body } = await client.answer();
    assert.match(head, /^HTTP\/1\.1 503 .*\r\nConnection: close/s);
    assert.equal(body.length, length);
    assert.equal((await client.over()).rest, '');
  });

  test('to a client that waits for 100 Continue comes at once', async () => {
    await using all = await down();
    await using client = await all.here.connect();
    client.send(requestOf('POST', '/', 'Content-Length: 5\r\nExpect: 100-continue\r\n'));
    assert.match((await client.answer()).head, /^HTTP\/1\.1 503 /);
  });

  test('may be a success, and may be empty', async () => {
    await using all = await down({ web: { lastResort: { status: 200, body: 'closed today' } } });
    assert.match(await all.here.ask(get), /^HTTP\/1\.1 200 OK\r\nContent-Type: text\/plain; charset=utf-8\r\n.*\r\n\r\nclosed today$/s);
    await using empty = await down({ web: { lastResort: {} } });
    assert.match(await empty.here.ask(get), /^HTTP\/1\.1 503 .*\r\nContent-Length: 0\r\n.*\r\n\r\n$/s);
  });

  for (const status of [204, 304]) {
    test(`with ${status} has no body and no length, whatever is written`, async () => {
      await using all = await down({ web: { lastResort: { status, body: 'never seen' } } });
      await using client = await all.here.connect();
      client.send(get + get);
      for (let turn = 0; turn < 2; turn++) {
        const { startLine, head } = await client.answer();
        assert.match(startLine, new RegExp(`^HTTP/1.1 ${status} `));
        // RFC 9110 section 8.6: no Content-Length with 204; with 304 it would be that of another answer.
        assert.doesNotMatch(head, /Content-Length|Content-Type/);
      }
      assert.equal(client.received, '');
    });
  }

  test('comes when all are full, and while the breaker is open', async () => {
    const endpoints = [{ maxConnections: 1 }, { weight: 0 }] as never;
    await using full = await world({ web: { lastResort, endpoints } });
    await using client = await full.here.connect();
    client.send(requestOf('GET', '/held'));
    const held = await full.endpoint(0).held();
    assert.match(await full.here.ask(get), /^HTTP\/1\.1 503 .*zur/s);
    full.endpoint(0).answer(held);
    await client.answer();

    await using broken = await world({ web: { lastResort, breaker: { leastCalls: 1, open: '1h', mostOpen: '1h' } } });
    broken.endpoint(0).status = 500;
    assert.match(await broken.here.ask(get), /^HTTP\/1\.1 500 /);
    assert.match(await broken.here.ask(get), /^HTTP\/1\.1 503 .*zur/s);
  });

  test('of a pool comes when its backup has no endpoint either', async () => {
    await using all = await down({ web: { lastResort, backup: 'spare' }, spare: {} });
    assert.equal(await all.answered(), 'e2');
    setAll(all, [2, 3], 'down');
    assert.match(await all.here.ask(get), /^HTTP\/1\.1 503 .*zur/s);
  });

  test('of the pool that was asked goes before that of its backups', async () => {
    const other = { status: 500, body: 'of another' } as const;
    await using all = await down({
      web: { lastResort, backup: 'spare' },
      spare: { lastResort: other, backup: 'last' },
      last: { lastResort: other },
    });
    setAll(all, [2, 3, 4, 5], 'down');
    assert.match(await all.here.ask(get), /^HTTP\/1\.1 503 .*zur/s);
  });

  test('of a backup comes where the pool that was asked has none', async () => {
    await using all = await down({ web: { backup: 'spare' }, spare: { lastResort } });
    setAll(all, [2, 3], 'down');
    assert.match(await all.here.ask(get), /^HTTP\/1\.1 503 .*zur/s);
  });

  test('comes when nobody can be reached, in the pool and in the one behind it, whatever is asked', async () => {
    const nowhere = [{ address: 'unix:/nowhere.sock' }, { address: 'unix:/nowhere/else.sock' }] as never;
    await using all = await world({ web: { lastResort, endpoints: nowhere, backup: 'spare' }, spare: { endpoints: nowhere } });
    for (const request of [get, requestOf('POST', '/', 'Content-Length: 0\r\n')])
      assert.match(await all.here.ask(request), /^HTTP\/1\.1 503 .*zur/s);
    assert.deepEqual(all.here.each('attempts'), [2, 2, 2, 2]);
  });

  test('is not for endpoints that were tried and failed', async () => {
    await using all = await world({ web: { lastResort, retry: { attempts: 1 } } });
    await using client = await all.here.connect();
    client.send(requestOf('GET', '/held'));
    (await all.endpoint(0).held()).close();
    assert.match((await client.answer()).startLine, / 502 /);
  });
});
