// The generated pages are up to date and leave nothing unsaid.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { documentSettings } from '../../src/control-plane/configuration/document.ts';
import { readText } from '../source-files.ts';
import { pages } from './pages.ts';
import { sectionsOf } from './settings-tree.ts';

describe('generated pages', () => {
  for (const [path, text] of Object.entries(pages)) {
    test(`${path} is what the code says; npm run generate writes it`, () => {
      assert.equal(readText(path), text());
    });
  }
});

describe('the settings of a document', () => {
  const sections = sectionsOf(documentSettings);

  test('are found down to the last section', () => {
    assert.deepEqual(
      sections.map(({ path }) => path),
      [
        '',
        'admin',
        'admin.tokens',
        'admin.tls',
        'listeners[]',
        'listeners[].routes[]',
        'listeners[].routes[].body',
        'listeners[].routes[].redirect',
        'listeners[].routes[].respond',
        'listeners[].routes[].rewrite',
        'listeners[].routes[].requestHeaders',
        'listeners[].routes[].responseHeaders',
        'listeners[].routes[].mirror',
        'listeners[].routes[].timeouts',
        'listeners[].paths',
        'listeners[].timeouts',
        'listeners[].limits',
        'listeners[].forwarding',
        'pools.NAME',
        'pools.NAME.endpoints[]',
        'pools.NAME.discover',
        'pools.NAME.health',
        'pools.NAME.health.http',
        'pools.NAME.health.http.tls',
        'pools.NAME.health.tcp',
        'pools.NAME.health.tls',
        'pools.NAME.health.grpc',
        'pools.NAME.health.grpc.tls',
        'pools.NAME.health.postgres',
        'pools.NAME.health.postgres.tls',
        'pools.NAME.health.mysql',
        'pools.NAME.health.mysql.tls',
        'pools.NAME.health.redis',
        'pools.NAME.health.redis.tls',
        'pools.NAME.health.agent',
        'pools.NAME.outliers',
        'pools.NAME.outliers.consecutive',
        'pools.NAME.outliers.successRate',
        'pools.NAME.outliers.failureShare',
        'pools.NAME.panic',
        'pools.NAME.timeouts',
        'pools.NAME.connections',
        'pools.NAME.limits',
        'pools.NAME.sticky',
        'pools.NAME.override',
        'pools.NAME.slowStart',
        'pools.NAME.subset',
        'pools.NAME.retry',
        'pools.NAME.retry.budget',
        'pools.NAME.retry.backoff',
        'pools.NAME.concurrency',
        'pools.NAME.queue',
        'pools.NAME.queue.priority',
        'pools.NAME.deadline',
        'pools.NAME.lastResort',
        'pools.NAME.breaker',
        'pools.NAME.endpointBreaker',
        'pools.NAME.hedge',
        'overload',
        'shutdown',
        'history',
      ],
    );
  });

  test('have a meaning each, as a sentence', () => {
    for (const { path, keys } of sections) {
      for (const { name, meaning } of keys) assert.match(meaning, /^[A-Z`].*\.$/, `${path}.${name}`);
    }
  });

  test('have the defaults that the code has', () => {
    const head = sections.find(({ path }) => path === 'listeners[].timeouts')?.keys.find(({ name }) => name === 'head');
    assert.deepEqual([head?.takes, head?.default, head?.isRequired], ['duration', '10s', false]);
    const bind = sections.find(({ path }) => path === 'listeners[]')?.keys.find(({ name }) => name === 'bind');
    assert.deepEqual([bind?.takes, bind?.default, bind?.isRequired], ['address', undefined, true]);
  });
});
