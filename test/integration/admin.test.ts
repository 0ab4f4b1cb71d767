// The admin server over real HTTP, watching a supervisor with real workers that speak lines.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { EndpointLoad } from '../../src/domain/endpoints/endpoint-load.ts';
import { parseAddress } from '../../src/domain/settings/addresses.ts';
import type { AdminServer } from '../../src/interface/admin/admin-server.ts';
import { startAdminServer } from '../../src/interface/admin/admin-server.ts';
import type { StatusReport } from '../../src/interface/admin/operations/status.ts';
import * as operations from '../../src/interface/admin/operations.ts';
import { configurationOf } from '../support/admin/configuration.ts';
import { LineClient } from '../support/line-client.ts';
import { readPrometheusText } from '../support/prometheus-text.ts';
import { type Supervised, supervised } from '../support/supervised.ts';

const timeout = 60_000;
const version = '1.2.3-test';

/** Every path that is asked for with GET, names filled in as `echoDocument` has them. */
const gettable = Object.values(operations)
  .filter(({ method }) => method === 'GET')
  .map(({ path }) =>
    path.replace('{pool}', 'web').replace('{endpoint}', '127.0.0.1:9').replace('{listener}', 'lines').replace('{version}', '1'),
  );

interface World extends AsyncDisposable, Omit<Supervised, keyof AsyncDisposable> {
  readonly admin: AdminServer;
  get(path: string, options?: RequestInit): Promise<Response>;
}

async function world(changes: Parameters<typeof supervised>[0] = {}, bind = '127.0.0.1:0'): Promise<World> {
  const { supervisor, log } = supervised(changes);
  const admin = await startAdminServer({ bind: address(bind), supervisor, configuration: await configurationOf(supervisor), log, version });
  return {
    supervisor,
    log,
    admin,
    get: (path, options) => fetch(`http://${admin.address}${path}`, options),
    [Symbol.asyncDispose]: async () => {
      await supervisor.stop();
      await admin.close();
    },
  };
}

