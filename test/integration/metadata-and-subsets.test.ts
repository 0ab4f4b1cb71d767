// Routes that ask for endpoints with certain metadata, and balancers that send to a part of a pool, over two workers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LivePool } from '../support/live/live-pool.ts';

const timeout = 120_000;

async function namesAt(live: LivePool, path: string, times: number): Promise<readonly string[]> {
  const names = new Set<string>();
  for (let round = 0; round < times; round++) {
    const { status, body } = await live.ask(path);
    assert.equal(status, 200);
    names.add(body);
  }
  return [...names].toSorted();
}

describe('metadata', { timeout }, () => {
  const endpoints = {
    a: { metadata: { version: 'v1', zone: 'east' } },
    b: { metadata: { version: 'v2', zone: 'east' } },
    c: { metadata: { version: 'v2', zone: 'west' } },
    d: {},
  };
  const routes = [
    { path: '/v2/*', pool: 'web', metadata: { version: 'v2' } },
    { path: '/west/*', pool: 'web', metadata: { zone: 'west', version: 'v2' } },
    { path: '/v1/*', pool: 'web', metadata: { version: 'v1' } },
    { pool: 'web' },
  ];

  test('of a route choose among the endpoints of its pool', async () => {
    await using live = await LivePool.start({ endpoints, routes });
    assert.deepEqual(await namesAt(live, '/v2/', 40), ['b', 'c']);
    assert.deepEqual(await namesAt(live, '/west/', 10), ['c']);
    assert.deepEqual(await namesAt(live, '/v1/', 10), ['a']);
    assert.deepEqual(await namesAt(live, '/', 80), ['a', 'b', 'c', 'd']);
  });

  test('of one route leave the turns of another as they are', async () => {
    await using live = await LivePool.start({ endpoints, routes });
    const counts = new Map<string, number>();
    // Taken from one number, every other turn would be that of the other route.
    for (let round = 0; round < 40; round++) {
      const { body } = await live.ask('/v2/');
      counts.set(body, (counts.get(body) ?? 0) + 1);
      await live.ask('/');
    }
    for (const name of ['b', 'c']) assert.ok(Math.abs((counts.get(name) ?? 0) - 20) <= 2, JSON.stringify([...counts]));
  });

  test('that nobody up has are answered with 503, and the pool serves other routes on', async () => {
    await using live = await LivePool.start({ endpoints, routes });
    await live.change('c', { state: 'down' });
    const { status, body } = await live.ask('/west/');
    assert.equal(status, 503);
    assert.match(body, /no-endpoint/);
    assert.deepEqual(await namesAt(live, '/v2/', 10), ['b']);
    assert.deepEqual(await namesAt(live, '/', 60), ['a', 'b', 'd']);
  });
});

describe('a subset', { timeout }, () => {
  const endpoints = Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e', 'f', 'spare'].map((name) => [name, name === 'spare' ? { backup: true } : {}]),
  );

  test('is all that a balancer sends to, in every worker, and backups stand behind it', async () => {
    await using live = await LivePool.start({ endpoints, pool: { subset: { size: 2, identity: 'balancer-1' } } });
    const chosen = await namesAt(live, '/', 60);
    assert.equal(chosen.length, 2);
    for (const name of chosen) await live.change(name, { state: 'down' });
    assert.deepEqual(await namesAt(live, '/', 20), ['spare']);
  });
});
