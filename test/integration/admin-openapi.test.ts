// The OpenAPI document beside the implementation: every answer of every operation of a running program is what is described, and every status that
// is described is answered.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import * as operations from '../../src/interface/admin/operations.ts';
import { DescribedApi } from '../support/admin/described-api.ts';
import { namedEndpoint } from '../support/admin/named-endpoint.ts';
import type { Running } from '../support/admin/running.ts';
import { running } from '../support/admin/running.ts';

const timeout = 120_000;
const tokens = { read: 'watching-0123456789', full: 'changing-0123456789' };

type Names = keyof typeof operations;
type Asked = Parameters<DescribedApi['ask']>[1];

let here: Running;
let api: DescribedApi;
let endpoint: Awaited<ReturnType<typeof namedEndpoint>>;

before(
  async () => {
    endpoint = await namedEndpoint('a');
    const rest = [
      'listeners: [{ name: web, bind: "127.0.0.1:0", routes: [{ pool: web }] }]',
      `pools: { web: { endpoints: ["${endpoint.address}"], health: { http: /, interval: 1h }, queue: { size: 5 }, maxRequests: 100 }, spare: { endpoints: ["${endpoint.address}"] } }`,
    ].join('\n');
    here = await running(rest, `, tokens: { read: ["${tokens.read}"], full: ["${tokens.full}"] }`, '127.0.0.1:0');
    api = await DescribedApi.of(here.address, tokens.full);
  },
  { timeout },
);
after(async () => {
  await here?.[Symbol.asyncDispose]();
  await endpoint?.[Symbol.asyncDispose]();
});

/** What names in paths stand for, unless a request says otherwise. */
const there = () => ({ pool: 'web', endpoint: endpoint.address, listener: 'web', version: '1' });

describe('every operation', { timeout }, () => {
  test('is described, with the statuses of its own and those of all', () => {
    const listed = Object.values(operations).map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(api.operations.map(({ method, path }) => `${method} ${path}`).sort(), listed.sort());
    const ids = api.operations.map(({ id }) => id).sort();
    assert.deepEqual(ids, Object.keys(operations).sort());
  });

  for (const [name, { method, path, isOpen = false, longestBody = 64 * 1024 }] of Object.entries(operations) as [
    Names,
    (typeof operations)[Names],
  ][]) {
    const takesBody = method !== 'GET' && method !== 'DELETE';
    test(`${method} ${path} answers as described what any may answer`, async () => {
      const ask = (asked: Asked = {}) => api.ask(name, { parameters: there(), ...(takesBody ? { text: '{}' } : {}), ...asked });
      assert.equal(await ask({ headers: { host: 'evil.example' } }), 421);
      if (!isOpen) assert.equal(await ask({ token: undefined }), 401);
      if (method !== 'GET') assert.equal(await ask({ token: tokens.read }), 403);
      if (!takesBody) assert.equal(await ask({ text: '{}' }), 413);
      if (method !== 'GET') assert.equal(await ask({ query: '?no-such-word=1' }), 400);
      if (path.includes('{')) assert.equal(await ask({ parameters: { ...there(), pool: '%zz', listener: '%zz', version: '%zz' } }), 400);
      if (!takesBody) return;
      assert.equal(await ask({ headers: { 'content-type': 'text/plain' } }), 415);
      assert.equal(await ask({ text: '{' }), 400);
      assert.equal(await ask({ text: ' '.repeat(longestBody + 1) }), 413);
    });
  }
});

