// Bodies are passed on as they come: the first byte at once, any number of bytes with flat memory, at the pace of the slower side.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { documentedOnly } from '../../src/data-plane/sockets/native-stream.ts';
import { balanced, eventually } from '../support/balanced.ts';
import { FlowReader, flowHash, sendFlow } from '../support/byte-flow.ts';
import { MemoryWatch } from '../support/leaks/memory.ts';
import { answerOf, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 120_000;
const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';
const large = 512 * 2 ** 20;
const largeHash = flowHash(large);
/** More than fits between two sides that do not read, and than the growth of memory that is let pass. */
const enough = 256 * 2 ** 20;
const enoughHash = flowHash(enough);

for (const { name, abilities } of [
  { name: 'with all that Node.js can do', abilities: undefined },
  { name: 'with what Node.js documents', abilities: documentedOnly },
]) {
  describe(`streaming ${name}`, { timeout }, () => {
    test('a download of 512 MiB arrives whole, with flat memory', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.send(get);
      const upstream = await endpoint.connection();
      await upstream.request();
      upstream.send(`HTTP/1.1 200 OK\r\nContent-Length: ${large}\r\n\r\n`);
      await client.until('\r\n\r\n');
      using watch = new MemoryWatch();
      const reader = new FlowReader(client.socket, large);
      await sendFlow(upstream.socket, large);
      assert.equal(await reader.hash, largeHash);
      assertFlat(watch);
    });

    test('an upload of 512 MiB arrives whole, with flat memory', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.send(`PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${large}\r\n\r\n`);
      const upstream = await endpoint.connection();
      await upstream.until('\r\n\r\n');
      using watch = new MemoryWatch();
      const reader = new FlowReader(upstream.socket, large);
      await sendFlow(client.socket, large);
      assert.equal(await reader.hash, largeHash);
      assertFlat(watch);
      upstream.send(answerOf('stored'));
      assert.equal((await client.answer()).body, 'stored');
    });

    test('a client that does not read holds the endpoint back, and gets all of it later', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.send(get);
      const upstream = await endpoint.connection();
      await upstream.request();
      const size = enough;
      upstream.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
      await client.until('\r\n\r\n');
      client.socket.pause();
      using watch = new MemoryWatch();
      const sent = sendFlow(upstream.socket, size);
      await stands(() => upstream.socket.bytesWritten - upstream.socket.writableLength);
      assert.ok(upstream.socket.bytesWritten < size, 'the endpoint is held back');
      const reader = new FlowReader(client.socket, size, client.received);
      client.socket.resume();
      assert.equal(await reader.hash, enoughHash);
      await sent;
      assertFlat(watch);
    });

    test('an endpoint that does not read holds the client back, and gets all of it later', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      const size = enough;
      client.send(`PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${size}\r\n\r\n`);
      const upstream = await endpoint.connection();
      await upstream.until('\r\n\r\n');
      upstream.socket.pause();
      using watch = new MemoryWatch();
      const sent = sendFlow(client.socket, size);
      await stands(() => client.socket.bytesWritten - client.socket.writableLength);
      assert.ok(client.socket.bytesWritten < size, 'the client is held back');
      const reader = new FlowReader(upstream.socket, size, upstream.received);
      upstream.socket.resume();
      assert.equal(await reader.hash, enoughHash);
      await sent;
      assertFlat(watch);
    });

    test('a client that pipelines without reading is not read any more, and gets every answer later', async () => {
      const answer = answerOf('x'.repeat(20_000));
      await using endpoint = await ScriptedEndpoint.open(async (peer) => {
        for (;;) {
          await peer.request();
          peer.send(answer);
        }
      });
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.socket.pause();
      const count = 3000;
      client.send(get.repeat(count));
      await stands(() => here.listener.exchanges);
      assert.ok(here.listener.exchanges < count, 'no more is served than the client reads');
      client.socket.resume();
      for (let turn = 0; turn < count; turn++) await client.bytes(answer.length);
      assert.equal(here.listener.status2xx, count);
    });
  });
}

test('a client that pipelines what is refused, without reading, is not read any more', { timeout }, async () => {
  const routes = [{ path: '/only', pool: 'web' }];
  await using here = await balanced({ endpoints: ['127.0.0.1:9'], listener: { routes, pool: undefined } });
  await using client = await here.connect();
  client.socket.pause();
  const count = 200_000;
  client.send(get.repeat(count));
  await stands(() => here.listener.exchanges);
  assert.ok(here.listener.exchanges < count / 2, `${here.listener.exchanges} were served`);
  client.socket.resume();
  for (let turn = 0; turn < 1000; turn++) assert.match(await client.until('}\n'), /^HTTP\/1\.1 404 /);
  await eventually(() => here.listener.exchanges === count, 'all are served');
});

describe('an event stream', { timeout }, () => {
  for (const { what, head, event } of [
    { what: 'in chunks', head: 'Transfer-Encoding: chunked\r\n', event: (text: string) => `${text.length.toString(16)}\r\n${text}\r\n` },
    { what: 'up to the end', head: '', event: (text: string) => text },
  ]) {
    test(`${what} reaches the client event by event, at once`, async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint] });
      await using client = await here.connect();
      client.send(get);
      const upstream = await endpoint.connection();
      await upstream.request();
      upstream.send(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n${head}\r\n`);
      assert.match(await client.until('\r\n\r\n'), /Content-Type: text\/event-stream\r\n/);
      for (const data of ['data: one\n\n', 'data: two\n\n', `data: ${'long '.repeat(5000)}\n\n`]) {
        upstream.send(event(data));
        // The endpoint sends no more before the client has seen this event.
        assert.equal(await client.until(`${data}\r\n`), `${data.length.toString(16)}\r\n${data}\r\n`);
      }
    });
  }

  test('may be silent for longer than any other wait, where its limit says so', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    const timeouts = { response: '200ms', body: 'none' } as const;
    await using here = await balanced({
      endpoints: [endpoint],
      pool: { timeouts },
      listener: { timeouts: { head: '200ms', send: '200ms' } },
    });
    await using client = await here.connect();
    client.send(get);
    const upstream = await endpoint.connection();
    await upstream.request();
    upstream.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n');
    await client.until('3\r\none\r\n');
    await sleep(600);
    upstream.send('3\r\ntwo\r\n');
    await client.until('3\r\ntwo\r\n');
  });
});

/**
 * What both ends, the balancer and the test hold together: all of them are in this process. Most of it is buffers that were read from a
 * socket of the test and wait for the garbage collector; a body that is held in memory is several times as large.
 */
function assertFlat({ growth }: MemoryWatch): void {
  assert.ok(growth.buffers < 160, `buffers grew by ${growth.buffers} MiB`);
  assert.ok(growth.resident < 256, `the process grew by ${growth.resident} MiB`);
}

/** Waits until a figure has risen and stands still: everything on the way is full. */
async function stands(figure: () => number): Promise<void> {
  let last = 0;
  let since = performance.now();
  await eventually(() => {
    const now = figure();
    if (now !== last) since = performance.now();
    last = now;
    return now > 0 && performance.now() - since > 500;
  }, 'the flow stands still');
}
