// A worker that dies while another document is brought in force: the change is made all the same, and its replacement serves by what is in force then.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { documentSettings } from '../../src/control-plane/configuration/document.ts';
import { Supervisor } from '../../src/control-plane/supervising/supervisor.ts';
import { RecordedLog } from '../support/recorded-log.ts';
import { mortalChannel, mortalEntry } from '../support/threads/mortal-worker.ts';

async function endpoint(stack: AsyncDisposableStack, name: string): Promise<string> {
  const server: Server = createServer((_, response) => void response.end(name)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(supervisor: Supervisor, listener: string): Promise<string> {
  const bind = supervisor.bound.find(({ name }) => name === listener)?.bind;
  assert.ok(bind?.kind === 'tcp');
  const [response] = await once(get({ host: '127.0.0.1', port: bind.port, agent: false }), 'response');
  return Buffer.concat(await response.toArray()).toString();
}

test('a worker that dies at any moment of a change is replaced by one that serves what is in force', { timeout: 120_000 }, async () => {
  await using stack = new AsyncDisposableStack();
  const addresses = [await endpoint(stack, 'even'), await endpoint(stack, 'odd')];
  /** Many pools, so that it takes many steps. */
  const document = (round: number) => {
    const pools = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`p${index}`, { endpoints: [addresses[round % 2] ?? ''] }]));
    const listeners = ['web', `web${round}`].map((name) => ({ name, bind: '127.0.0.1:0', pool: 'p0' }));
    return documentSettings.parse({ workers: 2, listeners, pools });
  };
  const log = new RecordedLog();
  const supervisor = new Supervisor({ document: document(0), log, workerEntry: mortalEntry });
  stack.defer(() => supervisor.stop());
  await supervisor.start();
  const channel = new BroadcastChannel(mortalChannel);
  stack.defer(() => channel.close());

  for (const [index, turns] of [0, 1, 3, 10, 30, 100].entries()) {
    const round = index + 1;
    const worker = round % 2;
    const again = log.next(new RegExp(`Worker ${worker} serves again`));
    const changed = supervisor.change(document(round));
    for (let left = turns; left > 0; left--) await turn();
    channel.postMessage(worker);
    assert.equal((await changed).ok, true);
    await again;
    for (const listener of ['web', `web${round}`]) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(supervisor, listener)));
      assert.deepEqual(new Set(answers), new Set([round % 2 === 0 ? 'even' : 'odd']), `${listener} after ${turns} turns`);
    }
  }
  assert.equal(supervisor.restarts, 6);
});