/** One after the other: each begins where the one before ended. */
const scenarios: readonly (readonly [Names, number, (() => Asked)?])[] = [
  ['healthz', 200],
  ['readyz', 200],
  ['metrics', 200],
  ['openapi', 200],
  ['status', 200],
  ['pool', 200],
  ['pool', 404, () => ({ parameters: { pool: 'wbe' } })],
  ['endpoint', 200],
  ['endpoint', 404, () => ({ parameters: { ...there(), endpoint: '10.0.0.1:1' } })],
  ['changeEndpoint', 200, () => ({ body: { weight: 3, state: 'draining', deadline: '10m' } })],
  ['changeEndpoint', 200, () => ({ body: { weight: null, state: 'up' } })],
  ['changeEndpoint', 404, () => ({ parameters: { ...there(), pool: 'wbe' }, body: { weight: 3 } })],
  ['changeEndpoint', 400, () => ({ body: { weight: 'heavy' } })],
  ['events', 200],
  ['events', 400, () => ({ query: '?since=yesterday' })],
  ['guard', 200],
  ['history', 200],
  ['history', 200, () => ({ query: '?file=true' })],
  ['versionOfHistory', 200],
  ['versionOfHistory', 404, () => ({ parameters: { version: '77' } })],
  ['reload', 200, () => ({ body: {} })],
  ['readConfig', 200],

  ...ofResource('PoolConfig', { good: () => ({ endpoints: [endpoint.address] }), bad: { endpoints: [], x: 1 }, fresh: { pool: 'fresh' } }),
  ...ofResource('EndpointConfig', { good: () => ({ weight: 2 }), bad: { weight: 'a' }, fresh: { pool: 'web', endpoint: '127.0.0.1:9' } }),
  ['putEndpointConfig', 404, () => ({ parameters: { pool: 'wbe', endpoint: '127.0.0.1:9' }, body: {} })],
  ...ofResource('ListenerConfig', {
    good: () => ({ bind: '127.0.0.1:0', pool: 'web' }),
    bad: { bind: 'x' },
    fresh: { listener: 'fresh' },
  }),
  ['putListenerConfig', 409, () => ({ parameters: { listener: 'taken' }, body: { bind: new URL(endpoint.url).host, pool: 'web' } })],
  ['putRoutesConfig', 200, () => ({ body: [{ path: '/x', respond: { status: 404 } }, { pool: 'web' }] })],
  ['readRoutesConfig', 200],
  ['readRoutesConfig', 404, () => ({ parameters: { listener: 'wbe' } })],
  ['putRoutesConfig', 404, () => ({ parameters: { listener: 'wbe' }, body: [] })],
  ...unlikeIn('putRoutesConfig', () => ({ body: [{ pool: 'nowhere' }] })),
  ['putRoutesConfig', 422, () => ({ body: [{ pool: 'nowhere' }] })],
  ...ofSection('OverloadConfig', 'none', 7),
  ...ofSection('ShutdownConfig', { deadline: '5s' }, { deadline: 5 }),

  ['changeConfig', 200, () => ({ body: { changes: [{ op: 'put', path: '/overload', value: 'none' }] } })],
  ['changeConfig', 200, () => ({ body: { changes: [{ op: 'delete', path: '/overload' }] }, query: '?dryRun=true' })],
  ['changeConfig', 400, () => ({ body: { changes: [{ op: 'put', path: '/admin', value: {} }] } })],
  ['changeConfig', 409, () => ({ body: { changes: [{ op: 'delete', path: '/overload' }] }, query: '?persist=true' })],
  ['changeConfig', 412, () => ({ body: { changes: [{ op: 'delete', path: '/overload' }] }, headers: { 'if-match': '"0-none"' } })],
  ['changeConfig', 422, () => ({ body: { changes: [{ op: 'delete', path: '/pools/web' }] } })],
  ['plan', 200, () => ({ body: {} })],
  ['plan', 200, () => ({ body: { changes: [{ op: 'put', path: '/pools/web/endpoints/127.0.0.1:9', value: {} }] } })],
  ['plan', 404, () => ({ body: { version: 77 } })],
  ['plan', 422, () => ({ body: { changes: [{ op: 'delete', path: '/pools/web' }] } })],
  ['apply', 200, () => ({ body: { changes: [{ op: 'put', path: '/pools/spare/maxRequests', value: 7 }] } })],
  ['apply', 404, () => ({ body: { version: 77 } })],
  ['apply', 400, () => ({ body: { version: 1, changes: [{ op: 'delete', path: '/pools/spare' }] } })],
  ['plan', 400, () => ({ body: { version: 1, changes: [{ op: 'delete', path: '/pools/spare' }] } })],
  ['apply', 412, () => ({ body: {}, headers: { 'if-match': '"0-none"' } })],
  ['apply', 400, () => ({ body: {}, query: '?persist=false&persist=false' })],
  ['apply', 409, () => ({ body: { changes: [{ op: 'delete', path: '/pools/spare' }] }, query: '?persist=true' })],
  ['apply', 422, () => ({ body: { changes: [{ op: 'delete', path: '/pools/web' }] } })],
  ['apply', 202, () => ({ body: { changes: [{ op: 'put', path: '/pools/spare/maxRequests', value: 8 }], guard: '1h' } })],
  ['apply', 409, () => ({ body: { changes: [{ op: 'put', path: '/pools/spare/maxRequests', value: 9 }], guard: '1h' } })],
  ['guard', 200],
  ['rollback', 200, () => ({ body: { version: 1 } })],
  ['rollback', 404, () => ({ body: { version: 7777 } })],
  ['rollback', 412, () => ({ body: { version: 1 }, headers: { 'if-match': '"0-none"' } })],
  ['readConfig', 200],
  ['history', 200],
  ['events', 200],
  ['forgetLayer', 412, () => ({ headers: { 'if-match': '"0-none"' } })],
  ['forgetLayer', 422, () => ({ query: '?path=/pools/none' })],
  ['forgetLayer', 200],
];

