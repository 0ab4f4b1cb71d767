// What routes do with exchanges, over real sockets: which endpoint gets what, and what the client is told.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/balanced.ts';
import type { PeerMessage } from '../support/byte-peer.ts';
import { Planes } from '../support/planes.ts';
import type { Reaction } from '../support/recording-endpoint.ts';
import { RecordingEndpoint, silent } from '../support/recording-endpoint.ts';

/** Answers with its name. */
const telling =
  (name: string): Reaction =>
  (peer, { startLine }) =>
    void peer.send(
      `HTTP/1.1 200 OK\r\nX-Powered-By: tests\r\nContent-Length: ${name.length}\r\n\r\n${startLine.startsWith('HEAD ') ? '' : name}`,
    );

interface Routed extends AsyncDisposable {
  readonly planes: Planes;
  readonly a: RecordingEndpoint;
  readonly b: RecordingEndpoint;
  ask(request: string): Promise<string>;
}

/** Two pools of one endpoint each, `a` and `b`. */
async function routed(routes: readonly object[], reactions: { a?: Reaction; b?: Reaction } = {}): Promise<Routed> {
  const a = await RecordingEndpoint.open(reactions.a ?? telling('a'));
  const b = await RecordingEndpoint.open(reactions.b ?? telling('b'));
  const planes = await Planes.start({ pools: { a: { endpoints: [a.address] }, b: { endpoints: [b.address] } }, routes });
  return {
    planes,
    a,
    b,
    ask: (request) => planes.ask(request),
    [Symbol.asyncDispose]: async () => {
      await planes[Symbol.asyncDispose]();
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
    },
  };
}

const get = (target: string, ...lines: readonly string[]): string =>
  `GET ${target} HTTP/1.1\r\nHost: Shop.Test:8080\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

const post = (target: string, type: string, body: string): string =>
  `POST ${target} HTTP/1.1\r\nHost: shop.test\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);
