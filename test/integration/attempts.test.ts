// What happens when an endpoint cannot be reached, is silent or answers with nonsense: another try where that is safe, else a clear answer.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { balanced, eventually } from '../support/balanced.ts';
import { FullBacklog } from '../support/full-backlog.ts';
import { always, answerOf, echoTarget, ScriptedEndpoint } from '../support/scripted-endpoint.ts';
import { AheadClock } from '../support/time/ahead-clock.ts';

const timeout = 60_000;
const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';
const post = 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nhi';

/** Ports of loopback on which nobody listens: no program is given one of them when it asks for any. */
const refusing = (count: number): string[] => Array.from({ length: count }, (_, index) => `127.0.0.1:${index + 1}`);

describe('an endpoint that refuses connections', { timeout }, () => {
  test('is passed over for another, whatever the method', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoTarget);
    const [dead = ''] = refusing(1);
    await using here = await balanced({ endpoints: [dead, endpoint] });
    for (const request of [get, post, get, post]) assert.match(await here.ask(request), /^HTTP\/1\.1 200 OK/);
    assert.ok(here.endpoint(0).connectFailures >= 2);
    assert.equal(here.endpoint(0).retries, here.endpoint(0).connectFailures);
    assert.equal(here.endpoint(1).succeeded, 4);
  });

  test('is answered with 502 when there is no other', async () => {
    const dead = refusing(3);
    await using here = await balanced({ endpoints: dead });
    assert.match(await here.ask(get), /^HTTP\/1\.1 502 Bad Gateway\r\n.*Retry-After: 1\r\n.*"connect-refused"/s);
    assert.deepEqual(
      dead.map((_, index) => here.endpoint(index).attempts),
      [1, 1, 1],
    );
    assert.equal(here.listener.status5xx, 1);
  });

  test('is tried no more often than the limit says', async () => {
    const dead = refusing(5);
    await using here = await balanced({ endpoints: dead, pool: { retry: { attempts: 2 } } });
    assert.match(await here.ask(get), /^HTTP\/1\.1 502 /);
    assert.equal(
      dead.reduce((sum, _, index) => sum + here.endpoint(index).attempts, 0),
      2,
    );
  });

  test('leaves the client its connection', async () => {
    const dead = refusing(1);
    await using here = await balanced({ endpoints: dead });
    await using client = await here.connect();
    for (let turn = 0; turn < 3; turn++) {
      client.send(get);
      assert.equal((await client.answer()).startLine, 'HTTP/1.1 502 Bad Gateway');
    }
  });

  test('keeps the body of the request for the next endpoint', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    const dead = refusing(2);
    await using here = await balanced({ endpoints: [...dead, endpoint] });
    await using client = await here.connect();
    client.send(`POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(60_000)}`);
    client.send('y'.repeat(40_000));
    const upstream = await endpoint.connection();
    assert.equal((await upstream.request()).body, 'x'.repeat(60_000) + 'y'.repeat(40_000));
    upstream.send(answerOf('whole'));
    assert.equal((await client.answer()).body, 'whole');
  });
});

test('a socket file that nobody listens on is a refusal', { timeout }, async () => {
  await using here = await balanced({ endpoints: ['unix:/nowhere/at/all.sock'] });
  assert.match(await here.ask(get), /^HTTP\/1\.1 502 .*"connect-refused"/s);
});

test('a connection that is not made in time is answered with 504, or made with another endpoint', { timeout }, async () => {
  await using full = await FullBacklog.open();
  {
    await using here = await balanced({ endpoints: [full.address], pool: { timeouts: { connect: '200ms' } } });
    assert.match(await here.ask(get), /^HTTP\/1\.1 504 Gateway Timeout\r\n.*"connect-timeout"/s);
    assert.equal(here.endpoint().connectFailures, 1);
  }
  await using endpoint = await ScriptedEndpoint.open(echoTarget);
  await using here = await balanced({ endpoints: [full.address, endpoint], pool: { timeouts: { connect: '200ms' } } });
  for (let turn = 0; turn < 2; turn++) assert.match(await here.ask(post), /^HTTP\/1\.1 200 OK/);
});

