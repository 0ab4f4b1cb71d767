// The compiled table beside the plain reading of the rules: routes tried one after another, each by its patterns as they are written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RouteSettings } from './route-settings.ts';
import { compileRoutes } from './route-table.ts';

// Few words, so that patterns and requests meet often.
const words = ['a', 'b', 'api'];
const someName = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const someSegments = fc.array(fc.constantFrom(...words, ''), { maxLength: 4 });
const somePath = fc.oneof(
  { weight: 9, arbitrary: someSegments.map((segments) => `/${segments.join('/')}`) },
  { weight: 1, arbitrary: fc.constant('*') },
);
const someRoute: fc.Arbitrary<RouteSettings> = fc.record(
  {
    host: fc.oneof(
      someName,
      someName.map((name) => `*.${name}`),
    ),
    path: fc.oneof(
      someSegments.map((segments) => `/${segments.join('/')}`),
      someSegments.map((segments) => `/${[...segments, '*'].join('/')}`),
    ),
    pool: fc.constant('pool'),
  },
  { requiredKeys: ['pool'] },
);

function takes(route: RouteSettings, host: string, path: string): boolean {
  const fitsHost = route.host === undefined || (route.host.startsWith('*.') ? host.endsWith(route.host.slice(1)) : host === route.host);
  if (!fitsHost || route.path === undefined) return fitsHost;
  if (!route.path.endsWith('/*')) return path === route.path;
  return path === route.path.slice(0, -2) || path.startsWith(route.path.slice(0, -1));
}

test('the first route in the order of the document wins', () => {
  fc.assert(
    fc.property(fc.array(someRoute, { maxLength: 12 }), someName, somePath, (routes, host, path) => {
      const expected = routes.findIndex((route) => takes(route, host, path));
      assert.equal(compileRoutes(routes).match(host, path)?.index ?? -1, expected);
    }),
    { seed: 0x5eed, numRuns: 3000 },
  );
});

test('case, port and the last dot of a host change nothing', () => {
  fc.assert(
    fc.property(fc.array(someRoute, { maxLength: 8 }), someName, somePath, fc.nat(65_535), (routes, host, path, port) => {
      const table = compileRoutes(routes);
      const route = table.match(host, path);
      for (const other of [host.toUpperCase(), `${host}:${port}`, `${host}.`, `${host.toUpperCase()}.:${port}`]) {
        assert.equal(table.match(other, path), route);
      }
    }),
    { seed: 0x5eed, numRuns: 300 },
  );
});
