// Promise: a worker that dies costs only the exchanges that it had on; it is replaced, and its load is taken off the scoreboard.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, get } from 'node:http';
import { test } from 'node:test';
import { EndpointProcess } from '../support/chaos/endpoint-process.ts';
import { SteadyLoad } from '../support/chaos/steady-load.ts';

interface Figures {
  readonly workers: readonly { readonly exchanges: number }[];
  readonly inFlight: readonly number[];
  readonly restarts: number;
  readonly listeningWorkers: number;
}

const clients = 40;

test('a worker is killed under load: its exchanges fail and no others, and the load on the scoreboard is exact', async (t) => {
  await using endpoint = await EndpointProcess.start();
  const text = `workers: 2\nlisteners: [{ bind: "127.0.0.1:0", pool: shop }]\npools: { shop: { endpoints: [127.0.0.1:${endpoint.port}] } }\n`;
  const evenkeel = fork(new URL('../support/chaos/mortal-main.ts', import.meta.url), [text], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  try {
    const [{ address }] = await once(evenkeel, 'message');
    const port = Number(String(address).split(':').at(-1));
    const figures = async (): Promise<Figures> => {
      evenkeel.send('figures');
      const [told] = await once(evenkeel, 'message');
      return told;
    };
    const until = async (isSo: (told: Figures) => boolean): Promise<Figures> => {
      for (;;) {
        const told = await figures();
        if (isSo(told)) return told;
      }
    };

    const agent = new Agent({ keepAlive: false });
    const held = Array.from({ length: clients }, () => ask(port, '/held', agent));
    await endpoint.until(() => endpoint.held === clients);
    const before = await figures();
    const doomed = before.workers[0]?.exchanges ?? 0;
    assert.equal(doomed + (before.workers[1]?.exchanges ?? 0), clients);
    assert.deepEqual(before.inFlight, [clients]);

    evenkeel.send({ kill: 0 });
    await until(({ restarts, listeningWorkers }) => restarts === 1 && listeningWorkers === 2);
    const after = await figures();
    assert.deepEqual(after.inFlight, [clients - doomed], 'what the dead worker held is still counted');

    endpoint.release();
    const outcomes = await Promise.all(held);
    const failed = outcomes.filter((outcome) => outcome === undefined).length;
    t.diagnostic(`${clients} exchanges on, ${doomed} of them in the killed worker, ${failed} failed`);
    assert.equal(failed, doomed);

    const load = new SteadyLoad({ port, clients: 8, method: 'GET' });
    await load.more(200);
    await load.stop();
    assert.deepEqual(load.of('failed'), []);
    assert.deepEqual((await until(({ inFlight }) => inFlight[0] === 0)).inFlight, [0]);
  } finally {
    evenkeel.kill('SIGKILL');
    if (evenkeel.exitCode === null && evenkeel.signalCode === null) await once(evenkeel, 'exit');
  }
});

/** The body of an answer, undefined when there was none. */
function ask(port: number, path: string, agent: Agent): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asked = get({ host: '127.0.0.1', port, path, agent }, (answer: IncomingMessage) => {
      let body = '';
      answer.on('data', (bytes) => {
        body += bytes;
      });
      answer.on('error', () => resolve(undefined));
      answer.on('end', () => resolve(body));
    });
    asked.on('error', () => resolve(undefined));
  });
}
