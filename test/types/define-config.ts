// What the compiler must accept and refuse in documents written in TypeScript. Checked by `npm run types`; nothing runs this.
import { defineConfig, defineListener, definePool, defineRoute } from 'evenkeel';

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

const shared = definePool({ endpoints: ['10.0.0.1:8080'], retry: { perTry: '500ms' }, limits: { head: '32 KiB' } });
const withBackup = definePool({ endpoints: ['10.0.0.1:8080'], backup: 'shared' });
const route = defineRoute({ path: '/api/*', pool: 'shared', timeouts: { response: '1.5m' } });
const listener = defineListener({ bind: ':8081', routes: [{ split: { shared: 1 } }, route] });

export const inParts = defineConfig({
  listeners: [{ bind: ':8080', routes: [route, { respond: { status: 404 } }] }, listener],
  pools: { shared, withBackup },
});

export const partsToNowhere = defineConfig({
  // @ts-expect-error: this route and this listener go to the pool "shared".
  listeners: [{ bind: ':8080', routes: [route] }, listener],
  pools: { web: { endpoints: ['10.0.0.1:8080'] } },
});

export const backupToNowhere = defineConfig({
  listeners: [{ bind: ':8080', pool: 'web' }],
  // @ts-expect-error: no pool is named "reserve".
  pools: { web: { endpoints: ['10.0.0.1:8080'], backup: 'reserve' } },
});

export const backupOfAPartToNowhere = defineConfig({
  listeners: [{ bind: ':8080', pool: 'web' }],
  // @ts-expect-error: the backup of this pool is "shared".
  pools: { web: withBackup },
});

// @ts-expect-error: a unit is ms, s, m, h or d.
definePool({ endpoints: ['10.0.0.1:8080'], timeouts: { connect: '2 sec' } });
// @ts-expect-error: a size has another unit than a duration.
definePool({ endpoints: ['10.0.0.1:8080'], retry: { body: '2s' } });
// @ts-expect-error: units of sizes are written KiB, MiB.
definePool({ endpoints: ['10.0.0.1:8080'], retry: { body: '64kb' } });
// @ts-expect-error: a connection has to come to an end.
definePool({ endpoints: ['10.0.0.1:8080'], timeouts: { connect: 'none' } });
// @ts-expect-error: random has no options.
definePool({ endpoints: ['10.0.0.1:8080'], balance: { policy: 'random', choices: 2 } });
// @ts-expect-error: least-connections has no option "chioces".
definePool({ endpoints: ['10.0.0.1:8080'], balance: { policy: 'least-connections', chioces: 2 } });
// @ts-expect-error: the option "slowAfter" is a duration.
definePool({ endpoints: ['10.0.0.1:8080'], concurrency: { adaptive: 'aimd', slowAfter: '5 seconds' } });
// @ts-expect-error: a route has one action.
defineRoute({ pool: 'web', redirect: { to: '/' } });
// @ts-expect-error: there is no key "bnid".
defineListener({ bnid: ':80', pool: 'web' });

export const fromElsewhere = definePool({
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands for a value of the environment.
  endpoints: ['${env:HOST}:80'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands for a value of the environment.
  timeouts: { connect: '${env:CONNECT}' },
});

export const includesInTypeScript = defineConfig({
  listeners: [{ bind: ':8080', pool: 'web' }],
  pools: { web: { endpoints: ['10.0.0.1:8080'] } },
  // @ts-expect-error: a document in TypeScript imports what it needs.
  include: ['pools/*.yaml'],
});

const listeners = [{ bind: ':8080', pool: 'web' as const }];

export const discovered = defineConfig({
  listeners,
  pools: { web: { discover: { dns: 'web.internal', port: 8080, server: ['10.0.0.2', '10.0.0.3:5353'], family: 'ipv4', init: 'empty' } } },
});

export const discoveredBesideOthers = definePool({
  endpoints: ['10.0.0.1:8080'],
  discover: { srv: '_http._tcp.web.internal', every: '30s' },
});

export const discoveredElsewhere = [
  definePool({ discover: { file: './web.endpoints', weight: 2, maxConnections: 'none' } }),
  definePool({ discover: { http: 'http://127.0.0.1:8500/list', headers: { authorization: 'Bearer abc' }, timeout: '1s' } }),
];

// @ts-expect-error: endpoints are named, or found.
export const neitherNamedNorFound = definePool({ retry: { attempts: 2 } });

// @ts-expect-error: addresses of a name say no port.
export const nameWithoutPort = definePool({ discover: { dns: 'web.internal' } });

// @ts-expect-error: one source, not two.
export const twoSources = definePool({ discover: { dns: 'web.internal', port: 80, file: './web.endpoints' } });

// @ts-expect-error: records SRV have ports and weights of their own.
export const portOfService = definePool({ discover: { srv: '_http._tcp.web.internal', port: 80 } });

// @ts-expect-error: headers are for HTTP.
export const headersForNames = definePool({ discover: { dns: 'web.internal', port: 80, headers: {} } });

// @ts-expect-error: a wrong unit.
export const wrongUnit = definePool({ discover: { dns: 'web.internal', port: 80, every: '30 sec' } });