const statusOf = (answer: string): number => Number(answer.slice(9, 12));
const lineOf = ({ head }: PeerMessage, name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim();

describe('conditions', () => {
  test('choose by method, header, query, cookie, client and what is none of these', async () => {
    await using served = await routed([
      { method: 'DELETE', pool: 'b' },
      { header: { 'X-Tenant': ['~^acme', 'big'] }, pool: 'b' },
      { query: { version: 2 }, pool: 'b' },
      { cookie: { beta: true }, pool: 'b' },
      { cookie: { group: 'b' }, pool: 'b' },
      { path: '/local', client: '127.0.0.0/8', pool: 'b' },
      { path: '/far', not: { client: '127.0.0.0/8' }, pool: 'b' },
      { any: [{ path: '/users/{id}/orders' }, { path: '~\\.php$' }], pool: 'b' },
      { pool: 'a' },
    ]);
    const goes = async (request: string): Promise<string> => bodyOf(await served.ask(request));
    assert.equal(await goes(get('/')), 'a');
    assert.equal(await goes('DELETE / HTTP/1.1\r\nHost: shop.test\r\n\r\n'), 'b');
    assert.equal(await goes(get('/', 'x-tenant: acme-2')), 'b');
    assert.equal(await goes(get('/', 'X-Tenant: other', 'X-Tenant: big')), 'b');
    assert.equal(await goes(get('/', 'X-Tenant: other')), 'a');
    assert.equal(await goes(get('/?version=1&version=2')), 'b');
    assert.equal(await goes(get('/?version=3')), 'a');
    assert.equal(await goes(get('/', 'Cookie: a=1; beta=')), 'b');
    assert.equal(await goes(get('/', 'Cookie: group=a; group=b')), 'b');
    assert.equal(await goes(get('/', 'Cookie: group=a', 'Cookie: group=b')), 'b');
    assert.equal(await goes(get('/local')), 'b');
    assert.equal(await goes(get('/far')), 'a');
    assert.equal(await goes(get('/users/42/orders')), 'b');
    assert.equal(
      await goes(get('/users//orders')).catch(String),
      '{"error":"malformed-request","message":"The request is malformed or could be read in two ways.","fault":"path-double-slash","detail":"The path has two slashes together, which some would read as one."}\n',
    );
    assert.equal(await goes(get('/x/index.php?a=b')), 'b');
  });

  test('choose by a field of the body, which reaches the endpoint whole', async () => {
    await using served = await routed([
      { body: { json: '/order/country', is: ['NZ', '~^A'], limit: '64B' }, pool: 'b' },
      { body: { form: 'country', is: 'NZ' }, pool: 'b' },
      { pool: 'a' },
    ]);
    const json = '{"order":{"country":"NZ"}}';
    assert.equal(bodyOf(await served.ask(post('/', 'application/json', json))), 'b');
    assert.equal(served.b.requests.at(-1)?.body, json);
    assert.equal(bodyOf(await served.ask(post('/', 'application/json', '{"order":{"country":"DE"}}'))), 'a');
    assert.equal(bodyOf(await served.ask(post('/', 'application/json', '{"order'))), 'a');
    assert.equal(bodyOf(await served.ask(post('/', 'application/x-www-form-urlencoded', 'a=b&country=N%5A'))), 'b');
    const parts = '--x\r\nContent-Disposition: form-data; name="country"\r\n\r\nNZ\r\n--x--\r\n';
    assert.equal(bodyOf(await served.ask(post('/', 'multipart/form-data; boundary=x', parts))), 'b');
    assert.equal(served.b.requests.at(-1)?.body, parts);
    assert.equal(bodyOf(await served.ask(get('/'))), 'a');
    const long = `{"order":{"country":"NZ"},"more":"${'x'.repeat(64)}"}`;
    assert.equal(bodyOf(await served.ask(post('/', 'application/json', long))), 'a');
    assert.equal(served.a.requests.at(-1)?.body, long);
  });

  test('by a chunked body that is longer than is looked at let all of it through', async () => {
    await using served = await routed([{ body: { json: '/a', is: '1', limit: '1KiB' }, pool: 'b' }, { pool: 'a' }]);
    const chunks = ['{"a":1,"b":"', ...Array.from({ length: 40 }, () => 'x'.repeat(4000)), '"}'];
    const coded = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
    const head = 'POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    assert.equal(bodyOf(await served.ask(`${head}${coded}0\r\n\r\n`)), 'a');
    assert.equal(served.a.requests.at(-1)?.body, chunks.join(''));
  });

  test('tell a client that waits for it to send the body that is looked at', async () => {
    await using served = await routed([{ body: { json: '/a', is: '1' }, pool: 'b' }, { pool: 'a' }]);
    await using client = await served.planes.connect();
    client.send(
      'POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Type: application/json\r\nContent-Length: 7\r\nExpect: 100-continue\r\n\r\n',
    );
    assert.equal((await client.answer()).startLine, 'HTTP/1.1 100 Continue');
    client.send('{"a":1}');
    assert.equal((await client.answer()).body, 'b');
    assert.doesNotMatch(served.b.requests[0]?.head ?? '', /expect/i);
  });
});

describe('answers of the document', () => {
  test('send elsewhere, with what came put in', async () => {
    await using served = await routed([
      { path: '/old/{id}', redirect: { to: 'https://{host}/new/{path:id}?{query}#top', status: 308 } },
      { redirect: { to: 'https://{host}{uri}' }, responseHeaders: { set: { 'X-Why': '{method} {{' } } },
    ]);
    const moved = await served.ask(get('/old/42?a=b'));
    assert.match(moved, /^HTTP\/1\.1 308 Permanent Redirect\r\nContent-Length: 0\r\nLocation: https:\/\/shop\.test\/new\/42\?a=b#top\r\n/);
    const found = await served.ask(get('/x?y'));
    assert.equal(statusOf(found), 302);
    assert.match(found, /^Location: https:\/\/shop\.test\/x\?y\r\nX-Why: GET \{\r$/m);
    assert.equal(served.a.requests.length, 0);
  });

  test('are fixed, also for HEAD, and leave the connection open', async () => {
    await using served = await routed([
      { path: '/empty', respond: { status: 204 } },
      { respond: { status: 503, body: '{"down":{{}', type: 'application/json', headers: { 'Retry-After': '60' } } },
    ]);
    await using client = await served.planes.connect();
    client.send(get('/'));
    const answer = await client.answer();
    assert.equal(answer.body, '{"down":{{}');
    assert.equal(lineOf(answer, 'content-type'), 'application/json');
    assert.equal(lineOf(answer, 'retry-after'), '60');
    client.send('HEAD / HTTP/1.1\r\nHost: shop.test\r\n\r\n');
    assert.equal(lineOf(await client.answer(true), 'content-length'), '11');
    client.send(get('/empty'));
    assert.equal((await client.answer()).startLine, 'HTTP/1.1 204 No Content');
  });
});

describe('what goes on', () => {
  test('has another path, and the query that came', async () => {
    await using served = await routed([
      { path: '/api/*', rewrite: { path: '/v2/*' }, pool: 'a' },
      { path: '/pre/*', rewrite: { prefix: '/new/' }, pool: 'a' },
      { path: '/users/{id}/{what}', rewrite: { path: '/{path:what}/{path:id}/{header:x-odd}' }, pool: 'a' },
      { path: '~^/old/(.*)/x$', rewrite: { match: '^/old/([^/]*)', to: '/$1/$$/now?from=old' }, pool: 'a' },
      { pool: 'b' },
    ]);
    const sent: readonly (readonly [came: string, goes: string])[] = [
      ['/api/a/b?c=d', '/v2/a/b?c=d'],
      ['/api', '/v2/'],
      ['/pre/a', '/new/a'],
      ['/users/42/orders?x', '/orders/42/a%20b%3C?x'],
      ['/old/a/b/x?c=d', '/a/$/now/b/x?from=old&c=d'],
    ];
    for (const [came, goes] of sent) {
      await served.ask(get(came, 'X-Odd: a b<'));
      assert.equal(served.a.requests.at(-1)?.startLine, `GET ${goes} HTTP/1.1`);
    }
  });

  test('is read by endpoints as it is here, whatever a rewrite made of it', async () => {
    await using served = await routed([{ path: '~^/img', rewrite: { match: '^/img', to: '/' }, pool: 'a' }, { pool: 'b' }]);
    for (const [came, goes] of [
      ['/imga?b', '/a?b'],
      ['/img../secret', '/secret'],
    ]) {
      assert.equal(statusOf(await served.ask(get(came ?? ''))), 200);
      assert.equal(served.a.requests.at(-1)?.startLine, `GET ${goes} HTTP/1.1`);
    }
  });

  test('names a host, also where the one that was to be set is none', async () => {
    await using served = await routed([{ requestHeaders: { set: { host: '{header:x-host}' } }, pool: 'a' }]);
    const hosts = async (...lines: readonly string[]): Promise<string | undefined> => {
      await served.ask(get('/', ...lines));
      return served.a.requests
        .at(-1)
        ?.head.match(/^host:.*$/gim)
        ?.join();
    };
    assert.equal(await hosts('X-Host: inner.test:81'), 'host: inner.test:81');
    assert.equal(await hosts(), 'Host: Shop.Test:8080');
    assert.equal(await hosts('X-Host: evil.test, b/c'), 'Host: Shop.Test:8080');
  });

  test('has headers set, added and taken out, both ways', async () => {
    await using served = await routed([
      {
        requestHeaders: {
          set: {
            Host: 'inner.test',
            'X-Client': '{client}',
            'X-Forwarded-Proto': 'https',
            'X-Id': '{request-id}',
            'X-None': '{cookie:none}',
          },
          add: { 'X-Path': '{path} {scheme}' },
          remove: ['X-Secret'],
        },
        responseHeaders: { set: { 'X-Powered-By': 'evenkeel' }, add: { 'X-Id': '{request-id}' } },
        pool: 'a',
      },
    ]);
    const answer = await served.ask(get('/p?q', 'X-Secret: 1', 'x-secret: 2', 'X-Client: forged', 'X-Path: old', 'X-None: old'));
    const request = served.a.requests[0] ?? assert.fail('nothing came');
    assert.equal(lineOf(request, 'host'), 'inner.test');
    assert.equal(request.head.match(/^host:/gim)?.length, 1);
    assert.equal(lineOf(request, 'x-client'), '127.0.0.1');
    assert.equal(request.head.match(/^x-forwarded-proto:.*$/gim)?.join(), 'X-Forwarded-Proto: https');
    assert.equal(request.head.match(/^x-path:.*$/gim)?.join(), 'X-Path: old,X-Path: /p http');
    assert.doesNotMatch(request.head, /x-secret|x-none/i);
    const id = lineOf(request, 'x-id') ?? '';
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.match(answer, new RegExp(`^X-Id: ${id}\r$`, 'm'));
    assert.equal(answer.match(/^x-powered-by:.*$/gim)?.join(), 'X-Powered-By: evenkeel');
  });

  test('has at most the body that the route allows', async () => {
    await using served = await routed([{ path: '/small', maxBody: '4B', pool: 'a' }, { pool: 'a' }]);
    assert.equal(statusOf(await served.ask(post('/small', 'text/plain', '12345'))), 413);
    assert.equal(statusOf(await served.ask(post('/small', 'text/plain', '1234'))), 200);
    assert.equal(statusOf(await served.ask(post('/large', 'text/plain', '12345'))), 200);
    const chunked = 'POST /small HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n';
    assert.equal(statusOf(await served.ask(chunked)), 413);
  });

  test('waits as long as the route says', async () => {
    await using served = await routed([{ path: '/quick', timeouts: { response: '300ms' }, pool: 'a' }, { pool: 'b' }], { a: silent });
    assert.equal(statusOf(await served.ask(get('/quick'))), 504);
    assert.equal(statusOf(await served.ask(get('/other'))), 200);
  });
});

describe('a split', () => {
  test('shares by weight, and keeps a key where it is', async () => {
    await using served = await routed([{ split: { a: 50, b: 50 }, splitBy: 'cookie:session' }]);
    const pools: string[] = [];
    for (let user = 0; user < 40; user++) pools.push(bodyOf(await served.ask(get('/', `Cookie: session=${user}`))));
    assert.deepEqual([...new Set(pools)].sort(), ['a', 'b']);
    for (let user = 0; user < 10; user++) assert.equal(bodyOf(await served.ask(get('/', `Cookie: session=${user}`))), pools[user]);
  });

  test('sends nothing to a weight of 0', async () => {
    await using served = await routed([{ split: { a: 0, b: 1 } }]);
    for (let count = 0; count < 20; count++) assert.equal(bodyOf(await served.ask(get('/'))), 'b');
  });
});

describe('a mirror', () => {
  test('gets what the pool gets, and its answer goes nowhere', async () => {
    await using served = await routed([{ pool: 'a', rewrite: { path: '/m' }, mirror: { pool: 'b' } }]);
    assert.equal(bodyOf(await served.ask(post('/x', 'text/plain', 'hello'))), 'a');
    await eventually(() => served.b.requests.length === 1, 'the copy has come');
    assert.equal(served.b.requests[0]?.startLine, 'POST /m HTTP/1.1');
    assert.equal(served.b.requests[0]?.body, 'hello');
    assert.equal(bodyOf(await served.ask(get('/x'))), 'a');
    await eventually(() => served.b.requests.length === 2, 'the second copy has come');
  });

  test('that never answers holds up nobody', async () => {
    await using served = await routed([{ pool: 'a', timeouts: {}, mirror: { pool: 'b' } }], { b: silent });
    for (let count = 0; count < 20; count++) assert.equal(bodyOf(await served.ask(post('/', 'text/plain', 'x'.repeat(100_000)))), 'a');
    await eventually(() => served.b.requests.length === 20, 'all copies have come');
    await served.b[Symbol.asyncDispose]();
  });

  test('whose endpoint is gone changes nothing', async () => {
    await using served = await routed([{ pool: 'a', mirror: { pool: 'b' } }]);
    await served.b[Symbol.asyncDispose]();
    assert.equal(bodyOf(await served.ask(post('/', 'text/plain', 'hello'))), 'a');
  });

  test('gets its share', async () => {
    await using served = await routed([{ pool: 'a', mirror: { pool: 'b', share: 0 } }]);
    for (let count = 0; count < 10; count++) await served.ask(get('/'));
    assert.equal(served.b.requests.length, 0);
  });

  test('gives up a body that is longer than may be copied', async () => {
    await using served = await routed([{ pool: 'a', mirror: { pool: 'b', maxBody: '1KiB' } }]);
    const long = 'x'.repeat(5000);
    assert.equal(
      bodyOf(await served.ask(`POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n${long}\r\n0\r\n\r\n`)),
      'a',
    );
    assert.equal(bodyOf(await served.ask(post('/', 'text/plain', long))), 'a');
    assert.equal(served.b.requests.length, 0);
  });
});
