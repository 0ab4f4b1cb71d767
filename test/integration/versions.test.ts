// HTTP/1.0 on either side, and answers that last until their connection ends.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { balanced } from '../support/balanced.ts';
import { answerOf, echoHead, echoTarget, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 60_000;

describe('clients of HTTP/1.0', { timeout }, () => {
  test('are answered and closed, and the endpoint sees HTTP/1.1', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoHead);
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    client.send('GET /old HTTP/1.0\r\n\r\n');
    const { ending, rest } = await client.over();
    assert.equal(ending, 'end');
    assert.match(rest, /^HTTP\/1\.1 200 OK\r\nContent-Length: \d+\r\nConnection: close\r\n\r\nGET \/old HTTP\/1\.1\r\n/);
    assert.match(rest, new RegExp(`\r\nHost: ${endpoint.address}`), 'HTTP/1.1 wants a Host');
  });

  test('keep their connection when they ask for it', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoTarget);
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    for (const path of ['/one', '/two']) {
      client.send(`GET ${path} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`);
      const { lines, body } = await client.answer();
      assert.ok(lines.includes('Connection: keep-alive'));
      assert.equal(body, `GET ${path} HTTP/1.1`);
    }
  });

  test('get a body of unknown length without chunks, up to the end of the connection', async () => {
    await using endpoint = await ScriptedEndpoint.open(async (peer) => {
      await peer.request();
      peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n');
    });
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    client.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    assert.deepEqual(await client.over(), { ending: 'end', rest: 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcdef' });
  });

  test('are not sent answers before the answer', async () => {
    await using endpoint = await ScriptedEndpoint.open(async (peer) => {
      await peer.request();
      peer.send(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${answerOf('page')}`);
    });
    await using here = await balanced({ endpoints: [endpoint] });
    assert.match(await here.ask('GET / HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 OK\r\n/);
  });
});

describe('endpoints of HTTP/1.0', { timeout }, () => {
  test('answer up to the end of their connection, and the client gets chunks and keeps its own', async () => {
    await using endpoint = await ScriptedEndpoint.open(async (peer) => {
      const { startLine } = await peer.request();
      peer.send(`HTTP/1.0 200 OK\r\nServer: old\r\n\r\n${startLine}`);
      peer.end();
    });
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    for (const path of ['/one', '/two']) {
      client.send(`GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
      const { startLine, lines, body } = await client.answer();
      assert.deepEqual([startLine, lines], ['HTTP/1.1 200 OK', ['Server: old', 'Transfer-Encoding: chunked']]);
      assert.equal(body, `GET ${path} HTTP/1.1`);
    }
    assert.equal(endpoint.peers.length, 2);
  });

  test('are not asked again on a connection that they did not say they keep', async () => {
    await using endpoint = await ScriptedEndpoint.open(async (peer) => {
      await peer.request();
      peer.send('HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok');
      await peer.closed();
    });
    await using here = await balanced({ endpoints: [endpoint] });
    for (let turn = 0; turn < 2; turn++) assert.match(await here.ask('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'), /ok$/);
    assert.equal(endpoint.peers.length, 2);
  });

  test('are asked again when they say that they keep it', async () => {
    await using endpoint = await ScriptedEndpoint.open(async (peer) => {
      for (;;) {
        await peer.request();
        peer.send('HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok');
      }
    });
    await using here = await balanced({ endpoints: [endpoint] });
    for (let turn = 0; turn < 3; turn++) assert.match(await here.ask('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'), /ok$/);
    assert.equal(endpoint.peers.length, 1);
  });
});
