// The supervisor with the product's own workers: HTTP through several threads, the death of one, and the end of all.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { Agent, createServer, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { WrittenDocument } from '../../src/control-plane/configuration/document.ts';
import { documentSettings } from '../../src/control-plane/configuration/document.ts';
import { Supervisor } from '../../src/control-plane/supervising/supervisor.ts';
import { openWork } from '../../src/control-plane/supervising/totals.ts';
import { startAdminServer } from '../../src/interface/admin/admin-server.ts';
import type { StatusReport } from '../../src/interface/admin/operations/status.ts';
import { configurationOf } from '../support/admin/configuration.ts';
import { readPrometheusText } from '../support/prometheus-text.ts';
import { RecordedLog } from '../support/recorded-log.ts';
import { mortalChannel, mortalEntry } from '../support/threads/mortal-worker.ts';
import { readTotals } from '../support/totals.ts';

const timeout = 120_000;

/** An endpoint that answers `/now` at once and holds all else until it is released. */
class HoldingEndpoint implements AsyncDisposable {
  readonly #held = new Set<ServerResponse>();
  readonly #server = createServer((request, response) => {
    if (request.url === '/now') return void response.end('now');
    this.#held.add(response);
    response.once('close', () => this.#held.delete(response));
    this.#server.emit('held');
  });

  static async open(): Promise<HoldingEndpoint> {
    const endpoint = new HoldingEndpoint();
    endpoint.#server.listen(0, '127.0.0.1');
    await once(endpoint.#server, 'listening');
    return endpoint;
  }

  get address(): string {
    const address = this.#server.address();
    assert.ok(address !== null && typeof address === 'object');
    return `127.0.0.1:${address.port}`;
  }

  /** Resolves when so many requests are held. */
  async holding(count: number): Promise<void> {
    while (this.#held.size < count) await once(this.#server, 'held');
  }

  release(): void {
    for (const response of this.#held) response.end('held');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

interface World extends AsyncDisposable {
  readonly supervisor: Supervisor;
  readonly log: RecordedLog;
  readonly endpoint: HoldingEndpoint;
}

async function world(changes: Partial<WrittenDocument> = {}): Promise<World> {
  const endpoint = await HoldingEndpoint.open();
  const document = documentSettings.parse({
    workers: 2,
    listeners: [{ name: 'web', bind: '127.0.0.1:0', pool: 'shop' }],
    pools: { shop: { endpoints: [endpoint.address] } },
    ...changes,
  });
  const log = new RecordedLog();
  const supervisor = new Supervisor({ document, log, workerEntry: mortalEntry });
  await supervisor.start();
  return {
    supervisor,
    log,
    endpoint,
    [Symbol.asyncDispose]: async () => {
      await supervisor.stop();
      await endpoint[Symbol.asyncDispose]();
    },
  };
}

/** The body of the answer, or the code of the error. */
async function ask({ supervisor }: World, path: string, agent?: Agent): Promise<string> {
  const [listener] = supervisor.bound;
  assert.ok(listener?.bind.kind === 'tcp');
  try {
    const [response] = await once(get({ host: '127.0.0.1', port: listener.bind.port, path, agent: agent ?? false }), 'response');
    return Buffer.concat(await response.toArray()).toString();
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error);
    return String(error.code);
  }
}

const askMany = (here: World, path: string, count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => ask(here, path)));

describe('HTTP through worker threads', { timeout }, () => {
  test('every request is answered and counted once, by whichever worker', async () => {
    await using here = await world();
    const { supervisor } = here;
    assert.deepEqual(new Set(await askMany(here, '/now', 200)), new Set(['now']));

    await using admin = await startAdminServer({
      bind: { kind: 'tcp', host: '127.0.0.1', port: 0, text: '127.0.0.1:0' },
      supervisor,
      configuration: await configurationOf(supervisor),
      log: here.log,
      version: '0',
    });
    // What the status operation answers with.
    const report = (await (await fetch(`http://${admin.address}/api/v1/status`)).json()) as StatusReport;
    assert.equal(report.totals.exchanges, 200);
    assert.equal(report.totals.status2xx, 200);
    assert.equal(report.inFlight, 0);
    assert.equal(report.pools[0]?.endpoints[0]?.succeeded, 200);
    assert.ok((report.pools[0]?.endpoints[0]?.latency.p50 ?? 0) > 0);

    const metrics = readPrometheusText(await (await fetch(`http://${admin.address}/metrics`)).text());
    assert.equal(metrics.get('evenkeel_exchanges_total')?.series.get('evenkeel_exchanges_total{class="2xx",listener="web"}'), 200);
  });

  test('a port and a socket file serve side by side', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'evenkeel-'));
    const socketPath = join(folder, 'web.sock');
    {
      await using here = await world({
        listeners: [
          { name: 'web', bind: '127.0.0.1:0', pool: 'shop' },
          { bind: `unix:${socketPath}`, pool: 'shop' },
        ],
      });
      assert.equal(await ask(here, '/now'), 'now');
      const [response] = await once(get({ socketPath, path: '/now' }), 'response');
      assert.equal(String(Buffer.concat(await response.toArray())), 'now');
      assert.deepEqual(
        readTotals(here.supervisor.board)
          .listeners.slice(0, 3)
          .map(({ exchanges }) => exchanges),
        [1, 1, 0],
      );
    }
    await rm(folder, { recursive: true });
  });
});

