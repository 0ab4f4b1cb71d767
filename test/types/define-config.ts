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
