// Changes over the admin server: what is understood, what is refused and with which words. What changes do is in live-controls.test.ts.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { parseAddress } from '../../src/domain/settings/addresses.ts';
import { startAdminServer } from '../../src/interface/admin/admin-server.ts';
import type { EndpointStatus, PoolStatus } from '../../src/interface/admin/pool-status.ts';
import { configurationOf } from '../support/admin/configuration.ts';
import { BytePeer } from '../support/byte-peer.ts';
import { supervised } from '../support/supervised.ts';

const timeout = 60_000;
const first = '/api/v1/pools/web/endpoints/10.0.0.1:80';

interface Told {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function world() {
  const { supervisor, log } = supervised({
    pools: {
      web: { endpoints: ['10.0.0.1:80', { address: '10.0.0.2:80', weight: 3 }, 'unix:/run/app.sock', '[::1]:80'] },
      api: { endpoints: ['10.0.0.1:80'] },
    },
  });
  const bind = parseAddress('127.0.0.1:0');
  assert.ok(bind !== undefined);
  const admin = await startAdminServer({ bind, supervisor, configuration: await configurationOf(supervisor), log, version: '1' });
  const ask = async (path: string, options: RequestInit = {}): Promise<Told> => {
    const response = await fetch(`http://${admin.address}${path}`, options);
    return { status: response.status, body: (await response.json()) as Told['body'] };
  };
  return {
    log,
    admin,
    supervisor,
    ask,
    patch: (path: string, body: unknown): Promise<Told> =>
      ask(path, {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/json' },
        body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
      }),
    /** Sends bytes and gives back all that comes until the server closes. */
    exchange: async (text: string): Promise<string> => {
      const socket = connect(Number(admin.address.split(':').at(-1)), '127.0.0.1');
      socket.write(text);
      let answer = '';
      for await (const bytes of socket) answer += String(bytes);
      return answer;
    },
    [Symbol.asyncDispose]: () => admin.close(),
  };
}

describe('a change', { timeout }, () => {
  test('is answered with the endpoint as it is then, and stands in the status and in the log', async () => {
    await using here = await world();
    const { status, body } = await here.patch(first, { weight: 5, state: 'draining' });
    assert.equal(status, 200);
    const { id, weight, configuredWeight, state, share, inFlight } = body as unknown as EndpointStatus;
    assert.deepEqual(
      { id, weight, configuredWeight, state, share, inFlight },
      {
        id: '10.0.0.1:80',
        weight: 5,
        configuredWeight: 1,
        state: 'draining',
        share: 0,
        inFlight: 0,
      },
    );
    assert.deepEqual((await here.ask(first)).body, body);
    const { endpoints } = (await here.ask('/api/v1/pools/web')).body as unknown as PoolStatus;
    assert.deepEqual(
      endpoints.map(({ share: part }) => part),
      [0, 3 / 5, 1 / 5, 1 / 5],
    );
    assert.deepEqual(here.log.matching(/was changed/), ['info Endpoint 10.0.0.1:80 of pool web was changed: weight 5, draining.']);
  });

  test('changes what it names and nothing else', async () => {
    await using here = await world();
    await here.patch(first, { weight: 5 });
    assert.equal((await here.patch(first, { state: 'down' })).body['weight'], 5);
    assert.equal((await here.patch(first, { weight: null })).body['weight'], 1);
    assert.equal((await here.ask(first)).body['state'], 'down');
    assert.equal((await here.patch(first, { state: 'up' })).body['state'], 'up');
    assert.equal((await here.patch(first, { state: 'maintenance' })).body['state'], 'down', 'the same by another name');
    assert.equal((await here.ask('/api/v1/pools/api/endpoints/10.0.0.1:80')).body['state'], 'up', 'the same address in another pool');
  });

  for (const [id, path] of [
    ['unix:/run/app.sock', 'unix:%2Frun%2Fapp.sock'],
    ['[::1]:80', '[::1]:80'],
    ['[::1]:80', '%5B%3A%3A1%5D%3A80'],
  ] as const) {
    test(`finds ${id} as ${path}`, async () => {
      await using here = await world();
      const { status, body } = await here.patch(`/api/v1/pools/web/endpoints/${path}`, { weight: 0 });
      assert.deepEqual([status, body['id'], body['weight'], body['share']], [200, id, 0, 0]);
    });
  }
});

describe('a change that cannot be made is told why, and changes nothing', { timeout }, () => {
  for (const [what, body, issues] of [
    [
      'a key that is not known',
      { wieght: 3 },
      [/^body:1:2: wieght: unknown key "wieght"; allowed are weight, state, deadline; did you mean "weight"\?$/],
    ],
    [
      'a state that is none',
      { state: 'drainin' },
      [/^body:1:10: state: expected one of "up", "draining", "down", "maintenance", got "drainin"; did you mean "draining"\?$/],
    ],
    [
      'a weight out of bounds',
      { weight: -1 },
      [/^body:1:11: weight: expected a number from 0\.001 to 1000000, or 0 .*, or null .*, got -1$/],
    ],
    ['a weight as a text', { weight: '3' }, [/weight: expected a number .*, got "3"$/]],
    ['several mistakes', { weight: 'a', state: 1 }, [/weight: expected/, /state: expected/]],
    ['a mistake beside what is right', { weight: 3, state: 'gone' }, [/state: expected/]],
    ['a deadline of nothing', { weight: 3, deadline: '10m' }, [/^body:1:24: deadline: a deadline goes with \{"state": "draining"\}/]],
    ['a deadline of another state', { state: 'up', deadline: '10m' }, [/deadline: a deadline goes with/]],
    ['a deadline without a unit', { state: 'draining', deadline: 10 }, [/deadline: expected a duration/]],
    ['a key that every object has', '{"weight": 3, "__proto__": {"state": "down"}}', [/^body: unknown key "__proto__"$/]],
    ['a key twice', '{"weight": 1, "weight": 2}', [/second time/]],
    ['no change at all', {}, [/^body:1:1: expected "weight", "state" or both: there is nothing to change$/]],
    ['no body', '', [/expected "weight", "state" or both/]],
    ['what is not JSON', '{"weight": 3', [/^body:1:13: this is not JSON: expected/]],
    ['JSON that is no object', [3], [/expected an object such as \{"weight": 3\}/]],
    ['null', null, [/expected an object such as/]],
    ['nesting without end', '['.repeat(30_000), [/^body:/]],
  ] as const) {
    test(what, async () => {
      await using here = await world();
      const { status, body: told } = await here.patch(first, body);
      assert.equal(status, 400);
      assert.equal(told['error'], 'The body is no change of an endpoint. Nothing was changed.');
      const texts = told['issues'];
      assert.ok(Array.isArray(texts));
      assert.equal(texts.length, issues.length, JSON.stringify(texts));
      for (const [index, issue] of issues.entries()) assert.match(String(texts[index]), issue);
      assert.equal(here.supervisor.board.revision(0), 0);
      assert.equal((await here.ask(first)).body['weight'], 1);
    });
  }

  test('names that nothing has', async () => {
    await using here = await world();
    for (const method of ['GET', 'PATCH']) {
      const options = method === 'GET' ? {} : { method, headers: { 'Content-Type': 'application/json' }, body: '{"weight":3}' };
      assert.deepEqual(await here.ask('/api/v1/pools/wbe/endpoints/10.0.0.1:80', options), {
        status: 404,
        body: { error: 'There is no pool "wbe". Did you mean "web"?', pools: ['web', 'api'] },
      });
      assert.deepEqual(await here.ask('/api/v1/pools/web/endpoints/192.168.7.7:8080', options), {
        status: 404,
        body: {
          error: 'There is no endpoint "192.168.7.7:8080".',
          endpoints: ['10.0.0.1:80', '10.0.0.2:80', 'unix:/run/app.sock', '[::1]:80'],
        },
      });
    }
    assert.deepEqual((await here.ask('/api/v1/pools/wbe')).body, {
      error: 'There is no pool "wbe". Did you mean "web"?',
      pools: ['web', 'api'],
    });
    assert.equal((await here.ask('/api/v1/pools/constructor')).status, 404);
  });

  test('text that is not UTF-8, in the path or in the body', async () => {
    await using here = await world();
    assert.equal((await here.ask('/api/v1/pools/%ff')).status, 400);
    assert.deepEqual(await here.patch(first, new Uint8Array([0xff])), { status: 400, body: { error: 'The body is not UTF-8 text.' } });
  });

  test('another method is answered with those that there are', async () => {
    await using here = await world();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`http://${here.admin.address}${first}`, { method });
      assert.equal(response.status, 405, method);
      assert.deepEqual(response.headers.get('allow')?.split(', ').toSorted(), ['GET', 'HEAD', 'PATCH']);
      assert.equal(response.headers.get('access-control-allow-origin'), null);
      await response.text();
    }
  });

  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', undefined]) {
    test(`the type ${type}, which a page on the web may send without being asked`, async () => {
      await using here = await world();
      const head = `PATCH ${first} HTTP/1.1\r\nHost: localhost\r\n${type === undefined ? '' : `Content-Type: ${type}\r\n`}`;
      assert.match(await here.exchange(`${head}Content-Length: 12\r\n\r\n{"weight":3}`), /^HTTP\/1\.1 415 [\s\S]*Connection: close/);
      assert.equal(here.supervisor.board.revision(0), 0);
    });
  }

  test('another name of the host', async () => {
    await using here = await world();
    const head = `PATCH ${first} HTTP/1.1\r\nHost: evil.example\r\nContent-Type: application/json\r\n`;
    assert.match(await here.exchange(`${head}Content-Length: 12\r\n\r\n{"weight":3}`), /^HTTP\/1\.1 421 /);
    assert.equal(here.supervisor.board.revision(0), 0);
  });
});

