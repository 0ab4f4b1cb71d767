// What a plan tells of two documents, and what it keeps to itself.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Document, WrittenDocument } from '../configuration/document.ts';
import { documentSettings } from '../configuration/document.ts';
import type { PlanFigures } from './plan.ts';
import { planOf } from './plan.ts';

const web = { endpoints: ['10.0.0.1:80', '10.0.0.2:80'] };
const written: WrittenDocument = { listeners: [{ name: 'web', bind: ':8080', pool: 'web' }], pools: { web } };
const parse = (changes: Partial<WrittenDocument> = {}): Document => documentSettings.parse({ ...written, ...changes });
const poolsOf = (pool: object, others: object = {}): Document =>
  documentSettings.parse({ ...written, pools: { web: { ...web, ...pool }, ...others } });

const quiet: PlanFigures = { identity: 'here', inFlight: () => 0, listener: () => undefined, sessions: () => undefined };

describe('a plan', () => {
  test('of a document and itself does nothing', () => {
    const plan = planOf(parse(), parse(), quiet);
    assert.deepEqual([plan.isNone, plan.counts], [true, { added: 0, changed: 0, removed: 0 }]);
  });

  test('tells settings and endpoints of a pool that changes', () => {
    const after = poolsOf({
      endpoints: [{ address: '10.0.0.1:80', weight: 3 }, '10.0.0.3:80'],
      timeouts: { connect: '1s', response: 'none' },
      balance: 'least-connections',
      connections: { idle: 5 },
    });
    const [pool] = planOf(poolsOf({ balance: 'maglev' }), after, quiet).pools;
    assert.deepEqual(
      pool?.endpoints.map(({ id, what, settings }) => [what, id, settings]),
      [
        ['changed', '10.0.0.1:80', [{ path: 'weight', what: 'changed', before: '1', after: '3' }]],
        ['added', '10.0.0.3:80', []],
        ['removed', '10.0.0.2:80', []],
      ],
    );
    const told = pool?.settings.map(({ path, before, after: then }) => `${path}: ${before} -> ${then}`) ?? [];
    for (const line of [
      'balance.policy: maglev -> least-connections',
      'balance.key: client -> undefined',
      'timeouts.connect: 3s -> 1s',
      'timeouts.response: 60s -> none',
      'connections.idle: 1024 -> 5',
    ])
      assert.ok(told.includes(line), `${line} is not among ${told.join('; ')}`);
    assert.equal(pool?.connectsAnew, true);
  });

  test('never tells a secret', () => {
    const secret = 'a-secret-of-many-characters';
    const parsed = (word: string): Document =>
      documentSettings.parse({
        listeners: [
          {
            name: 'web',
            bind: ':8080',
            routes: [
              { path: '/', header: { 'x-token': `${secret}-${word}` }, respond: { status: 200, body: `${secret}${word}` } },
              { pool: 'web' },
            ],
          },
        ],
        pools: {
          web: { ...web, sticky: { cookie: 'A', secret: `${secret}${word}` }, health: { redis: { password: `${secret}${word}` } } },
        },
      });
    const plan = planOf(parsed('one'), parsed('other'), quiet);
    assert.ok(!JSON.stringify(plan).includes(secret), JSON.stringify(plan, undefined, 1));
    assert.deepEqual(plan.pools[0]?.settings, [
      { path: 'health.probe.password', what: 'changed' },
      { path: 'sticky.secret', what: 'changed' },
    ]);
  });

  test('counts what has to be finished by what goes', () => {
    const before = parse({
      listeners: [
        { name: 'web', bind: ':8080', pool: 'web' },
        { name: 'api', bind: ':8081', pool: 'web' },
        { name: 'old', bind: ':8082', pool: 'old' },
      ],
      pools: { web, old: { endpoints: ['10.0.0.9:80'] } },
    });
    const after = parse({
      listeners: [
        { name: 'web', bind: ':8080', pool: 'web' },
        { name: 'api', bind: ':9081', pool: 'web' },
      ],
      pools: { web: { endpoints: ['10.0.0.1:80'] } },
    });
    const inFlight: Readonly<Record<string, number>> = { 'web 10.0.0.1:80': 50, 'web 10.0.0.2:80': 7, 'old 10.0.0.9:80': 2 };
    const figures: PlanFigures = {
      ...quiet,
      inFlight: (pool, id) => inFlight[`${pool} ${id}`] ?? 0,
      listener: (name) => (name === 'web' ? { connections: 99, exchanges: 99, tunnels: 99 } : { connections: 5, exchanges: 2, tunnels: 1 }),
    };
    const plan = planOf(before, after, figures);
    assert.deepEqual(plan.drains, { atEndpoints: 9, onListeners: { connections: 10, exchanges: 4, tunnels: 2 } });
    assert.deepEqual(plan.counts, { added: 0, changed: 2, removed: 2 });
    assert.deepEqual(
      plan.listeners.map(({ name, what, address, isBoundAnew }) => [name, what, address, isBoundAnew]),
      [
        ['api', 'changed', ':9081', true],
        ['old', 'removed', ':8082', false],
      ],
    );
  });

  test('tells routes that come, go, change and move', () => {
    const routed = (routes: readonly object[]): Document =>
      documentSettings.parse({ ...written, listeners: [{ name: 'web', bind: ':8080', routes }] });
    const shop = { host: 'shop.example.com', pool: 'web' };
    const api = { path: '/api/*', pool: 'web', timeouts: { total: '5s' } };
    const named = { name: 'pictures', path: '/p/*', pool: 'web' };
    const before = routed([shop, api, named, { path: '/old', redirect: { to: '/' } }]);
    const after = routed([{ ...named, path: '/pictures/*' }, shop, { ...api, timeouts: { total: '2s' } }, { pool: 'web' }]);
    const [listener] = planOf(before, after, quiet).listeners;
    assert.deepEqual(
      listener?.routes.map(({ what, route, settings }) => [
        what,
        route,
        ...settings.map(({ path, before: was, after: is }) => `${path} ${was} ${is}`),
      ]),
      [
        ['changed', 'pictures', 'path /p/* /pictures/*'],
        ['changed', '/api/* -> web', 'timeouts.total 5s 2s'],
        ['added', 'everything -> web'],
        ['removed', '/old -> redirect 302'],
        ['moved', 'shop.example.com -> web'],
        ['moved', '/api/* -> web'],
      ],
    );
  });

  test('tells what waits for the next start, and what belongs to no part', () => {
    const after = parse({ workers: 7, shutdown: { deadline: '5s' }, overload: { delay: '1s' } });
    const plan = planOf(parse(), after, quiet);
    assert.deepEqual(plan.atStart, [{ path: 'workers', what: 'changed', before: 'auto', after: '7' }]);
    assert.deepEqual(plan.settings, [
      { path: 'overload.delay', what: 'changed', before: '200ms', after: '1s' },
      { path: 'shutdown.deadline', what: 'changed', before: '30s', after: '5s' },
    ]);
  });
});

