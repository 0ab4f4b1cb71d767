// The long form of test/integration/streaming.test.ts: sizes that no memory holds and no 32 bits count.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balanced } from '../support/balanced.ts';
import { FlowReader, flowHash, sendFlow } from '../support/byte-flow.ts';
import { MemoryWatch } from '../support/leaks/memory.ts';
import { answerOf, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const huge = 10 * 2 ** 30;
const hugeHash = flowHash(huge);

function assertFlat({ growth }: MemoryWatch): void {
  assert.ok(growth.buffers < 160, `buffers grew by ${growth.buffers} MiB`);
  assert.ok(growth.resident < 256, `the process grew by ${growth.resident} MiB`);
}

test('a download of 10 GiB arrives whole, with flat memory', async () => {
  await using endpoint = await ScriptedEndpoint.open();
  await using here = await balanced({ endpoints: [endpoint] });
  await using client = await here.connect();
  client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
  const upstream = await endpoint.connection();
  await upstream.request();
  upstream.send(`HTTP/1.1 200 OK\r\nContent-Length: ${huge}\r\n\r\n`);
  await client.until('\r\n\r\n');
  using watch = new MemoryWatch();
  const reader = new FlowReader(client.socket, huge);
  await sendFlow(upstream.socket, huge);
  assert.equal(await reader.hash, hugeHash);
  assertFlat(watch);
});

test('an upload of 10 GiB arrives whole, with flat memory', async () => {
  await using endpoint = await ScriptedEndpoint.open();
  await using here = await balanced({ endpoints: [endpoint] });
  await using client = await here.connect();
  client.send(`PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${huge}\r\n\r\n`);
  const upstream = await endpoint.connection();
  await upstream.until('\r\n\r\n');
  using watch = new MemoryWatch();
  const reader = new FlowReader(upstream.socket, huge);
  await sendFlow(client.socket, huge);
  assert.equal(await reader.hash, hugeHash);
  assertFlat(watch);
  upstream.send(answerOf('stored'));
  assert.equal((await client.answer()).body, 'stored');
});