describe('bodies', { timeout }, () => {
  const padded = (length: number) => `{"weight":3${' '.repeat(length - 12)}}`;

  test('of 64 KiB are read, longer ones are not', async () => {
    await using here = await world();
    assert.equal((await here.patch(first, padded(65_536))).status, 200);
    assert.equal((await here.ask(first)).body['weight'], 3);
    const { status, body } = await here.patch(first, padded(65_537).replace('3', '4'));
    assert.deepEqual([status, body], [413, { error: 'A body has 65536 bytes at most.' }]);
    assert.equal((await here.ask(first)).body['weight'], 3);
  });

  test('that never end are given up, whether they tell their length or not', async () => {
    await using here = await world();
    const head = `PATCH ${first} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
    for (const start of [`Content-Length: ${2 ** 40}\r\n\r\n`, 'Transfer-Encoding: chunked\r\n\r\n10000000\r\n']) {
      // Exactly what is read before the answer: with nothing left unread the close cannot lose it.
      assert.match(await here.exchange(`${head}${start}${'x'.repeat(2 ** 20 + 1)}`), /^HTTP\/1\.1 413 [\s\S]*Connection: close/);
    }
  });

  test('in chunks are read, with a charset as well, and the connection lives on', async () => {
    await using here = await world();
    const head = `PATCH ${first} HTTP/1.1\r\nHost: localhost\r\nContent-Type: Application/JSON; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n`;
    await using client = await BytePeer.connect({ host: '127.0.0.1', port: Number(here.admin.address.split(':').at(-1)) });
    for (const weight of [7, 8]) {
      client.send(`${head}6\r\n{"weig\r\n7\r\nht": ${weight}}\r\n0\r\n\r\n`);
      const { startLine, body } = await client.answer();
      assert.deepEqual([startLine, JSON.parse(body).weight], ['HTTP/1.1 200 OK', weight]);
    }
  });

  test('that are cut off change nothing, and the server lives on', async () => {
    await using here = await world();
    const socket = connect(Number(here.admin.address.split(':').at(-1)), '127.0.0.1');
    socket.end(`PATCH ${first} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"weight":3}`);
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.resume().once('close', resolve));
    assert.equal((await here.ask(first)).body['weight'], 1);
    assert.deepEqual(here.log.matching(/failed/), []);
  });
});
