// What stands between clients and endpoints beside weight and state, over two workers: limits, backups, slow start.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/balanced.ts';
import { LivePool } from '../support/live/live-pool.ts';

const timeout = 120_000;

const times = <Item>(count: number, make: () => Item): readonly Item[] => Array.from({ length: count }, make);

describe('maxConnections', { timeout }, () => {
  test('holds over all workers: what is above it is told at once that the pool is saturated', async () => {
    await using live = await LivePool.start({ endpoints: { a: { maxConnections: 1 } } });
    const a = live.endpoint('a');
    const held = live.ask('/held');
    await a.holding(1);
    // Each on a connection of its own, so that both workers get some.
    const replies = await Promise.all(times(48, () => live.ask('/held')));
    for (const { status, body, retryAfter } of replies) {
      assert.equal(status, 503);
      assert.match(body, /pool-saturated/);
      assert.equal(retryAfter, '1');
    }
    assert.equal((await live.pool()).totals.saturated, 48);
    a.release();
    assert.equal((await held).status, 200);
    assert.equal(a.mostAtOnce, 1);
  });

  for (const balance of ['round-robin', 'least-connections', 'random', 'consistent-hash'] as const) {
    test(`${balance}: under a crowd no endpoint has more than it takes, and none is idle while another is asked for`, async () => {
      await using live = await LivePool.start({
        endpoints: { a: { maxConnections: 1 }, b: { maxConnections: 2 }, c: { maxConnections: 3 } },
        pool: { balance },
      });
      const crowd = times(12, () => live.ask('/held'));
      const [a, b, c] = ['a', 'b', 'c'].map((name) => live.endpoint(name));
      await Promise.all([a?.holding(1), b?.holding(2), c?.holding(3)]);
      await live.until(async () => ((await live.pool()).totals.saturated === 6 ? undefined : 'six of twelve are refused'));
      for (const endpoint of live.endpoints.values()) endpoint.release();
      const statuses = (await Promise.all(crowd)).map(({ status }) => status).toSorted();
      assert.deepEqual(statuses, [...times(6, () => 200), ...times(6, () => 503)]);

      for (let round = 0; round < 10; round++) await Promise.all(times(24, () => live.ask()));
      assert.deepEqual(
        [...live.endpoints.values()].map(({ mostAtOnce }) => mostAtOnce),
        [1, 2, 3],
      );
    });
  }
});

describe('backups', { timeout }, () => {
  test('are used only while no primary may be picked', async () => {
    await using live = await LivePool.start({ endpoints: { a: {}, b: {}, spare: { backup: true } } });
    assert.deepEqual(await live.shares(40), [20, 20, 0]);
    await live.change('a', { state: 'down' });
    assert.deepEqual(await live.shares(40), [0, 40, 0]);
    await live.change('b', { state: 'draining' });
    assert.deepEqual(await live.shares(40), [0, 0, 40]);
    assert.equal((await live.pool()).totals.backupPicks, 40);
    await live.change('a', { state: 'up' });
    await live.sharesBecome(40, [40, 0, 0]);
  });

  test('step in when the primaries are full', async () => {
    await using live = await LivePool.start({ endpoints: { a: { maxConnections: 1 }, spare: { backup: true } } });
    const held = live.ask('/held');
    await live.endpoint('a').holding(1);
    assert.deepEqual(await live.shares(20), [0, 20]);
    live.endpoint('a').release();
    assert.equal((await held).body, 'a');
    await eventually(() => live.supervisor.board.inFlight(0) === 0, 'the primary is free');
    assert.equal((await live.ask()).body, 'a');
  });
});

describe('slow start', { timeout }, () => {
  // An hour is much longer than the test, so that an endpoint that comes back keeps the share that it has at first.
  const slowStart = { window: '1h', least: 0.25 } as const;

  test('an endpoint that was down comes back with a part of its share; one that drained, or whose weight changed, with all of it', async () => {
    await using live = await LivePool.start({ endpoints: { a: {}, b: {}, c: {} }, pool: { slowStart } });
    assert.deepEqual(await live.shares(60), [20, 20, 20]);
    await live.change('a', { state: 'draining' });
    await live.change('a', { state: 'up' });
    await live.sharesBecome(60, [20, 20, 20]);
    await live.change('a', { state: 'down' });
    await live.change('a', { state: 'up' });
    await live.sharesBecome(90, [10, 40, 40]);
    await live.change('a', { weight: 2 });
    await live.sharesBecome(90, [18, 36, 36]);
  });

  test('when most of a pool comes back at once, there is nobody to take the rest: all have their whole share', async () => {
    await using live = await LivePool.start({ endpoints: { a: {}, b: {}, c: {} }, pool: { slowStart } });
    for (const state of ['down', 'up']) for (const name of ['a', 'b']) await live.change(name, { state });
    await live.sharesBecome(60, [20, 20, 20]);
  });
});
