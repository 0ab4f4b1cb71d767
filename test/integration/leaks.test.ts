// Nothing is left behind by exchanges that end in whatever way. The long form is test/slow/leak.test.ts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { documentedOnly } from '../../src/data-plane/sockets/native-stream.ts';
import type { Balanced } from '../support/balanced.ts';
import { balanced, eventually } from '../support/balanced.ts';
import type { BytePeer } from '../support/byte-peer.ts';
import { assertNoLeaks } from '../support/leaks/no-leaks.ts';
import { canCountDescriptors, openDescriptors } from '../support/leaks/open-descriptors.ts';
import { answerOf, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 120_000;
const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';

test('3,000 exchanges with random ends on both sides leave nothing behind', { timeout }, async () => {
  await assertNoLeaks({ exchanges: 3000, seed: 1 });
});

test('nor do they where Node.js is used as it documents', { timeout }, async () => {
  await assertNoLeaks({ exchanges: 1000, seed: 2, abilities: documentedOnly });
});

describe('2,000 broken connections', { timeout, skip: !canCountDescriptors }, () => {
  const count = 2000;
  const atOnce = 1000;
  /** More than the system keeps for a connection that is not read. */
  const long = Buffer.from(answerOf('x'.repeat(8_000_000)), 'latin1');

  /** What a client does before it stays silent for ever. */
  function begin(client: BytePeer, index: number): void {
    switch (index % 4) {
      case 0:
        return;
      case 1:
        return void client.send('GET / HTTP/1.1\r\nHo');
      case 2:
        return void client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\nabc');
    }
    client.socket.pause();
    client.send(index % 40 === 3 ? 'GET /long HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n' : get);
    if (index % 8 === 7) client.reset();
  }

  test('are closed at their deadlines, and memory and descriptors are back', async () => {
    await using endpoint = await ScriptedEndpoint.open(async (peer) => {
      for (;;) {
        const head = await peer.until('\r\n\r\n');
        if (head.startsWith('GET /long')) peer.send(long);
        else if (head.startsWith('GET')) peer.send(answerOf('short'));
      }
    });
    await using here = await balanced({
      endpoints: [endpoint],
      listener: { timeouts: { head: '200ms', body: '200ms', send: '200ms', keepAlive: '200ms' } },
      pool: { connections: { idleTimeout: '200ms' } },
    });
    // What is made once and kept is made by then.
    await breakMany(here, 50);
    const before = { descriptors: openDescriptors(), memory: process.memoryUsage() };
    await breakMany(here, count);
    await eventually(() => openDescriptors() <= before.descriptors, `descriptors are back at ${before.descriptors}`);
    const { arrayBuffers, external } = process.memoryUsage();
    const grown = Math.max(arrayBuffers - before.memory.arrayBuffers, external - before.memory.external) / 2 ** 20;
    assert.ok(grown < 64, `buffers grew by ${grown} MiB`);
    assert.deepEqual([here.listener.openConnections, here.listener.exchangesInFlight, here.endpoint().inFlight], [0, 0, 0]);
  });

  async function breakMany(here: Balanced, total: number): Promise<void> {
    for (let made = 0; made < total; made += atOnce) {
      const clients = await Promise.all(Array.from({ length: Math.min(atOnce, total) }, () => here.connect()));
      for (const [index, client] of clients.entries()) begin(client, index);
      // The balancer ends each of them by itself; only then do the clients close.
      await eventually(() => here.listener.openConnections === 0 && here.endpoint().inFlight === 0, 'all are given up');
      for (const client of clients) client.close();
    }
  }
});