describe('sessions', () => {
  const learned = { sticky: { session: 'cookie:JSESSIONID' } };
  const counted: PlanFigures = { ...quiet, sessions: () => (id) => (id === '10.0.0.1:80' ? 4 : 6) };
  const lostBy = (before: object, after: object): unknown => planOf(poolsOf(before), poolsOf(after), counted).pools[0]?.sessions;

  test('of endpoints that go are counted', () => {
    const lost = lostBy(learned, { ...learned, endpoints: ['10.0.0.1:80'] });
    assert.deepEqual(lost, { of: 'endpoints', count: 6, reason: 'their endpoint goes' });
  });

  test('that clients carry are not', () => {
    const lost = lostBy({ sticky: { cookie: 'A' } }, { sticky: { cookie: 'A' }, endpoints: ['10.0.0.1:80'] });
    assert.deepEqual(lost, { of: 'endpoints', count: null, reason: 'their endpoint goes' });
  });

  test('are all lost where nothing tells them any more', () => {
    for (const [before, after] of [
      [learned, {}],
      [learned, { sticky: { cookie: 'A' } }],
      [learned, { sticky: { session: 'header:x-session' } }],
      [learned, { sticky: { session: 'cookie:JSESSIONID', most: 77 } }],
    ] as const) {
      const lost = lostBy(before, after) as { readonly of: string; readonly count: number };
      assert.deepEqual([lost.of, lost.count], ['all', 10]);
    }
    assert.equal(planOf(poolsOf({}, { old: { ...web, ...learned } }), poolsOf({}), counted).pools[0]?.sessions?.count, 10);
  });

  test('stay where only something else changes', () => {
    assert.equal(lostBy(learned, { ...learned, timeouts: { connect: '1s' } }), undefined);
    assert.equal(lostBy({}, learned), undefined);
  });
});
