// Which route takes an exchange.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RouteRules } from './route-rules.ts';
import { compileRoutes } from './route-table.ts';

/** The pool that the exchange goes to. */
function poolFor(routes: readonly RouteRules[], host: string, path: string): string | undefined {
  return compileRoutes(routes).match(host, path)?.settings.pool;
}

describe('a route without host and path', () => {
  const table = compileRoutes([{ pool: 'web' }, { path: '/api/*', pool: 'never' }]);

  test('takes everything, the star of OPTIONS and requests without a host too', () => {
    for (const [host, path] of [
      ['example.com', '/'],
      ['', '/api/x'],
      ['example.com', '*'],
      ['', ''],
    ] as const) {
      assert.equal(table.match(host, path)?.settings.pool, 'web');
    }
  });

  test('gives the same object each time, with its settings and its place', () => {
    const route = table.match('example.com', '/');
    assert.equal(table.match('other.example', '/x'), route);
    assert.deepEqual(route, { index: 0, settings: { pool: 'web' } });
    assert.equal(table.routes[0], route);
    assert.equal(table.routes[1]?.settings.pool, 'never');
  });
});

describe('an exact path', () => {
  const routes: readonly RouteRules[] = [
    { path: '/cart', pool: 'cart' },
    { path: '/', pool: 'home' },
    { path: '/a/b', pool: 'deep' },
  ];

  test('takes that path and no other', () => {
    assert.equal(poolFor(routes, 'h', '/cart'), 'cart');
    assert.equal(poolFor(routes, 'h', '/'), 'home');
    assert.equal(poolFor(routes, 'h', '/a/b'), 'deep');
    for (const path of ['/cart/', '/cart/1', '/Cart', '/car', '/carts', '/a', '/a/', '/a/b/', '//', '*', '', 'cart']) {
      assert.equal(poolFor(routes, 'h', path), undefined, path);
    }
  });
});

describe('a path with a star', () => {
  test('takes the path itself, with and without a slash, and everything below', () => {
    const routes = [{ path: '/api/*', pool: 'api' }];
    for (const path of ['/api', '/api/', '/api/v1', '/api/v1/x', '/api//x']) assert.equal(poolFor(routes, 'h', path), 'api', path);
    for (const path of ['/', '/apis', '/ap', '/API/x', '//api/x', '/x/api/', '*'])
      assert.equal(poolFor(routes, 'h', path), undefined, path);
  });

  test('takes every path when nothing stands before it', () => {
    const routes = [{ path: '/*', pool: 'all' }];
    for (const path of ['/', '//', '/x/y']) assert.equal(poolFor(routes, 'h', path), 'all', path);
    assert.equal(poolFor(routes, 'h', '*'), undefined);
  });
});

describe('a host', () => {
  const routes: readonly RouteRules[] = [
    { host: 'shop.example.com', pool: 'shop' },
    { host: '*.example.com', pool: 'sites' },
    { host: '[::1]', pool: 'local' },
  ];

  test('is compared without case and port', () => {
    for (const host of ['shop.example.com', 'SHOP.example.com', 'shop.example.com:8443', 'Shop.Example.Com.:80']) {
      assert.equal(poolFor(routes, host, '/'), 'shop', host);
    }
    assert.equal(poolFor(routes, '[::1]:8080', '/'), 'local');
  });

  test('with a star takes names of any depth below, and not the domain itself', () => {
    for (const host of ['a.example.com', 'a.b.example.com', 'A.B.C.EXAMPLE.com:1']) assert.equal(poolFor(routes, host, '/'), 'sites', host);
    for (const host of ['example.com', '.example.com', 'badexample.com', 'a.example.org', 'com', '', 'a.example.com.evil']) {
      assert.equal(poolFor(routes, host, '/'), undefined, host);
    }
  });

  test('with a star is found at every depth, the first of the document before the nearest', () => {
    const nested: readonly RouteRules[] = [
      { host: '*.a.b.example.com', path: '/near/*', pool: 'near' },
      { host: '*.com', path: '/com', pool: 'com' },
      { host: '*.b.example.com', pool: 'middle' },
      { host: '*.a.b.example.com', pool: 'late' },
    ];
    assert.equal(poolFor(nested, 'x.a.b.example.com', '/near/1'), 'near');
    assert.equal(poolFor(nested, 'x.a.b.example.com', '/com'), 'com');
    assert.equal(poolFor(nested, 'x.a.b.example.com', '/else'), 'middle');
    assert.equal(poolFor(nested, 'other.com', '/com'), 'com');
    assert.equal(poolFor(nested, 'other.com', '/else'), undefined);
  });
});

describe('the first route that matches', () => {
  test('wins over a later and more exact one', () => {
    const routes: readonly RouteRules[] = [
      { path: '/api/*', pool: 'wide' },
      { path: '/api/v1', pool: 'exact' },
      { host: 'shop.example.com', path: '/api/v1', pool: 'host' },
    ];
    assert.equal(poolFor(routes, 'shop.example.com', '/api/v1'), 'wide');
    assert.equal(poolFor(routes.toReversed(), 'shop.example.com', '/api/v1'), 'host');
    assert.equal(poolFor(routes.toReversed(), 'other.example', '/api/v1'), 'exact');
  });

  test('wins over a copy of itself', () => {
    for (const route of [{ path: '/x' }, { path: '/x/*' }, { host: 'h' }, { host: '*.h', path: '/x' }, {}]) {
      const routes = [
        { ...route, pool: 'first' },
        { ...route, pool: 'second' },
      ];
      assert.equal(poolFor(routes, route.host === '*.h' ? 'a.h' : 'h', '/x'), 'first');
    }
  });

  test('may be the one for everything behind special ones', () => {
    const routes = [{ path: '/api/*', pool: 'api' }, { pool: 'web' }];
    assert.equal(poolFor(routes, 'h', '/api/1'), 'api');
    assert.equal(poolFor(routes, 'h', '/other'), 'web');
    assert.equal(poolFor(routes, 'h', '*'), 'web');
  });

  test('does not exist in an empty table', () => {
    assert.equal(poolFor([], 'h', '/'), undefined);
  });
});