function address(text: string) {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

async function status({ get }: World): Promise<StatusReport> {
  const response = await get('/api/v1/status');
  assert.equal(response.status, 200);
  // What the operation answers with; the tests below look at the parts.
  return (await response.json()) as StatusReport;
}

describe('health', { timeout }, () => {
  test('readiness follows the supervisor from start to end, and health does not', async () => {
    await using here = await world({ shutdown: { delay: '1h', deadline: '2h' } });
    const { supervisor, get } = here;
    const look = async (): Promise<readonly unknown[]> => {
      const ready = await get('/readyz');
      return [(await get('/healthz')).status, ready.status, (await ready.text()).trim()];
    };
    assert.deepEqual(await look(), [200, 503, 'starting']);
    await supervisor.start();
    assert.deepEqual(await look(), [200, 200, 'ready']);
    const drained = supervisor.drain();
    assert.deepEqual(await look(), [200, 503, 'draining']);
    await supervisor.stop();
    await drained;
    assert.deepEqual(await look(), [200, 503, 'stopped']);
  });
});

describe('status', { timeout }, () => {
  test('tells what runs and what is in flight', async () => {
    await using here = await world({
      workers: 2,
      listeners: [
        { name: 'lines', bind: '127.0.0.1:0', pool: 'web' },
        { bind: '127.0.0.1:0', routes: [{ pool: '2' }] },
      ],
      // Names that look like numbers are sorted before all others in an object: rows and names must agree nevertheless.
      pools: {
        web: { endpoints: ['10.0.0.1:80', { address: '10.0.0.2:80', weight: 5 }] },
        2: { balance: 'random', endpoints: ['10.0.0.3:80'] },
      },
    });
    const [listener] = await here.supervisor.start();
    await using client = await LineClient.open(listener);
    await client.ask('hold');

    const report = await status(here);
    assert.equal(report.version, version);
    assert.equal(report.state, 'ready');
    assert.ok(report.uptimeSeconds > 0);
    assert.equal(report.startedAt, here.supervisor.startedAt.toISOString());
    const each = [0, 1].map((worker) => ({ worker, delay: 0, memory: 0, isShedding: false }));
    assert.deepEqual(report.workers, { configured: 2, listening: 2, restarts: 0, each }, 'workers of this test say nothing of themselves');
    assert.equal(report.inFlight, 1);
    assert.equal(report.totals.accepted, 1);

    assert.deepEqual(
      report.listeners.map(({ name, address, connections, inFlight }) => ({ name, address, connections, inFlight })),
      [
        { name: 'lines', address: listener?.address, connections: 1, inFlight: 1 },
        { name: '127.0.0.1:0', address: here.supervisor.bound[1]?.address, connections: 0, inFlight: 0 },
      ],
    );
    assert.deepEqual(
      report.pools.map(({ name, policy, endpoints }) => [name, policy, endpoints.map(({ id, weight }) => [id, weight])]),
      [
        ['2', 'random', [['10.0.0.3:80', 1]]],
        [
          'web',
          'round-robin',
          [
            ['10.0.0.1:80', 1],
            ['10.0.0.2:80', 5],
          ],
        ],
      ],
    );
    const first = report.pools[0]?.endpoints[0];
    assert.equal(first?.inFlight, 1, 'the line worker holds the endpoint of row 0');
    assert.equal(first?.attempts, 1);
    assert.deepEqual(first?.latency, { mean: 0, p50: 0, p90: 0, p99: 0 });
  });

  test('tells latency in milliseconds', async () => {
    await using here = await world();
    const load = new EndpointLoad(here.supervisor.board, 0, 0);
    for (let count = 0; count < 99; count++) load.recordLatency(2000);
    load.recordLatency(1_000_000);

    const { latency } = (await status(here)).pools[0]?.endpoints[0] ?? {};
    assert.ok(latency !== undefined);
    assert.equal(latency.mean, (99 * 2 + 1000) / 100);
    for (const quantile of [latency.p50, latency.p90, latency.p99]) assert.ok(quantile >= 2 && quantile <= 2 * 1.25, `${quantile}`);
  });
});

test('metrics are a page that a scraper takes, and count what happened', { timeout }, async () => {
  await using here = await world({ workers: 2 });
  const [listener] = await here.supervisor.start();
  await using client = await LineClient.open(listener);
  await client.ask('hold');
  const again = here.log.next(/serves again/);
  await using doomed = await LineClient.open(listener);
  doomed.say('throw');
  await again;

  const response = await here.get('/metrics');
  assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  const metrics = readPrometheusText(await response.text());
  const value = (name: string, labels = ''): number | undefined => metrics.get(name)?.series.get(name + labels);
  assert.equal(value('evenkeel_connections_accepted_total', '{listener="lines"}'), 2);
  assert.equal(value('evenkeel_worker_restarts_total'), 1);
  assert.equal(value('evenkeel_workers_listening'), 2);
  assert.equal(value('evenkeel_ready'), 1);
});

describe('requests', { timeout }, () => {
  test('every operation of the list is answered under its path, and so is HEAD, without a body', async () => {
    await using here = await world();
    await here.supervisor.start();
    for (const path of gettable) {
      const got = await here.get(`${path}?whatever=1`);
      assert.equal(got.status, 200, path);
      assert.equal(got.headers.get('cache-control'), 'no-store');
      assert.ok((await got.text()).endsWith('\n'));

      const head = await here.get(path, { method: 'HEAD' });
      assert.equal(head.status, 200, path);
      assert.equal(await head.text(), '');
    }
  });

  test('another path is answered with the paths that exist', async () => {
    await using here = await world();
    const response = await here.get('/metricz');
    assert.equal(response.status, 404);
    assert.deepEqual(await response.json(), {
      error: 'There is no such path.',
      paths: [...new Set(Object.values(operations).map(({ path }) => path))],
    });
  });

  test('another method is answered with those that are understood', async () => {
    await using here = await world();
    for (const method of ['POST', 'DELETE', 'OPTIONS', 'PUT']) {
      const response = await here.get('/healthz', { method });
      assert.equal(response.status, 405, method);
      assert.equal(response.headers.get('allow'), 'GET, HEAD');
      await response.text();
    }
  });

  for (const [what, text, answer] of [
    ['a name of somebody else', 'GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 421 /],
    ['no name at all', 'GET /healthz HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['localhost', 'GET /healthz HTTP/1.1\r\nHost: localhost:9900\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 200 /],
    ['an address of version 6', 'GET /healthz HTTP/1.1\r\nHost: [::1]:9900\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 200 /],
    ['a body', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello', /^HTTP\/1\.1 413 /],
    ['a chunked body', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n', /^HTTP\/1\.1 413 /],
    ['a large head', `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(9000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ['what is not HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400 /],
  ] as const) {
    test(`${what} gets a clear answer`, async () => {
      await using here = await world();
      assert.match(await exchange(here.admin.address, text), answer);
      assert.equal((await here.get('/healthz')).status, 200, 'and the server lives on');
    });
  }

  test('an operation that fails is answered with 500, logged, and the server lives on', async () => {
    const { supervisor, log } = supervised();
    Object.defineProperty(supervisor, 'bound', { get: () => assert.fail('told to fail') });
    await using admin = await startAdminServer({
      bind: address('127.0.0.1:0'),
      supervisor,
      configuration: await configurationOf(supervisor),
      log,
      version,
    });
    assert.equal((await fetch(`http://${admin.address}/api/v1/status`)).status, 500);
    assert.match(log.lines.join('\n'), /error The admin operation \/api\/v1\/status failed: .*told to fail/);
    assert.equal((await fetch(`http://${admin.address}/healthz`)).status, 200);
    await supervisor.stop();
  });
});

describe('where it listens', { timeout }, () => {
  for (const bind of [':9900', '0.0.0.0:9900', '[::]:9900', '192.0.2.1:9900', 'example.com:9900']) {
    test(`${bind} is refused without a token, because other machines can reach it`, async () => {
      const { supervisor, log } = supervised();
      await assert.rejects(
        startAdminServer({ bind: address(bind), supervisor, configuration: await configurationOf(supervisor), log, version }),
        /may not listen on .*without a token/,
      );
    });
  }

  test('a port in use is named', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const held = holder.address();
    assert.ok(held !== null && typeof held === 'object');
    const { supervisor, log } = supervised();
    await assert.rejects(
      startAdminServer({
        bind: address(`127.0.0.1:${held.port}`),
        supervisor,
        configuration: await configurationOf(supervisor),
        log,
        version,
      }),
      new RegExp(`Cannot listen on 127\\.0\\.0\\.1:${held.port}: it is in use`),
    );
    holder.close();
  });

  test('a socket file serves too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'evenkeel-'));
    const path = join(folder, 'admin.sock');
    {
      await using here = await world({}, `unix:${path}`);
      assert.equal(here.admin.address, `unix:${path}`);
      const [response] = await once(httpRequest({ socketPath: path, path: '/healthz' }).end(), 'response');
      assert.equal(response.statusCode, 200);
      response.resume();
    }
    await rm(folder, { recursive: true });
  });

  test('closing it ends what is open', async () => {
    const here = await world();
    const socket = connect(Number(here.admin.address.split(':').at(-1)), '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    await here[Symbol.asyncDispose]();
    await closed;
    await assert.rejects(here.get('/healthz'));
  });
});

/** Sends bytes and gives back all that comes until the server closes. */
async function exchange(to: string, text: string): Promise<string> {
  const socket = connect(Number(to.split(':').at(-1)), '127.0.0.1');
  socket.write(text);
  let answer = '';
  for await (const bytes of socket) answer += String(bytes);
  return answer;
}
