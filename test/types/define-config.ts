// What the compiler must accept and refuse in documents written in TypeScript. Checked by `npm run types`; nothing runs this.
import { defineConfig } from '../../src/control-plane/configuration/define-config.ts';

export const smallest = defineConfig({
  listeners: [{ bind: ':8080', pool: 'web' }],
  pools: { web: { endpoints: ['10.0.0.1:8080'] } },
});

export const fuller = defineConfig({
  compat: '2026-11',
  workers: 2,
  admin: { bind: '127.0.0.1:9900' },
  listeners: [
    { name: 'web', bind: ':8080', routes: [{ path: '/api/*', pool: 'api' }, { pool: 'web' }], timeouts: { head: '5s', body: 'none' } },
    { bind: ':8081', pool: 'api', limits: { connections: 'none', exchanges: 100 } },
  ],
  pools: {
    api: { balance: 'least-connections', endpoints: ['10.0.0.1:8080', { address: '10.0.0.2:8080', weight: 3 }] },
    web: { balance: { policy: 'random' }, endpoints: ['10.0.0.1:8080'], retry: { attempts: 1 } },
  },
});

export const listenerToNowhere = defineConfig({
  // @ts-expect-error: no pool is named "wbe".
  listeners: [{ bind: ':8080', pool: 'wbe' }],
  pools: { web: { endpoints: ['10.0.0.1:8080'] } },
});

export const routeToNowhere = defineConfig({
  // @ts-expect-error: no pool is named "backend".
  listeners: [{ bind: ':8080', routes: [{ path: '/api/*', pool: 'backend' }, { pool: 'web' }] }],
  pools: { web: { endpoints: ['10.0.0.1:8080'] } },
});

export const routing = defineConfig({
  listeners: [
    {
      bind: ':8080',
      paths: { encodedSlash: 'keep' },
      routes: [
        { host: ['a.test', '~^b'], header: { 'x-a': 1, 'x-b': ['c', '~d'] }, not: { any: [{ client: '10.0.0.0/8' }] }, pool: 'web' },
        { path: '/users/{id}', split: { web: 90 }, splitBy: 'cookie:session', rewrite: { path: '/v2/{path:id}' }, mirror: { pool: 'web' } },
        { path: '/old', redirect: { to: 'https://{host}{uri}', status: 301 } },
        { respond: { status: 404 } },
      ],
    },
  ],
  pools: { web: { endpoints: ['10.0.0.1:8080'] } },
});

export const splitToNowhere = defineConfig({
  // @ts-expect-error: no pool is named "canary".
  listeners: [{ bind: ':8080', routes: [{ split: { web: 90, canary: 10 } }] }],
  pools: { web: { endpoints: ['10.0.0.1:8080'] } },
});

export const mirrorToNowhere = defineConfig({
  // @ts-expect-error: no pool is named "shadow".
  listeners: [{ bind: ':8080', routes: [{ pool: 'web', mirror: { pool: 'shadow' } }] }],
  pools: { web: { endpoints: ['10.0.0.1:8080'] } },
});

export const twoActions = defineConfig({
  // @ts-expect-error: a route has one action.
  listeners: [{ bind: ':8080', routes: [{ pool: 'web', respond: { status: 200 } }] }],
  pools: { web: { endpoints: ['10.0.0.1:8080'] } },
});

export const conditionThatIsNone = defineConfig({
  // @ts-expect-error: there is no condition "heder".
  listeners: [{ bind: ':8080', routes: [{ pool: 'web', all: [{ heder: { a: 'b' } }] }] }],
  pools: { web: { endpoints: ['10.0.0.1:8080'] } },
});

export const bothPoolAndRoutes = defineConfig({
  // @ts-expect-error: a listener has either a pool or routes.
  listeners: [{ bind: ':8080', pool: 'web', routes: [{ pool: 'web' }] }],
  pools: { web: { endpoints: ['10.0.0.1:8080'] } },
});

export const neitherPoolNorRoutes = defineConfig({
  // @ts-expect-error: without a pool or routes no exchange has anywhere to go.
  listeners: [{ bind: ':8080' }],
  pools: { web: { endpoints: ['10.0.0.1:8080'] } },
});

export const misspeltKey = defineConfig({
  listeners: [{ bind: ':8080', pool: 'web' }],
  // @ts-expect-error: there is no key "ballance".
  pools: { web: { endpoints: ['10.0.0.1:8080'], ballance: 'random' } },
});

export const unknownPolicy = defineConfig({
  listeners: [{ bind: ':8080', pool: 'web' }],
  // @ts-expect-error: there is no policy "fastest".
  pools: { web: { endpoints: ['10.0.0.1:8080'], balance: 'fastest' } },
});

export const partNotBuiltYet = defineConfig({
  listeners: [{ bind: ':8080', pool: 'web' }],
  // @ts-expect-error: zones are not built yet.
  pools: { web: { endpoints: [{ address: '10.0.0.1:8080', zone: 'a' }] } },
});

export const durationWithoutUnit = defineConfig({
  // @ts-expect-error: a duration is a text with a unit.
  listeners: [{ bind: ':8080', pool: 'web', timeouts: { head: 10 } }],
  pools: { web: { endpoints: ['10.0.0.1:8080'] } },
});

export const sessions = defineConfig({
  listeners: [{ bind: ':8080', pool: 'issued' }],
  pools: {
    issued: {
      endpoints: ['10.0.0.1:8080'],
      sticky: { cookie: 'SERVER', maxAge: '1d', secure: true, sameSite: 'none' },
      override: { header: 'x-endpoint', trust: ['10.0.0.0/8'] },
    },
    learned: { endpoints: ['10.0.0.1:8080'], sticky: { session: 'cookie:JSESSIONID', idle: '1h', most: 1000 } },
  },
});

export const sessionsInBothForms = defineConfig({
  listeners: [{ bind: ':8080', pool: 'web' }],
  // @ts-expect-error: a session is in a cookie that is issued, or it is the application's own.
  pools: { web: { endpoints: ['10.0.0.1:8080'], sticky: { cookie: 'SERVER', session: 'cookie:JSESSIONID' } } },
});

export const attributeOfTheOtherForm = defineConfig({
  listeners: [{ bind: ':8080', pool: 'web' }],
  // @ts-expect-error: how long its cookie lasts is up to the application.
  pools: { web: { endpoints: ['10.0.0.1:8080'], sticky: { session: 'cookie:JSESSIONID', maxAge: '1d' } } },
});

export const sessionOfNoKind = defineConfig({
  listeners: [{ bind: ':8080', pool: 'web' }],
  // @ts-expect-error: a session is in a cookie or a header.
  pools: { web: { endpoints: ['10.0.0.1:8080'], sticky: { session: 'JSESSIONID' } } },
});

export const overrideByAnybody = defineConfig({
  listeners: [{ bind: ':8080', pool: 'web' }],
  // @ts-expect-error: whose header is believed must be said.
  pools: { web: { endpoints: ['10.0.0.1:8080'], override: { header: 'x-endpoint' } } },
});