type Resource = 'PoolConfig' | 'EndpointConfig' | 'ListenerConfig' | 'OverloadConfig' | 'ShutdownConfig';
type Scenarios = readonly (readonly [Names, number, (() => Asked)?])[];

interface OfResource {
  readonly good: () => unknown;
  readonly bad: unknown;
  /** Names of one that is new. */
  readonly fresh: Readonly<Record<string, string>>;
}

function ofResource(name: Resource, { good, bad, fresh }: OfResource): Scenarios {
  const asked =
    (more: Asked = {}) =>
    (): Asked => ({ parameters: { ...there(), ...fresh }, ...more });
  const put =
    (more: Asked = {}) =>
    (): Asked => ({ parameters: { ...there(), ...fresh }, body: good(), ...more });
  return [
    [`read${name}`, 200],
    [`read${name}`, 404, asked()],
    [`remove${name}`, 404, asked()],
    [`put${name}`, 200, put({ query: '?dryRun=true' })],
    [`put${name}`, 422, asked({ body: bad })],
    [`put${name}`, 409, put({ query: '?persist=true' })],
    [`put${name}`, 400, put({ query: '?persist=perhaps' })],
    [`put${name}`, 412, put({ headers: { 'if-match': '*' } })],
    [`put${name}`, 201, put({ headers: { 'if-none-match': '*' } })],
    [`put${name}`, 200, put()],
    [`remove${name}`, 412, asked({ headers: { 'if-match': '"0-none"' } })],
    [`remove${name}`, 409, asked({ query: '?persist=true' })],
    [`remove${name}`, 200, asked()],
    [`remove${name}`, 422, () => ({})],
  ];
}

function ofSection(name: Resource, good: unknown, bad: unknown): Scenarios {
  const put =
    (more: Asked = {}) =>
    (): Asked => ({ body: good, ...more });
  return [
    [`read${name}`, 404],
    [`remove${name}`, 404],
    [`put${name}`, 422, () => ({ body: bad })],
    [`put${name}`, 409, put({ query: '?persist=true' })],
    [`put${name}`, 412, put({ headers: { 'if-match': '"0-none"' } })],
    [`put${name}`, 201, put()],
    [`put${name}`, 200, put()],
    [`read${name}`, 200],
    ...unlikeIn(`remove${name}`),
    [`remove${name}`, 200],
  ];
}

function unlikeIn(name: Names, asked: () => Asked = () => ({})): Scenarios {
  return [
    [name, 409, () => ({ ...asked(), query: '?persist=true' })],
    [name, 412, () => ({ ...asked(), headers: { 'if-match': '"0-none"' } })],
  ];
}

/**
 * Statuses that nobody can bring about from here, with the reason; 503 besides, which is answered when more than 64 changes wait: change.test.ts.
 */
const unreachable: Readonly<Record<string, string>> = {
  'versionOfHistory 409': 'a version on the disk would have to be damaged: folder-history.test.ts',
  'plan 409': 'the same',
  'readyz 503': 'the admin server answers before and after: admin.test.ts',
};

