// Hosts and paths of routes: what is a pattern and what is not.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { routeSettings } from './route-settings.ts';

const isHost = (host: string): boolean => routeSettings.safeParse({ pool: 'web', host }).success;
const isPath = (path: string): boolean => routeSettings.safeParse({ pool: 'web', path }).success;

describe('route settings', () => {
  test('a pool is enough', () => {
    assert.deepEqual(routeSettings.parse({ pool: 'web' }), { pool: 'web' });
  });

  test('hosts are names, addresses and wildcards in front, in lower case', () => {
    for (const host of ['localhost', 'shop.example.com', '*.example.com', '10.0.0.1', '[::1]']) assert.ok(isHost(host), host);
    assert.equal(routeSettings.parse({ pool: 'web', host: '*.Example.COM' }).host, '*.example.com');
  });

  test('hosts with ports, stars elsewhere and empty labels are refused', () => {
    for (const host of ['', '*', 'a:80', 'a.*', '*a.b', 'a..b', '.a', 'a b', '*.', 'http://a', 'a'.repeat(64), 'a.'.repeat(130)])
      assert.ok(!isHost(host), host);
  });

  test('paths are exact, or end in a slash and a star', () => {
    for (const path of ['/', '/*', '/api', '/api/', '/api/*', '/a%20b', "/a-._~!$&'()+,;=:@"]) assert.ok(isPath(path), path);
  });

  test('paths that no request can have are refused', () => {
    for (const path of ['', 'api', '*', '/api*', '/a*b', '/*/b', '/a b', '/a?b', '/a#b', '/%zz', '/%2', '/ä', '/a\\b', '/**'])
      assert.ok(!isPath(path), path);
  });
});