describe('an endpoint that is silent', { timeout }, () => {
  test('is answered with 504, and its connection is closed', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint], pool: { timeouts: { response: '200ms' } } });
    const asked = here.ask(get);
    const upstream = await endpoint.connection();
    await upstream.request();
    assert.match(await asked, /^HTTP\/1\.1 504 Gateway Timeout\r\n.*"response-timeout"/s);
    await upstream.closed();
    assert.equal(endpoint.peers.length, 1, 'what it has may be under way, so that it is not asked again');
  });

  test('is waited for anew after each answer before the answer', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint], pool: { timeouts: { response: '200ms' } } });
    await using client = await here.connect();
    client.send(get);
    const upstream = await endpoint.connection();
    await upstream.request();
    upstream.send('HTTP/1.1 102 Processing\r\n\r\n');
    await client.until('HTTP/1.1 102 Processing\r\n\r\n');
    assert.equal((await client.answer()).startLine, 'HTTP/1.1 504 Gateway Timeout');
  });

  test('in the middle of a body breaks the answer off', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint], pool: { timeouts: { body: '200ms' } } });
    await using client = await here.connect();
    client.send(get);
    const upstream = await endpoint.connection();
    await upstream.request();
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
    await client.until('abc');
    assert.equal((await client.over()).rest, '');
    await upstream.closed();
    assert.equal(here.listener.brokenAnswers, 1);
    assert.equal(here.endpoint().failed, 1);
  });
});

describe('a pool that takes one exchange at a time', { timeout }, () => {
  for (const [what, endpoint] of [
    ['answered', answerOf('one')],
    ['refused', 'nonsense\r\n\r\n'],
  ] as const) {
    test(`has a place for the next request of a connection once the one before it is ${what}`, async () => {
      await using upstream = await ScriptedEndpoint.open(always(endpoint));
      await using here = await balanced({ endpoints: [upstream], pool: { maxRequests: 1 } });
      await using client = await here.connect();
      client.send(get + get + get);
      for (let turn = 0; turn < 3; turn++) assert.match((await client.answer()).startLine, what === 'answered' ? / 200 / : / 502 /);
    });
  }

  test('does not take a tunnel for a request that takes long', async () => {
    using clock = new AheadClock();
    await using endpoint = await ScriptedEndpoint.open(async (peer) => {
      for (;;) {
        const { startLine } = await peer.request();
        if (startLine.includes('/chat')) peer.send('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n');
        else if (!startLine.includes('/held')) peer.send(answerOf('one'));
      }
    });
    const timeouts = { tunnel: 'none' } as const;
    await using here = await balanced({ endpoints: [endpoint], pool: { maxRequests: 1, queue: { size: 10, timeout: '2s' }, timeouts } });
    await using talker = await here.connect();
    talker.send('GET /chat HTTP/1.1\r\nHost: a.test\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n');
    await talker.until('\r\n\r\n');
    clock.put(3_600_000);
    talker.close();
    await eventually(() => here.endpoint().inFlight === 0, 'the tunnel is closed');
    await using first = await here.connect();
    await using second = await here.connect();
    first.send('GET /held HTTP/1.1\r\nHost: a.test\r\n\r\n');
    await eventually(() => here.endpoint().inFlight === 1, 'the place is taken');
    second.send(get);
    await eventually(() => here.pool.queued === 1, 'the next one waits, and is not told that it would wait too long');
    first.close();
    assert.equal((await second.answer()).body, 'one');
  });
});

describe('a malformed answer', { timeout }, () => {
  const malformed = {
    'both framings': 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    'a bad status line': 'HTTP/1.1 twohundred OK\r\nContent-Length: 0\r\n\r\n',
    'no status line at all': 'hello there, this is not HTTP\r\n\r\n',
    'a NUL in a value': 'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n',
    'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
    'a head without an end': `HTTP/1.1 200 OK\r\n${'X-Long: abcdefghijklmnop\r\n'.repeat(3000)}`,
    'an upgrade that nobody asked for': 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
  };
  for (const [what, answer] of Object.entries(malformed)) {
    test(`with ${what} is answered with 502, and nothing of it reaches anybody`, async () => {
      await using endpoint = await ScriptedEndpoint.open(async (peer) => {
        const { startLine } = await peer.request();
        if (startLine.includes('/bad')) peer.send(answer);
        else peer.send(answerOf('good'));
        await peer.closed();
      });
      await using here = await balanced({ endpoints: [endpoint] });
      await using client = await here.connect();
      client.send('GET /bad HTTP/1.1\r\nHost: a.test\r\n\r\n');
      const { startLine, body } = await client.answer();
      assert.equal(startLine, 'HTTP/1.1 502 Bad Gateway');
      assert.equal(JSON.parse(body).error, 'malformed-response');
      client.send('GET /good HTTP/1.1\r\nHost: a.test\r\n\r\n');
      assert.equal((await client.answer()).body, 'good');
      assert.equal(endpoint.peers.length, 2);
      assert.equal(here.endpoint().attempts, 2, 'a malformed answer is not asked for again');
    });
  }

  test('in a chunk breaks the answer off', async () => {
    await using endpoint = await ScriptedEndpoint.open(async (peer) => {
      await peer.request();
      peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nnonsense\r\n');
    });
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    client.send(get);
    assert.match((await client.over()).rest, /^HTTP\/1\.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n$/);
  });
});