describe('every answer', { timeout }, () => {
  test('is what the document describes for its operation and status', async () => {
    for (const [name, status, asked] of scenarios) {
      const request = { parameters: there(), ...asked?.() };
      assert.equal(await api.ask(name, request), status, `${name} ${JSON.stringify(request)}: ${api.last}`);
    }
    await here.write('listeners: [{ name: web, bind: "127.0.0.1:0", pool: web }]\npools: { web: { endpoints: [] } }');
    assert.equal(await api.ask('reload', { body: {} }), 422);
    await here.write(
      `listeners: [{ name: web, bind: "${new URL(endpoint.url).host}", pool: web }]\npools: { web: { endpoints: ["127.0.0.1:9"] } }`,
    );
    assert.equal(await api.ask('reload', { body: {} }), 409);
  });

  test('is what is described where what was good before is so no more', async () => {
    const [word, socket] = [`${here.folder}/word`, `${here.folder}/extra.sock`];
    await writeFile(word, 'a word');
    const extra = `{ name: extra, bind: "unix:${socket}", routes: [{ respond: { body: "\${file:${word}}" } }] }`;
    const rest = (listeners: string) =>
      `listeners: [{ name: web, bind: "127.0.0.1:0", pool: web }${listeners}]\npools: { web: { endpoints: ["${endpoint.address}"] } }`;
    await here.write(rest(`, ${extra}`));
    assert.equal(await api.ask('reload', { body: {} }), 200, api.last);
    const version = (JSON.parse(api.last) as { version: number }).version;
    assert.equal(await api.ask('removeListenerConfig', { parameters: { listener: 'extra' } }), 200, api.last);
    // Somebody else has its address meanwhile.
    const taker = createServer().listen(socket);
    await once(taker, 'listening');
    assert.equal(await api.ask('rollback', { body: { version } }), 409, api.last);
    assert.equal(await api.ask('forgetLayer'), 409, api.last);
    taker.close();
    await once(taker, 'close');

    assert.equal(await api.ask('forgetLayer'), 200, api.last);
    for (const [name, body] of [
      ['putOverloadConfig', 'none'],
      ['putShutdownConfig', { deadline: '5s' }],
    ] as const)
      assert.equal(await api.ask(name, { body }), 201, api.last);
    await rm(word);
    for (const name of ['removeOverloadConfig', 'removeShutdownConfig'] as const) assert.equal(await api.ask(name), 422, api.last);
    assert.equal(await api.ask('rollback', { body: { version } }), 422, api.last);
  });

  test('is seen for every status that an operation describes as its own, but those that say why not', () => {
    const own = Object.entries(operations).flatMap(([name, { answers }]) => Object.keys(answers).map((status) => `${name} ${status}`));
    const unseen = own.filter((each) => !api.seen.has(each) && !(each in unreachable) && !each.endsWith(' 503'));
    assert.deepEqual(unseen, []);
    assert.deepEqual(
      Object.keys(unreachable).filter((each) => api.seen.has(each)),
      [],
      'these can be reached after all',
    );
  });

  test('that is not as described is found', async () => {
    const [type, headers] = ['application/json; charset=utf-8', { etag: '"1-00000000"' }];
    const parts = { added: [], changed: [], removed: [] };
    const good = { changed: false, dryRun: false, version: 1, etag: '1-00000000', listeners: parts, pools: parts, atStart: [] };
    const { atStart: _, ...short } = good;
    for (const [what, status, value] of [
      ['a status that is not described', 299, good],
      ['a key that is missing', 200, short],
      ['a key too many', 200, { ...good, extra: 1 }],
      ['another type', 200, { ...good, changed: 'yes' }],
    ] as const)
      assert.throws(() => api.check('reload', { status, type, headers, text: JSON.stringify(value) }), Error, what);
    const text = JSON.stringify(good);
    assert.throws(() => api.check('reload', { status: 200, type: 'text/plain', headers, text }));
    assert.throws(() => api.check('reload', { status: 200, type, headers: {}, text }), /ETag is described and not sent/);
    assert.throws(() => api.check('reload', { status: 200, type, headers: { ...headers, 'retry-after': '1' }, text }), /sent and not/);
    api.check('reload', { status: 200, type, headers, text });
  });
});
