// Who may ask the admin server for what: tokens, TLS, and what nobody may have it do without one.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { describe, test } from 'node:test';
import { connectAdmin } from '../../src/client.ts';
import { namedEndpoint } from '../support/admin/named-endpoint.ts';
import { openAdmin } from '../support/admin/open-admin.ts';
import { refusal, running } from '../support/admin/running.ts';
import { certificate, key } from '../support/probing/certificate.ts';

const timeout = 90_000;
const tokens = { read: ['watching-0123456789'], full: ['changing-0123456789'] };
const [watching, changing] = ['watching-0123456789', 'changing-0123456789'];

interface Told {
  readonly status: number;
  readonly challenge: string | undefined;
  readonly text: string;
}

async function ask(
  address: string,
  path: string,
  { method = 'GET', token, host = 'localhost' }: { method?: string; token?: string; host?: string } = {},
): Promise<Told> {
  const [name, port] = address.split(':');
  const headers = { host, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const asked = httpRequest({ host: name, port, path, method, headers, agent: false });
  asked.end();
  // The one value of the event.
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const bytes of answer) text += bytes;
  return { status: answer.statusCode ?? 0, challenge: answer.headers['www-authenticate'], text };
}

describe('tokens', { timeout }, () => {
  test('are asked for with everything but signs of life, paths that are none included', async () => {
    await using here = await openAdmin({ tokens });
    for (const path of ['/api/v1/status', '/metrics', '/api/v1/openapi.json', '/nowhere', '/api/v1/pools/%zz', '/']) {
      const { status, challenge } = await ask(here.address, path);
      assert.deepEqual([status, challenge], [401, 'Bearer realm="Evenkeel"'], path);
    }
    const wrong = await ask(here.address, '/api/v1/status', { token: 'guessing-0123456789' });
    assert.deepEqual([wrong.status, wrong.challenge], [401, 'Bearer realm="Evenkeel", error="invalid_token"']);
    assert.equal(wrong.text.includes('guessing'), false);
    assert.equal((await ask(here.address, '/healthz')).status, 200);
    assert.equal((await ask(here.address, '/readyz')).status, 503, 'it has not started');
  });

  test('that may only look change nothing', async () => {
    await using here = await openAdmin({ tokens });
    for (const token of [watching, changing]) assert.equal((await ask(here.address, '/api/v1/status', { token })).status, 200);
    assert.equal((await ask(here.address, '/api/v1/status', { token: watching, method: 'HEAD' })).status, 200);
    for (const [method, path] of [
      ['PATCH', '/api/v1/pools/web/endpoints/127.0.0.1:9'],
      ['PUT', '/api/v1/config/pools/web'],
      ['DELETE', '/api/v1/config/layer'],
      ['POST', '/api/v1/reload'],
    ] as const) {
      assert.equal((await ask(here.address, path, { method, token: watching })).status, 403, path);
      assert.notEqual((await ask(here.address, path, { method, token: changing })).status, 403, path);
    }
    assert.equal((await ask(here.address, '/nowhere', { token: watching })).status, 404);
  });

  test('stand beside the check of names on loopback, and in its place elsewhere', async () => {
    const asked = { token: changing, host: 'evil.example' };
    await using local = await openAdmin({ tokens });
    assert.equal((await ask(local.address, '/healthz', asked)).status, 421);
    await using open = await openAdmin({ tokens, bind: '0.0.0.0:0' });
    const address = open.address.replace('0.0.0.0', '127.0.0.1');
    assert.equal((await ask(address, '/api/v1/status', asked)).status, 200);
    assert.equal((await ask(address, '/api/v1/status', { host: 'evil.example' })).status, 401);
    assert.equal(open.log.matching(/^warn The admin server on 0\.0\.0\.0:0 has no TLS/).length, 1);
    assert.deepEqual(local.log.matching(/TLS/), []);
  });
});

test('TLS is spoken where there is a certificate, and then nothing else', { timeout }, async () => {
  await using here = await openAdmin({ tokens, tls: { cert: certificate, key }, bind: '127.0.0.1:0' });
  const client = connectAdmin({ address: `https://${here.address}`, token: watching, ca: certificate });
  assert.equal((await client.get('/api/v1/status')).body.version, '1');
  await assert.rejects(connectAdmin({ address: `https://${here.address}`, token: watching }).get('/api/v1/status'), /certificate/);
  await assert.rejects(connectAdmin({ address: `http://${here.address}`, token: watching }).get('/api/v1/status'));
});

