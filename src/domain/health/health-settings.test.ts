// What may be written for active checks, and what it is read as.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WrittenHealth } from './health-settings.ts';
import { healthSettings } from './health-settings.ts';

const read = (input: unknown) => healthSettings.safeParse(input);
const accepts = (inputs: readonly unknown[]): void => {
  for (const input of inputs) assert.equal(read(input).success, true, `${JSON.stringify(input)} is accepted`);
};
const refuses = (inputs: readonly unknown[]): void => {
  for (const input of inputs) assert.equal(read(input).success, false, `${JSON.stringify(input)} is refused`);
};
/** Every message with the place that it is about. */
const complaints = (input: unknown): readonly string[] =>
  (read(input).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
const probeOf = (input: WrittenHealth) => healthSettings.parse(input).probe;
const inHttp = (values: readonly object[]): readonly object[] => values.map((value) => ({ http: { path: '/', ...value } }));

describe('a check', () => {
  test('needs nothing but a probe', () => {
    assert.deepEqual(healthSettings.parse({ http: '/healthz' }), {
      probe: { kind: 'http', path: '/healthz', method: 'GET', headers: {}, status: [[200, 399]] },
      interval: 2000,
      timeout: 1000,
      fastInterval: 2000,
      jitter: 5,
      rise: 2,
      fall: 3,
      start: 'checking',
    });
  });

  test('has one kind of probe', () => {
    // @ts-expect-error: two kinds.
    const two: WrittenHealth = { http: '/', tcp: true };
    // @ts-expect-error: no kind.
    const none: WrittenHealth = { interval: '1s' };
    refuses([two, none, {}, null, [], true, 'http', { http: '/', command: ['true'] }, { tcp: false }]);
    assert.deepEqual(complaints({ http: '/', tcp: true }), [
      'tcp: expected one kind of probe, and "http" is given already; take one of them out',
    ]);
  });

  test('tells a misspelt kind once', () => assert.equal(complaints({ htp: '/healthz' }).length, 1));

  test('waits no longer for an answer than until the next one is due', () => {
    assert.equal(healthSettings.parse({ tcp: true, interval: '250ms' }).timeout, 250);
    assert.equal(healthSettings.parse({ tcp: true, interval: '10s' }).timeout, 1000);
    accepts([{ tcp: true, interval: '2s', timeout: '2s' }]);
    assert.deepEqual(complaints({ tcp: true, interval: '1s', timeout: '2s' }), [
      'timeout: expected a timeout of at most the interval: a probe would still be waiting when the next one is due',
    ]);
    refuses([{ tcp: true, timeout: '3s' }]);
  });

  test('asks no less often in doubt', () => {
    assert.equal(healthSettings.parse({ tcp: true, interval: '5s' }).fastInterval, 5000);
    assert.equal(healthSettings.parse({ tcp: true, interval: '5s', fastInterval: '1s' }).fastInterval, 1000);
    refuses([{ tcp: true, interval: '1s', fastInterval: '2s' }]);
  });

  test('takes at least one result to change anything', () => {
    refuses(['rise', 'fall'].flatMap((key) => [0, -1, 1.5, 101, 'none', '2'].map((value) => ({ tcp: true, [key]: value }))));
    accepts([{ tcp: true, rise: 1, fall: 1 }]);
  });

  test('has numbers that mean something', () => {
    refuses([
      ...[-1, 51, '5%'].map((jitter) => ({ tcp: true, jitter })),
      ...[0, 65_536, '80'].map((port) => ({ tcp: true, port })),
      ...['0s', '5ms', 2, 'none'].map((interval) => ({ tcp: true, interval })),
      { tcp: true, start: 'down' },
    ]);
    accepts([
      { tcp: true, jitter: 0 },
      { tcp: true, jitter: 50, port: 65_535, start: 'up' },
    ]);
  });

  test('may ask an agent as well, as often as the endpoint', () => {
    assert.deepEqual(healthSettings.parse({ tcp: true, interval: '5s', agent: { port: 9777 } }).agent, {
      port: 9777,
      send: '',
      interval: 5000,
    });
    accepts([{ tcp: true, agent: { port: 9777, send: 'web', interval: '1m' } }]);
    refuses([
      { tcp: true, agent: 9777 },
      { tcp: true, agent: {} },
      { agent: { port: 9777 } },
      { tcp: true, agent: { port: 1, send: 'a\nb' } },
    ]);
  });
});

describe('a probe over HTTP', () => {
  test('has all that is given', () => {
    const headers = { 'X-Probe': 'yes', accept: '*/*' };
    const given = { path: '/up?deep=1', method: 'POST', host: 'a.test:80', headers, body: 'ok', match: '^ok' };
    assert.deepEqual(probeOf({ http: { ...given, status: [204, '301-308', '404'] } }), {
      kind: 'http',
      ...given,
      status: [
        [204, 204],
        [301, 308],
        [404, 404],
      ],
    });
  });

  test('asks for a path that begins with a slash and has nothing in it that ends a line or a target', () => {
    accepts(['/', '/healthz', '/a/b?c=d&e=%20', '/[x]', '/~a'].map((http) => ({ http })));
    refuses(['', 'healthz', 'http://a.test/', '/a b', '/a\r\nb', '/a#b', '/é', '/a\\b', '/"', '*', 5].map((http) => ({ http })));
  });

  test('passes by statuses that an answer can have', () => {
    refuses(
      inHttp(
        [[], 200, '200', [199], [100], [600], ['399-200'], ['2xx'], ['200-'], [200.5], [true], ['200-399-']].map((status) => ({ status })),
      ),
    );
    assert.deepEqual(complaints({ http: { path: '/', status: [] } }), [
      'http.status: expected at least one status: with an empty list no answer would ever pass',
    ]);
  });

  test('asks for no tunnel, and looks into no body where there is none', () => {
    refuses(inHttp([{ method: 'CONNECT' }, { method: 'get' }, { method: 'GET /' }, { method: '' }]));
    refuses(
      inHttp([
        { method: 'HEAD', body: 'ok' },
        { method: 'HEAD', match: 'ok' },
      ]),
    );
    accepts(inHttp([{ method: 'HEAD' }, { method: 'OPTIONS' }, { body: 'ok', match: 'ok' }]));
    assert.deepEqual(complaints({ http: { path: '/', method: 'HEAD', body: 'ok' } }), [
      'http.body: answers to HEAD have no body (use GET), so that "body" would never pass',
    ]);
    for (const status of [[204], [304, '204-205']]) {
      assert.deepEqual(complaints({ http: { path: '/', status, match: 'ok' } }), [
        'http.match: answers with these statuses have no body, so that "match" would never pass',
      ]);
    }
    accepts(inHttp([{ status: [204] }, { status: [200, 204], body: 'ok' }, { status: ['204-304'], body: 'ok' }]));
    for (const status of [[], 204, [204, 'x'], ['x']]) assert.equal(complaints({ http: { path: '/', status, body: 'ok' } }).length, 1);
  });

  test('may go over TLS, which then verifies what it is told to', () => {
    assert.deepEqual(probeOf({ http: { path: '/', tls: true } }), {
      ...probeOf({ http: '/' }),
      tls: { verify: false },
    });
    refuses(inHttp([{ tls: false }, { tls: { verify: 1 } }, { tls: { serverName: 'a b' } }]));
  });

  test('sends no field twice and none that ends a line', () => {
    const own = ['Host', 'connection', 'Content-Length', 'transfer-encoding', 'expect', 'a b', 'a:', ''];
    refuses(inHttp(own.map((name) => ({ headers: { [name]: 'x' } }))));
    refuses(inHttp(['a\r\nb', 'a\0', 'é', 5].map((value) => ({ headers: { 'x-a': value } }))));
    refuses(inHttp(['', 'a b', 'a/b', 'a\r\n'].map((host) => ({ host }))));
  });

  test('matches by an expression that there is', () => {
    accepts(inHttp([{ match: '"status": ?"(up|ok)"' }, { match: '\\p{L}' }]));
    refuses(inHttp([{ match: '(' }, { match: '' }, { match: '[z-a]' }, { match: 'x'.repeat(1025) }]));
  });
});

describe('other probes', () => {
  test('need nothing but true', () => {
    assert.deepEqual(
      [probeOf({ tcp: true }), probeOf({ tls: true }), probeOf({ grpc: true })],
      [{ kind: 'tcp' }, { kind: 'tls', verify: false }, { kind: 'grpc', service: '' }],
    );
    assert.deepEqual(
      [probeOf({ postgres: true }), probeOf({ mysql: true }), probeOf({ redis: true })],
      [{ kind: 'postgres' }, { kind: 'mysql' }, { kind: 'redis' }],
    );
    refuses(
      ['tcp', 'tls', 'grpc', 'postgres', 'mysql', 'redis'].flatMap((kind) => [false, 'true', 1, null].map((value) => ({ [kind]: value }))),
    );
  });

  test('send and expect bytes over TCP', () => {
    assert.deepEqual(probeOf({ tcp: { send: 'PING\r\n', expect: '\xff\0' } }), { kind: 'tcp', send: 'PING\r\n', expect: '\xff\0' });
    refuses([{ tcp: { send: '' } }, { tcp: { expect: '€' } }, { tcp: { send: 5 } }, { tcp: { sned: 'a' } }]);
  });

  test('name servers in TLS by names', () => {
    accepts(['a', 'shop.example.com', '_a.test'].map((serverName) => ({ tls: { serverName } })));
    refuses(['', '10.0.0.1', '::1', 'a..b', 'a b', 'a:80', 'a.'].map((serverName) => ({ tls: { serverName } })));
  });

  test('trust other authorities where a file of them is given, and verify then', () => {
    const ca = './ca.pem';
    for (const kind of ['http', 'grpc', 'redis'] as const) {
      const probe = probeOf({ [kind]: { ...(kind === 'http' ? { path: '/' } : {}), tls: { ca } } } as never);
      assert.deepEqual('tls' in probe ? probe.tls : undefined, { verify: true, ca }, kind);
    }
    assert.deepEqual(probeOf({ tls: { ca, verify: true, serverName: 'a.test' } }), { kind: 'tls', verify: true, ca, serverName: 'a.test' });
    assert.deepEqual(complaints({ tls: { ca, verify: false } }), [
      'tls.ca: "ca" says nothing where no certificate is verified; take it out, or say verify: true',
    ]);
    refuses(['', 5, true, 'a\nb'].map((wrong) => ({ tls: { ca: wrong } })));
  });

  test('ask for the health of gRPC over TLS where they are told to', () => {
    assert.deepEqual(probeOf({ grpc: { service: 'a', tls: true } }), { kind: 'grpc', service: 'a', tls: { verify: false } });
    assert.deepEqual(probeOf({ grpc: { tls: { verify: true, serverName: 'a.test' } } }), {
      kind: 'grpc',
      service: '',
      tls: { verify: true, serverName: 'a.test' },
    });
  });

  test('ask databases for their role', () => {
    assert.deepEqual(probeOf({ postgres: { role: 'replica', user: 'probe' } }), {
      kind: 'postgres',
      login: { role: 'replica', user: 'probe', database: 'probe' },
    });
    assert.deepEqual(probeOf({ postgres: { user: 'probe', database: 'shop', password: 'hush', tls: true } }), {
      kind: 'postgres',
      login: { user: 'probe', database: 'shop', password: 'hush', tls: { verify: true } },
    });
    assert.deepEqual(probeOf({ mysql: { user: 'probe', password: 'hush' } }), {
      kind: 'mysql',
      login: { user: 'probe', password: 'hush' },
    });
    assert.deepEqual(probeOf({ redis: { role: 'primary', password: 'b', tls: { verify: false, serverName: 'r' } } }), {
      kind: 'redis',
      role: 'primary',
      password: 'b',
      tls: { verify: false, serverName: 'r' },
    });
    refuses([
      { postgres: { role: 'master', user: 'a' } },
      { postgres: { user: '' } },
      { redis: { role: 'slave' } },
      { mysql: { role: 'primary' } },
    ]);
    refuses([{ redis: { user: 'a' } }, { redis: { password: '' } }, { redis: { password: 12_345 } }, { redis: { tls: 'yes' } }]);
  });

  test('ask databases for nothing without a login', () => {
    assert.deepEqual(complaints({ postgres: { role: 'primary' } }), ['postgres.role: "role" goes with a login; add "user"']);
    refuses([{ postgres: { database: 'a' } }, { postgres: { password: 'a' } }, { mysql: { password: 'a' } }, { mysql: { tls: true } }]);
    assert.deepEqual(probeOf({ postgres: {} }), { kind: 'postgres' });
  });

  test('run a program', () => {
    assert.deepEqual(probeOf({ command: ['/bin/check', '--quick', ''] }), { kind: 'command', command: ['/bin/check', '--quick', ''] });
    refuses([[], [''], 'check', ['a', 5], ['a\0'], new Array(65).fill('a')].map((command) => ({ command })));
  });
});

test('no complaint about a section that holds a password may show it', () => {
  for (const input of [{ http: '/', redis: { password: 'hush' } }, { redis: { password: 5 } }, { mysql: { password: 'hush' } }]) {
    const issues = read(input).error?.issues ?? [];
    assert.ok(issues.length > 0);
    for (const issue of issues) assert.equal('params' in issue && issue.params?.['isSecret'], true);
  }
});
