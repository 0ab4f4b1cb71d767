// Upgrades: once the endpoint agrees, bytes pass both ways as they are, each direction until its own end.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { documentedOnly } from '../../src/data-plane/sockets/native-stream.ts';
import type { Balanced } from '../support/balanced.ts';
import { balanced, eventually } from '../support/balanced.ts';
import type { BytePeer } from '../support/byte-peer.ts';
import { answerOf, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 60_000;
const upgrade = 'GET /chat HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: abc\r\n\r\n';
const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: xyz\r\n\r\n';

async function tunnel(here: Balanced, endpoint: ScriptedEndpoint): Promise<{ client: BytePeer; upstream: BytePeer }> {
  const client = await here.connect();
  client.send(upgrade);
  const upstream = await endpoint.connection();
  await upstream.request();
  upstream.send(switching);
  await client.until('\r\n\r\n');
  return { client, upstream };
}

for (const { name, abilities } of [
  { name: 'with all that Node.js can do', abilities: undefined },
  { name: 'with what Node.js documents', abilities: documentedOnly },
]) {
  describe(`an upgrade ${name}`, { timeout }, () => {
    test('joins both sides once the endpoint agrees', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.send(upgrade);
      const upstream = await endpoint.connection();
      const request = await upstream.request();
      assert.ok(request.lines.includes('Connection: upgrade') && request.lines.includes('Upgrade: websocket'));
      assert.ok(request.lines.includes('Sec-WebSocket-Key: abc'));
      upstream.send(switching);
      const answer = await client.until('\r\n\r\n');
      assert.match(
        answer,
        /^HTTP\/1\.1 101 Switching Protocols\r\nSec-WebSocket-Accept: xyz\r\nConnection: upgrade\r\nUpgrade: websocket\r\n/,
      );
      for (const text of ['one', 'HTTP/1.1 200 OK\r\n\r\n', '\0\xff\x80']) {
        client.send(text);
        assert.equal(await upstream.bytes(text.length), text);
        upstream.send(text);
        assert.equal(await client.bytes(text.length), text);
      }
      assert.equal(here.listener.tunnels, 1);
      assert.equal(here.endpoint().inFlight, 1);
      client.close();
      await upstream.closed();
      await eventually(() => here.listener.tunnels === 0 && here.endpoint().inFlight === 0, 'the tunnel is closed');
      assert.equal(here.listener.openConnections, 0);
    });

    test('passes on what each side sent early', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.send(`${upgrade}early from the client`);
      const upstream = await endpoint.connection();
      await upstream.request();
      upstream.send(`${switching}early from the endpoint`);
      await client.until('\r\n\r\n');
      assert.equal(await client.bytes(23), 'early from the endpoint');
      assert.equal(await upstream.bytes(21), 'early from the client');
    });

    test('ends each direction by itself', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      const { client, upstream } = await tunnel(here, endpoint);
      client.send('last words');
      client.end();
      assert.deepEqual(await upstream.over(), { ending: 'end', rest: 'last words' });
      upstream.send('an answer after the end');
      assert.equal(await client.bytes(23), 'an answer after the end');
      upstream.end();
      assert.deepEqual(await client.over(), { ending: 'end', rest: '' });
      await eventually(() => here.listener.tunnels === 0, 'the tunnel is closed');
    });

    test('is closed on both sides when one side is broken', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      const first = await tunnel(here, endpoint);
      first.client.reset();
      await first.upstream.closed();
      const second = await tunnel(here, endpoint);
      second.upstream.reset();
      await second.client.closed();
      await eventually(() => here.listener.tunnels === 0 && here.endpoint().inFlight === 0, 'both tunnels are closed');
    });

    test('carries much at the pace of the slower side, whole', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      const { client, upstream } = await tunnel(here, endpoint);
      const text = Array.from({ length: 200_000 }, (_, index) => String(index)).join(' ');
      client.socket.pause();
      for (let turn = 0; turn < 10; turn++) upstream.send(text);
      upstream.end();
      client.send('still the other way');
      assert.equal(await upstream.bytes(19), 'still the other way');
      assert.ok(upstream.socket.writableLength > 0, 'the endpoint is held back');
      client.socket.resume();
      assert.ok((await client.over()).rest === text.repeat(10));
    });
  });
}

describe('a tunnel', { timeout }, () => {
  test('is closed when it is silent both ways for longer than the limit', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint], pool: { timeouts: { tunnel: '200ms' } } });
    const { client, upstream } = await tunnel(here, endpoint);
    await Promise.all([client.closed(), upstream.closed()]);
    assert.equal(here.listener.tunnels, 0);
  });

  test('is closed by the end of the worker', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint] });
    const { client, upstream } = await tunnel(here, endpoint);
    here.plane.close();
    await Promise.all([client.closed(), upstream.closed()]);
    assert.equal(here.listener.tunnels, 0);
    assert.equal(here.endpoint().inFlight, 0);
  });

  test('to a client that never reads the rest is closed at the limit', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint], pool: { timeouts: { tunnel: '300ms' } } });
    const { client, upstream } = await tunnel(here, endpoint);
    client.socket.pause();
    for (let turn = 0; turn < 300; turn++) upstream.send('x'.repeat(100_000));
    await upstream.closed();
    await eventually(() => here.listener.tunnels === 0 && here.listener.openConnections === 0, 'the tunnel is closed');
    client.socket.resume();
    // What is on its way still comes, and then the end; of all that was sent it is a part.
    assert.ok((await client.over()).rest.length < 30_000_000);
  });
});

describe('an upgrade that is not', { timeout }, () => {
  test('agreed to is answered like any other request, and the connection goes on', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    client.send(upgrade);
    const upstream = await endpoint.connection();
    await upstream.request();
    upstream.send(answerOf('no chat here'));
    assert.equal((await client.answer()).body, 'no chat here');
    client.send('GET /next HTTP/1.1\r\nHost: a.test\r\n\r\n');
    assert.equal((await upstream.request()).startLine, 'GET /next HTTP/1.1');
  });

  test('to be passed on is not offered: HTTP/2 without TLS', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    client.send(
      'GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
    );
    const upstream = await endpoint.connection();
    const { head } = await upstream.request();
    assert.doesNotMatch(head, /upgrade|h2c|http2-settings/i);
    upstream.send(answerOf('ok'));
    assert.equal((await client.answer()).body, 'ok');
  });

  test('asked for by HTTP/1.0 is not offered', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    client.send('GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    assert.doesNotMatch((await (await endpoint.connection()).request()).head, /upgrade/i);
  });
});
