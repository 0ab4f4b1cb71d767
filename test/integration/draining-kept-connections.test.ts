// Connections whose answer had begun, and said nothing of closing, when the listener began to drain.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balanced } from '../support/balanced.ts';
import { ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 60_000;

test('a client that was promised to keep its connection holds up no drain once its answer is complete', { timeout }, async () => {
  await using endpoint = await ScriptedEndpoint.open();
  await using here = await balanced({ endpoints: [endpoint], listener: { timeouts: { keepAlive: '1h' } } });
  await using client = await here.connect();
  client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
  const upstream = await endpoint.connection();
  await upstream.request();
  upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc');
  assert.doesNotMatch(await client.until('abc'), /^Connection:/m);

  const drained = here.plane.drain();
  upstream.send('def');
  assert.equal(await client.bytes(3), 'def');
  await drained;
  assert.equal((await client.over()).rest, '');
});