describe('a document with secrets', { timeout }, () => {
  const secret = 'a secret of the file, 0123456789';
  const password = 'hunter2-hunter2';

  async function world(admin = '') {
    await using stack = new AsyncDisposableStack();
    const a = stack.use(await namedEndpoint('a'));
    const pool = `endpoints: ["${a.address}"], sticky: { cookie: S, secret: "${secret}" }, health: { redis: { password: "${password}" }, interval: 1h }`;
    const rest = `listeners: [{ name: web, bind: "127.0.0.1:0", pool: web }]\npools: { web: { ${pool} } }`;
    const here = stack.use(await running(rest, admin));
    const moved = stack.move();
    return { ...here, [Symbol.asyncDispose]: () => moved.disposeAsync() };
  }
  const web = { parameters: { pool: 'web' } } as const;

  test('is shown without them, and what is put back as it was shown keeps them', async () => {
    await using here = await world(`, tokens: { full: ["${changing}"] }`);
    const client = connectAdmin({ address: `unix:${here.folder}/admin.sock`, token: changing });
    const { body } = await client.get('/api/v1/config/pools/{pool}', web);
    const shown = JSON.stringify([
      body,
      (await client.get('/api/v1/config')).body,
      (await client.get('/api/v1/history/{version}', { parameters: { version: '1' } })).body,
    ]);
    for (const hidden of [secret, password, changing]) assert.equal(shown.includes(hidden), false);
    assert.ok(shown.includes('(a secret, not shown)'));

    const put = await client.put('/api/v1/config/pools/{pool}', { ...web, body });
    assert.deepEqual([put.status, put.body.changed], [200, false], 'it says what was in force');
    const { sticky } = body;
    const changes = [{ op: 'put', path: '/pools/web/health/redis/password', value: 'another-password' }] as const;
    const made = await client.post('/api/v1/config/transactions', { body: { changes } });
    const version = { parameters: { version: String(made.body.version) } };
    const told = [
      await client.get('/api/v1/config'),
      await client.get('/api/v1/history/{version}', version),
      await client.get('/api/v1/events'),
    ];
    assert.equal(JSON.stringify(told).includes('another-password'), false);
    const other = await refusal(
      client.put('/api/v1/config/pools/{pool}', {
        parameters: { pool: 'other' },
        body: { endpoints: ['127.0.0.1:9'], ...(sticky && { sticky }) },
      }),
    );
    assert.deepEqual([other.status, /stands for a secret that is in force at the same place/.test(other.message)], [400, true]);
    assert.equal(await here.evenkeel.count(new RegExp(`${changing}|${password}|another-password`)), 0);
  });
});

describe('on a port of loopback, without a token', { timeout }, () => {
  async function world() {
    await using stack = new AsyncDisposableStack();
    const rest = `listeners: [{ name: web, bind: "127.0.0.1:0", routes: [{ respond: { body: "\${env:HOME}" } }, { pool: web }] }]\npools: { web: { endpoints: ["127.0.0.1:9", "unix:/run/app.sock"] } }`;
    const here = stack.use(await running(rest, '', '127.0.0.1:0'));
    const moved = stack.move();
    return { ...here, [Symbol.asyncDispose]: () => moved.disposeAsync() };
  }

  test('nobody has it run programs, or read files and the environment; what stands there already may stay', async () => {
    await using here = await world();
    const put = (value: unknown, path = '/pools/new') =>
      here.client.post('/api/v1/config/transactions', { body: { changes: [{ op: 'put', path, value }] }, query: { dryRun: true } });
    const endpoints = ['127.0.0.1:9'];
    for (const [value, path, at] of [
      [{ endpoints, health: { command: ['id'] } }, undefined, '/pools/new/health/command'],
      [['id'], '/pools/web/health/command', '/pools/web/health/command'],
      [{ endpoints, balance: './mine.ts' }, undefined, '/pools/new/balance'],
      [{ endpoints, balance: { policy: '/mine.mjs' } }, undefined, '/pools/new/balance/policy'],
      [{ endpoints: ['unix:/run/docker.sock'] }, undefined, '/pools/new/endpoints'],
      [{ endpoints: [{ address: 'unix:/run/docker.sock', weight: 2 }] }, undefined, '/pools/new/endpoints'],
      [{}, '/pools/web/endpoints/unix:~1run~1docker.sock', '/pools/web/endpoints'],
      [{ bind: 'unix:/run/taken.sock', pool: 'web' }, '/listeners/new', '/listeners/new/bind'],
      [{ discover: { file: '/etc/passwd' } }, undefined, '/pools/new/discover/file'],
      [[{ respond: { body: `\${file:/etc/passwd}` } }], '/listeners/web/routes', '/listeners/web/routes/0/respond/body'],
      [[{ pool: 'web' }, { respond: { body: `\${env:HOME}` } }], '/listeners/web/routes', '/listeners/web/routes/1/respond/body'],
    ] as const) {
      const refused = await refusal(put(value, path));
      assert.equal(refused.status, 403, at);
      assert.ok(refused.message.includes(`${at}: this would run a program, or read a file`), refused.message);
      const change = { changes: [{ op: 'put', path: path ?? '/pools/new', value }] } as const;
      for (const operation of ['/api/v1/plan', '/api/v1/apply'] as const)
        assert.equal((await refusal(here.client.post(operation, { body: change }))).status, 403, `${operation} ${at}`);
    }
    await put({ endpoints });
    await put({ endpoints: [{ address: 'unix:/run/app.sock', weight: 2 }] }, '/pools/web');
    await put({ weight: 3 }, '/pools/web/endpoints/unix:~1run~1app.sock');
    const { body: routes } = await here.client.get('/api/v1/config/listeners/{listener}/routes', { parameters: { listener: 'web' } });
    await here.client.put('/api/v1/config/listeners/{listener}/routes', {
      parameters: { listener: 'web' },
      body: [...routes.slice(0, 1), { pool: 'web', path: '/x' }],
    });
  });
});
