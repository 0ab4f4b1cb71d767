// How many exchanges a pool has in flight: never more than a fixed limit, over all workers and whatever happens to them; and a limit that is learned, which
// falls while endpoints have too much to do and rises again when they are well.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/balanced.ts';
import type { BytePeer } from '../support/byte-peer.ts';
import { times } from '../support/endpoints.ts';
import { HoldingEndpoint } from '../support/holding-endpoint.ts';
import { LivePool } from '../support/live/live-pool.ts';
import { Planes } from '../support/planes.ts';
import type { Script } from '../support/scripted-endpoint.ts';
import { ScriptedEndpoint } from '../support/scripted-endpoint.ts';
import { BusyPool, toldBy } from '../support/waiting/busy-pool.ts';

const timeout = 60_000;
const get = (path = '/'): string => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`;
const queue = { timeout: '1h' } as const;

describe('a fixed limit', { timeout }, () => {
  test('holds for two workers together, and a place that one gives back the other takes', async () => {
    await using endpoint = await HoldingEndpoint.open('e');
    await using here = await Planes.start({ pools: { web: { endpoints: [endpoint.address], maxRequests: 3 } }, workers: 2 });
    const clients: BytePeer[] = [];
    const held: BytePeer[] = [];
    for (const worker of [0, 1, 0]) {
      const client = await here.connect(worker);
      client.send(get('/held'));
      clients.push(client);
      held.push(await endpoint.held());
    }
    for (const worker of [0, 1, 0, 1]) assert.match(await here.ask(get(), worker), /^HTTP\/1\.1 503 .*"pool-saturated"/s);
    clients[0]?.close();
    await eventually(() => here.totals.pools[0]?.serving === 2, 'the client is gone');
    await using other = await here.connect(1);
    other.send(get('/held'));
    const further = await endpoint.held();
    assert.match(await here.ask(get(), 0), /"pool-saturated"/);
    for (const peer of [...held.slice(1), further]) endpoint.answer(peer);
    await Promise.all([...clients.slice(1), other].map((client) => client.answer()));
    assert.equal(here.totals.pools[0]?.poolSaturated, 5);
    assert.equal(endpoint.requests.length, 4);
  });

  test('who waits in one worker gets what another one gives back', async () => {
    await using pool = await BusyPool.open((address) => ({ endpoints: [address], maxRequests: 1, queue }), { workers: 2 });
    await pool.take();
    const waiting = [await pool.wait({ name: 'b', worker: 1 }), await pool.wait({ name: 'c', worker: 0 })];
    assert.deepEqual((await pool.serve(2)).toSorted(), ['b', 'c']);
    for (const client of waiting) assert.equal(toldBy(await client.answer()).status, 200);
  });

  test('is kept by threads under a crowd, all of which is served in the end', async () => {
    await using live = await LivePool.start({ endpoints: { a: {}, b: {} }, pool: { maxRequests: 4, queue: { size: 500, timeout: '1m' } } });
    const replies = await Promise.all(times(300, () => live.ask()));
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [200]);
    const most = [...live.endpoints.values()].map(({ mostAtOnce }) => mostAtOnce);
    assert.ok(
      most.every((count) => count <= 4),
      `${most}`,
    );
    const { queue, limit, refusals, totals } = await live.pool();
    assert.equal(limit, 4);
    assert.deepEqual([queue?.waiting, queue?.size, refusals['pool-saturated']], [0, 1000, 0]);
    assert.ok(totals.queued > 0 && (queue?.waited.p50 ?? 0) > 0, `${totals.queued} waited`);
  });

  test('is told while it is reached, with who waits', async () => {
    await using live = await LivePool.start({ endpoints: { a: {} }, pool: { maxRequests: 2, queue } });
    const asked = times(5, () => live.ask('/held'));
    await live.endpoint('a').holding(2);
    await live.until(async () => {
      const { inFlight, queue } = await live.pool();
      return inFlight === 2 && queue?.waiting === 3 ? undefined : `${inFlight} are in flight, ${queue?.waiting} wait`;
    });
    for (const next of [2, 1, 0]) {
      live.endpoint('a').release();
      await live.endpoint('a').holding(next);
    }
    for (const reply of asked) assert.equal((await reply).status, 200);
  });
});

describe('a limit that is learned', { timeout }, () => {
  test('lets in as many as it is, and others wait', async () => {
    const concurrency = { adaptive: 'gradient', least: 2, most: 2 } as const;
    await using pool = await BusyPool.open((address) => ({ endpoints: [address], concurrency, queue: { ...queue, size: 1 } }));
    const first = await pool.take({ name: 'a' });
    await using second = await pool.here.connect();
    second.send(get('/held/b'));
    const held = await pool.endpoint.held();
    await pool.wait({ name: 'c' });
    assert.equal((await pool.told({})).what, 'pool-saturated');
    pool.endpoint.answer(held);
    assert.equal(toldBy(await second.answer()).status, 200);
    await pool.endpoint.held().then((peer) => pool.endpoint.answer(peer));
    pool.answer();
    assert.equal(toldBy(await first.answer()).status, 200);
  });

  /** An endpoint of which a test says what it does, clients that ask for as much as they may, and the limit as the scoreboard has it. */
  async function world(concurrency: object) {
    await using stack = new AsyncDisposableStack();
    const state = { status: 200, takes: 0 };
    const serve: Script = async (peer) => {
      for (;;) {
        await peer.request();
        const { status, takes } = state;
        setTimeout(() => peer.send(`HTTP/1.1 ${status} Whatever\r\nContent-Length: 0\r\n\r\n`), takes);
      }
    };
    const endpoint = stack.use(await ScriptedEndpoint.open(serve));
    const here = stack.use(await Planes.start({ pools: { web: { endpoints: [endpoint.address], concurrency, queue } } }));
    let isOver = false;
    const ask = async (): Promise<void> => {
      await using client = await here.connect();
      while (!isOver) {
        client.send(get());
        await client.answer();
      }
    };
    const crowd = Promise.all(times(30, ask));
    stack.defer(async () => {
      isOver = true;
      await crowd;
    });
    const kept = stack.move();
    return {
      state,
      get limit(): number {
        return here.totals.pools[0]?.learnedLimit ?? 0;
      },
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    };
  }

  test('falls while endpoints refuse, and rises when they do so no more', async () => {
    await using all = await world({ adaptive: 'aimd', least: 2, most: 30, initial: 20 });
    all.state.takes = 5;
    await eventually(() => all.limit > 20, 'it rises');
    all.state.status = 503;
    const high = all.limit;
    await eventually(() => all.limit <= high - 3, 'it falls');
    const low = all.limit;
    all.state.status = 200;
    await eventually(() => all.limit > low, 'it rises again');
  });

  test('falls while answers take much longer than they did, and rises when that is over', async () => {
    await using all = await world({ adaptive: 'gradient', least: 2, most: 30, initial: 20, tolerance: 1 });
    all.state.takes = 10;
    await eventually(() => all.limit > 20, 'it rises');
    all.state.takes = 400;
    const high = all.limit;
    await eventually(() => all.limit < high - 1, 'it falls');
    const low = all.limit;
    all.state.takes = 10;
    await eventually(() => all.limit > low, 'it rises again');
  });
});
