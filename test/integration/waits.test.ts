// Who is waited for when both sides of an exchange stand still: the one whose turn it is, and it is that one who is blamed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { balanced } from '../support/balanced.ts';
import { ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 60_000;
const chunk = `10000\r\n${'x'.repeat(0x1_0000)}\r\n`;
const startChunked = 'POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n';

describe('a request whose body stops', { timeout }, () => {
  test('in its middle is the fault of the client, however short a time the endpoint is given', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({
      endpoints: [endpoint],
      listener: { timeouts: { body: '500ms' } },
      pool: { timeouts: { body: '100ms', response: '100ms' } },
    });
    await using client = await here.connect();
    client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100\r\n\r\n1234');
    const { startLine, body } = await client.answer();
    assert.deepEqual([startLine, JSON.parse(body).error], ['HTTP/1.1 408 Request Timeout', 'request-timeout']);
    assert.deepEqual([here.endpoint().failed, here.endpoint().ignored], [0, 1]);
  });

  test('because the endpoint does not read is the fault of the endpoint, however short a time the client is given', async () => {
    await using endpoint = await ScriptedEndpoint.open((peer) => {
      peer.socket.pause();
    });
    await using here = await balanced({
      endpoints: [endpoint],
      listener: { timeouts: { body: '200ms' } },
      pool: { timeouts: { body: '1s' } },
    });
    await using client = await here.connect();
    client.send(startChunked);
    const answer = client.answer();
    // The client sends whenever it is let.
    const sendOn = (): void => {
      while (!client.isOver && client.received === '' && client.send(chunk));
    };
    client.socket.on('drain', sendOn);
    sendOn();
    const { startLine, body } = await answer;
    assert.deepEqual([startLine, JSON.parse(body).error], ['HTTP/1.1 504 Gateway Timeout', 'response-timeout']);
    assert.equal(here.endpoint().failed, 1);
  });
});

test('a client that does not read its answer is closed though it goes on sending, which the endpoint does not read either', {
  timeout,
}, async () => {
  // It answers as much as it is sent, and reads no further until that was taken.
  await using endpoint = await ScriptedEndpoint.open((peer) => {
    peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    peer.socket.on('data', () => {
      if (peer.send(chunk)) return;
      peer.socket.pause();
      peer.socket.once('drain', () => peer.socket.resume());
    });
  });
  await using here = await balanced({ endpoints: [endpoint], listener: { timeouts: { send: '500ms' } } });
  await using client = await here.connect();
  client.socket.pause();
  const sendOn = (): void => {
    while (!client.isOver && client.send(chunk));
  };
  client.socket.on('drain', sendOn);
  client.send(startChunked);
  sendOn();
  await once(client.socket, 'error');
  assert.equal(here.listener.openConnections, 0);
  assert.equal(here.listener.clientsGone, 1);
});