test('a worker that dies under load costs only the exchanges that it held', { timeout }, async () => {
  await using here = await world();
  const { supervisor, log, endpoint } = here;
  const count = 60;
  const answers = askMany(here, '/hold', count);
  await endpoint.holding(count);
  assert.equal(supervisor.board.inFlight(0), count);
  const doomed = openWork(supervisor.board, 1).exchanges;
  assert.equal(openWork(supervisor.board).exchanges, count);

  const again = log.next(/Worker 1 serves again/);
  using channel = { value: new BroadcastChannel(mortalChannel), [Symbol.dispose]: () => channel.value.close() };
  channel.value.postMessage(1);
  await again;
  assert.equal(supervisor.board.inFlight(0), count - doomed, 'its load is off the scoreboard');
  assert.match(log.matching(/Worker 1 is replaced/)[0] ?? '', new RegExp(`died with ${doomed} exchanges? in flight: Error: told to die`));
  endpoint.release();

  const ends = await answers;
  assert.equal(ends.filter((end) => end === 'held').length, count - doomed);
  assert.equal(ends.filter((end) => end === 'ECONNRESET').length, doomed);
  assert.deepEqual(new Set(await askMany(here, '/now', 40)), new Set(['now']));
});

test('a drain under load loses no exchange, ends idle connections and leaves nothing on the scoreboard', { timeout }, async () => {
  await using here = await world();
  const { supervisor, log, endpoint } = here;
  const agent = new Agent({ keepAlive: true });
  assert.equal(await ask(here, '/now', agent), 'now');

  const count = 40;
  const answers = askMany(here, '/hold', count);
  await endpoint.holding(count);
  const drained = supervisor.drain();
  // Its idle connection is closed although the exchanges of others are not over.
  const [idle] = Object.values(agent.freeSockets).flat();
  assert.ok(idle !== undefined);
  if (!idle.destroyed) await once(idle, 'close');
  endpoint.release();

  assert.deepEqual(new Set(await answers), new Set(['held']));
  assert.equal(await drained, 'drained');
  assert.deepEqual(openWork(supervisor.board), { exchanges: 0, tunnels: 0 });
  assert.equal(supervisor.board.inFlight(0), 0);
  assert.equal(readTotals(supervisor.board).listeners[0]?.status2xx, count + 1);
  assert.deepEqual(log.matching(/^(warn|error)/), []);
  assert.equal(await ask(here, '/now'), 'ECONNREFUSED');
});
