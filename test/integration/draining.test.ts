// A drain: what is begun is finished, nothing new is begun, idle connections are closed, and it resolves when nothing is open any more.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { balanced, eventually, placeOf } from '../support/balanced.ts';
import { BytePeer } from '../support/byte-peer.ts';
import { answerOf, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 60_000;
const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';

describe('a drain', { timeout }, () => {
  test('finishes the exchange that is on, and tells its client that the connection ends', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    client.send(get);
    const upstream = await endpoint.connection();
    await upstream.request();
    const drained = here.plane.drain();
    await assert.rejects(BytePeer.connect(placeOf(here.bound)), { code: 'ECONNREFUSED' });
    upstream.send(answerOf('late'));
    const { lines, body } = await client.answer();
    assert.equal(body, 'late');
    assert.ok(lines.includes('Connection: close'));
    assert.equal((await client.over()).ending, 'end');
    await drained;
    await upstream.closed();
    assert.equal(here.listener.openConnections, 0);
    assert.equal(here.endpoint().inFlight, 0);
  });

  test('that begins in the middle of an answer finishes it, and closes the connection soon', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    client.send(get);
    const upstream = await endpoint.connection();
    await upstream.request();
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc');
    await client.until('abc');
    const drained = here.plane.drain();
    upstream.send('def');
    assert.equal(await client.bytes(3), 'def');
    assert.equal((await client.over()).ending, 'end');
    await drained;
  });

  test('closes connections that are idle, on either side', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    client.send(get);
    const upstream = await endpoint.connection();
    await upstream.request();
    upstream.send(answerOf('ok'));
    await client.answer();
    await using silent = await here.connect();
    await eventually(() => here.listener.openConnections === 2, 'both are accepted');
    await Promise.all([here.plane.drain(), client.closed(), silent.closed(), upstream.closed()]);
    assert.equal(here.listener.openConnections, 0);
  });

  test('answers the request that a client was just sending', async () => {
    await using endpoint = await ScriptedEndpoint.open(async (peer) => {
      for (;;) {
        await peer.request();
        peer.send(answerOf('ok'));
      }
    });
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    client.send(get);
    await client.answer();
    const drained = here.plane.drain();
    client.send(get);
    const { lines } = await client.answer();
    assert.ok(lines.includes('Connection: close'));
    await drained;
  });

  test('waits for a client that is slow to take the end of its answer', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    client.send('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n');
    const upstream = await endpoint.connection();
    await upstream.request();
    client.socket.pause();
    // Up to its end the answer flows while the connections on the way take it.
    const size = 30_000_000;
    upstream.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`);
    let isDrained = false;
    const drained = here.plane.drain().then(() => {
      isDrained = true;
    });
    await eventually(() => here.listener.bytesSent > 1_000_000, 'the answer is on its way');
    assert.equal(isDrained, false);
    client.socket.resume();
    assert.equal((await client.answer()).body.length, size);
    await drained;
  });

  test('waits for tunnels', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    client.send('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n');
    const upstream = await endpoint.connection();
    await upstream.request();
    upstream.send('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n');
    await client.until('\r\n\r\n');
    const drained = here.plane.drain();
    client.send('still here');
    assert.equal(await upstream.bytes(10), 'still here');
    client.close();
    await upstream.closed();
    await drained;
    assert.equal(here.listener.tunnels, 0);
  });
});

test('an end at once closes every connection and leaves nothing on the scoreboard', { timeout }, async () => {
  await using endpoint = await ScriptedEndpoint.open();
  await using here = await balanced({ endpoints: [endpoint] });
  await using idle = await here.connect();
  await using client = await here.connect();
  client.send(get);
  const upstream = await endpoint.connection();
  await upstream.request();
  here.plane.close();
  await Promise.all([idle.closed(), client.closed(), upstream.closed()]);
  assert.deepEqual([here.listener.openConnections, here.listener.exchangesInFlight, here.endpoint().inFlight], [0, 0, 0]);
});
