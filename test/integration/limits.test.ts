// Clients that are slow and clients that want too much: each is let wait or refused at its limit, with an answer that it can read.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { balanced, eventually } from '../support/balanced.ts';
import { answerOf, echoTarget, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 60_000;
const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';

describe('a client that is slow', { timeout }, () => {
  test('with the head of its request is told so and closed', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoTarget);
    await using here = await balanced({ endpoints: [endpoint], listener: { timeouts: { head: '200ms' } } });
    await using client = await here.connect();
    client.send('GET / HTTP/1.1\r\nHost:');
    const { startLine, lines, body } = await client.answer();
    assert.equal(startLine, 'HTTP/1.1 408 Request Timeout');
    assert.ok(lines.includes('Connection: close'));
    assert.equal(JSON.parse(body).error, 'request-timeout');
    assert.equal((await client.over()).ending, 'end');
    assert.equal(endpoint.peers.length, 0);
  });

  test('with the head, byte by byte, has no more time than another', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoTarget);
    await using here = await balanced({ endpoints: [endpoint], listener: { timeouts: { head: '300ms' } } });
    await using client = await here.connect();
    client.send('GET / HTTP/1.1\r\nHost: a.test\r\nX-Slow: ');
    const trickle = setInterval(() => client.send('x'), 20);
    const { startLine } = await client.answer();
    clearInterval(trickle);
    assert.equal(startLine, 'HTTP/1.1 408 Request Timeout');
  });

  test('that sends nothing at all is closed', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoTarget);
    await using here = await balanced({ endpoints: [endpoint], listener: { timeouts: { head: '200ms' } } });
    await using client = await here.connect();
    assert.deepEqual(await client.over(), { ending: 'end', rest: '' });
    await eventually(() => here.listener.openConnections === 0, 'the connection is closed');
  });

  test('with the body of its request is told so, and the attempt is given up', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint], listener: { timeouts: { body: '200ms' } } });
    await using client = await here.connect();
    client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\nabc');
    const upstream = await endpoint.connection();
    await upstream.until('abc');
    assert.equal((await client.answer()).startLine, 'HTTP/1.1 408 Request Timeout');
    assert.equal((await client.over()).ending, 'end');
    await upstream.closed();
    assert.equal(here.endpoint().ignored, 1);
  });

  test('with its next request is closed', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoTarget);
    await using here = await balanced({ endpoints: [endpoint], listener: { timeouts: { keepAlive: '200ms' } } });
    await using client = await here.connect();
    client.send(get);
    await client.answer();
    assert.deepEqual(await client.over(), { ending: 'end', rest: '' });
  });

  test('to read its answer is reset, and the attempt is given up', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint], listener: { timeouts: { send: '200ms' } } });
    await using client = await here.connect();
    client.socket.pause();
    client.send(get);
    const upstream = await endpoint.connection();
    await upstream.request();
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n');
    upstream.send(Buffer.alloc(50_000_000));
    await upstream.closed();
    await eventually(() => here.listener.openConnections === 0, 'the connection is closed');
    assert.equal(here.listener.clientsGone, 1);
    client.socket.resume();
    assert.equal((await client.over()).ending, 'reset');
  });
});

describe('a client that sends', { timeout }, () => {
  const limits = { head: '512B', fields: 5, target: '64B', body: '1000B' };

  for (const { what, request, status } of [
    {
      what: 'too large a head',
      request: `GET / HTTP/1.1\r\nHost: a.test\r\nX: ${'x'.repeat(2000)}\r\n\r\n`,
      status: '431 Request Header Fields Too Large',
    },
    {
      what: 'a head without an end',
      request: `GET / HTTP/1.1\r\nHost: a.test\r\nX: ${'x'.repeat(1_000_000)}`,
      status: '431 Request Header Fields Too Large',
    },
    {
      what: 'too many fields',
      request: `GET / HTTP/1.1\r\nHost: a.test\r\n${'X: 1\r\n'.repeat(6)}\r\n`,
      status: '431 Request Header Fields Too Large',
    },
    { what: 'too long a target', request: `GET /${'x'.repeat(100)} HTTP/1.1\r\nHost: a.test\r\n\r\n`, status: '414 URI Too Long' },
    {
      what: 'too long a body by its length',
      request: `POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2000000\r\n\r\n${'x'.repeat(2_000_000)}`,
      status: '413 Content Too Large',
    },
    {
      what: 'too long a body in chunks',
      request: `POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n${'100\r\n'.concat('x'.repeat(256), '\r\n').repeat(4000)}`,
      status: '413 Content Too Large',
    },
  ]) {
    test(`${what} is refused in a way that it can read while it sends`, async () => {
      await using endpoint = await ScriptedEndpoint.open(async (peer) => {
        await peer.until('never');
      });
      await using here = await balanced({ endpoints: [endpoint], listener: { limits } });
      await using client = await here.connect();
      client.send(request);
      const { startLine, lines } = await client.answer();
      assert.equal(startLine, `HTTP/1.1 ${status}`);
      assert.ok(lines.includes('Connection: close'));
      assert.deepEqual(await client.over(), { ending: 'end', rest: '' }, 'an orderly end, or the answer could be lost');
      client.end();
      await client.closed();
      await eventually(() => here.endpoint().inFlight === 0 && here.listener.openConnections === 0, 'nothing is left');
    });
  }

  test('as much as is allowed is served', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoTarget);
    await using here = await balanced({ endpoints: [endpoint], listener: { limits } });
    assert.match(await here.ask(`POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000\r\n\r\n${'x'.repeat(1000)}`), /^HTTP\/1\.1 200 /);
  });

  test('as many connections as are allowed are served, and one more when one is closed', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoTarget);
    await using here = await balanced({ endpoints: [endpoint], listener: { limits: { connections: 2 } } });
    await using first = await here.connect();
    await using second = await here.connect();
    await using third = await here.connect();
    await third.closed();
    for (const client of [first, second]) {
      client.send(get);
      await client.answer();
    }
    assert.equal(here.listener.rejectedConnections, 1);
    first.close();
    await eventually(() => here.listener.openConnections === 1, 'one is closed');
    assert.match(await here.ask(get), /^HTTP\/1\.1 200 /);
  });

  test('as many exchanges on a connection as are allowed are served, and the last one says so', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoTarget);
    await using here = await balanced({ endpoints: [endpoint], listener: { limits: { exchanges: 2 } } });
    await using client = await here.connect();
    client.send(get.repeat(5));
    assert.ok(!(await client.answer()).lines.includes('Connection: close'));
    assert.ok((await client.answer()).lines.includes('Connection: close'));
    assert.deepEqual(await client.over(), { ending: 'end', rest: '' });
  });
});

test('a request that no route takes is answered with 404, and the connection goes on', { timeout }, async () => {
  await using endpoint = await ScriptedEndpoint.open(async (peer) => {
    await peer.request();
    peer.send(answerOf('routed'));
  });
  const routes = [{ path: '/only', pool: 'web' }];
  await using here = await balanced({ endpoints: [endpoint], listener: { routes, pool: undefined } });
  await using client = await here.connect();
  client.send(get);
  const { startLine, body } = await client.answer();
  assert.deepEqual([startLine, JSON.parse(body).error], ['HTTP/1.1 404 Not Found', 'no-route']);
  client.send('GET /only HTTP/1.1\r\nHost: a.test\r\n\r\n');
  assert.equal((await client.answer()).body, 'routed');
});
