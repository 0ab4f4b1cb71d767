// Circuit breakers over real sockets: a pool that fails is not asked for a while, an endpoint that fails leaves its traffic to others, and a few
// trials, counted over all workers, find out whether that is over.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/balanced.ts';
import type { PeerMessage } from '../support/byte-peer.ts';
import { HeldTimers } from '../support/held-timers.ts';
import { idle } from '../support/planes.ts';
import type { World } from '../support/tries/broken-pool.ts';
import {
  failAll,
  forLong,
  forShort,
  held,
  leaveWhileHeld,
  quick,
  requestOf,
  timeout,
  trials,
  world,
} from '../support/tries/broken-pool.ts';

/** Takes twice as long as an answer may that is not slow. */
async function slowAnswer({ here, first }: World): Promise<void> {
  await using client = await here.connect();
  client.send(held);
  const upstream = await first.held();
  await sleep(40);
  first.answer(upstream);
  assert.match((await client.answer()).startLine, / 200 /);
}

const isRefusal = ({ startLine, body }: PeerMessage): boolean => startLine.includes(' 503 ') && body.includes('"breaker-open"');

describe('the breaker of a pool', { timeout }, () => {
  test('opens when the share of failures is reached, and refuses at once from then on', async () => {
    await using all = await world({ breaker: forLong });
    const { here } = all;
    assert.deepEqual(await all.statuses(2), [200, 200]);
    failAll(all);
    assert.deepEqual(await all.statuses(2), [500, 500]);
    const before = all.got;
    for (const method of ['GET', 'HEAD', 'POST']) {
      const answer = await here.ask(`${method} / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 503 Service Unavailable\r\n/);
      const seconds = Number(/\r\nRetry-After: (\d+)\r\n/.exec(answer)?.[1]);
      assert.ok(seconds > 1700 && seconds <= 5400, `an hour, give or take a half: ${seconds}`);
      if (method !== 'HEAD') assert.match(answer, /"breaker-open"/);
    }
    assert.deepEqual(all.got, before, 'no endpoint heard of it');
    assert.deepEqual(here.each('attempts'), before);
    assert.deepEqual([here.totals.listeners[0]?.status5xx, here.totals.pools[0]?.saturated], [5, 0]);
  });

  test('says in whole seconds, one at least, when to come back', async () => {
    await using all = await world({ breaker: { ...forShort, leastCalls: 1, mostOpen: '50ms' } });
    failAll(all);
    await all.statuses(1);
    let answer = '';
    while (!answer.includes('"breaker-open"')) answer = await all.here.ask(quick);
    assert.match(answer, /\r\nRetry-After: 1\r\n/);
  });

  test('stays closed below the share, and before there are enough calls', async () => {
    await using all = await world({ breaker: { ...forLong, leastCalls: 8, failures: 60 } });
    failAll(all);
    assert.deepEqual(await all.statuses(4), [500, 500, 500, 500]);
    failAll(all, 200);
    await all.statuses(4);
    failAll(all);
    assert.deepEqual(await all.statuses(1), [500], 'five of nine');
    failAll(all, 200);
    assert.deepEqual(await all.statuses(2), [200, 200]);
  });

  test('counts an exchange once, whatever its tries came to', async () => {
    await using all = await world({ breaker: { ...forLong, leastCalls: 3 }, balance: 'first-available', retry: { on: [500] } });
    all.first.status = 500;
    assert.deepEqual(
      await all.statuses(12),
      Array.from({ length: 12 }, () => 200),
    );
    assert.deepEqual(all.got, [12, 12]);
  });

  test('counts what came to no answer, and not what the client did', async () => {
    await using all = await world({ breaker: { ...forLong, leastCalls: 2 }, retry: { attempts: 1 } }, { count: 1 });
    await leaveWhileHeld(all, 6);
    for (let turn = 0; turn < 2; turn++) {
      await using client = await all.here.connect();
      client.send(held);
      (await all.first.held()).close();
      const { body } = await client.answer();
      assert.match(body, /"endpoint-closed"/);
    }
    assert.match(await all.here.ask(quick), /"breaker-open"/);
  });

  test('opens for answers that are slow', async () => {
    await using all = await world({ breaker: { ...forLong, leastCalls: 2, slow: 100, slowAfter: '20ms' } }, { count: 1 });
    assert.deepEqual(await all.statuses(1), [200]);
    await slowAnswer(all);
    assert.deepEqual(await all.statuses(1), [200], 'one of two is not all');
    await using open = await world({ breaker: { ...forLong, leastCalls: 1, slow: 100, slowAfter: '20ms' } }, { count: 1 });
    await slowAnswer(open);
    assert.match(await open.here.ask(quick), /"breaker-open"/);
  });

  test('hears nothing of who was refused for want of a place', async () => {
    const queue = { size: 1, timeout: '1h' } as const;
    await using all = await world({ breaker: forLong, maxRequests: 1, queue }, { count: 1 });
    await using one = await all.here.connect();
    one.send(held);
    const upstream = await all.first.held();
    await using next = await all.here.connect();
    next.send(quick);
    await eventually(() => all.here.totals.pools[0]?.queued === 1, 'one waits');
    for (let turn = 0; turn < 6; turn++) assert.match(await all.here.ask(quick), /"(pool-saturated|too-late)"/);
    all.first.answer(upstream);
    assert.match((await next.answer()).startLine, / 200 /);
    assert.match(await all.here.ask(quick), /^HTTP\/1\.1 200 /);
  });

  test('hears nothing of clients that give too little time', async () => {
    using timers = new HeldTimers(3_600_000);
    await using all = await world({ breaker: { ...forLong, leastCalls: 2 }, deadline: { header: 'x-timeout' } }, { count: 1 });
    for (let turn = 0; turn < 4; turn++) {
      await using client = await all.here.connect();
      client.send(requestOf('/held', 'X-Timeout: 2h\r\n'));
      const upstream = await all.first.held();
      timers.run();
      assert.match((await client.answer()).body, /"deadline-exceeded"/);
      await upstream.closed();
    }
    assert.match(await all.here.ask(quick), /^HTTP\/1\.1 200 /);
  });

  test('hears of pools that give no answer in the time that they set', async () => {
    using timers = new HeldTimers(3_600_000);
    await using all = await world({ breaker: { ...forLong, leastCalls: 2 }, retry: { within: '2h' } }, { count: 1 });
    for (let turn = 0; turn < 2; turn++) {
      await using client = await all.here.connect();
      client.send(held);
      const upstream = await all.first.held();
      timers.run();
      assert.match((await client.answer()).body, /"deadline-exceeded"/);
      await upstream.closed();
    }
    assert.match(await all.here.ask(quick), /"breaker-open"/);
  });

  test('is one for all workers', async () => {
    await using all = await world({ breaker: forLong }, { workers: 2 });
    failAll(all);
    assert.deepEqual([...(await all.statuses(2, 0)), ...(await all.statuses(2, 1))], [500, 500, 500, 500]);
    const before = all.got;
    for (const worker of [0, 1]) assert.match(await all.here.ask(quick, worker), /"breaker-open"/);
    assert.deepEqual(all.got, before);
  });

  test('lets a few trials through, of all workers together, and closes when they succeed', async () => {
    await using all = await world({ breaker: { ...forShort, trials: 3 } }, { workers: 2 });
    failAll(all);
    await all.statuses(2);
    const clients = await trials(all, 3, 2);
    for (let turn = 0; turn < 10; turn++) {
      await using client = await all.here.connect(turn % 2);
      client.send(held);
      assert.ok(isRefusal(await client.answer()));
    }
    for (const endpoint of all.endpoints) while (endpoint.holds > 0) endpoint.answer(await endpoint.held());
    for (const client of clients) {
      assert.match((await client.answer()).startLine, / 200 /);
      client.close();
    }
    failAll(all, 200);
    for (const worker of [0, 1])
      assert.deepEqual(
        await all.statuses(8, worker),
        Array.from({ length: 8 }, () => 200),
      );
  });

  test('asks for twice the trials in each round', async () => {
    await using all = await world({ breaker: { ...forShort, trials: 1, rounds: 3 } });
    failAll(all);
    await all.statuses(2);
    for (const count of [1, 2, 4]) {
      const clients = await trials(all, count);
      await using refused = await all.here.connect();
      refused.send(held);
      assert.ok(isRefusal(await refused.answer()), `no more than ${count}`);
      for (const endpoint of all.endpoints) while (endpoint.holds > 0) endpoint.answer(await endpoint.held());
      for (const client of clients) {
        await client.answer();
        client.close();
      }
    }
    failAll(all, 200);
    assert.deepEqual(
      await all.statuses(20),
      Array.from({ length: 20 }, () => 200),
    );
  });

  test('opens again with the first trial that fails', async () => {
    await using all = await world({ breaker: { ...forShort, mostOpen: '200ms' } });
    failAll(all);
    await all.statuses(2);
    for (let round = 0; round < 3; round++) {
      let answer = '';
      while (!answer.startsWith('HTTP/1.1 500 ')) answer = await all.here.ask(quick);
      assert.match(await all.here.ask(quick), /"breaker-open"/);
    }
    assert.deepEqual(
      all.got.reduce((sum, each) => sum + each),
      5,
    );
    failAll(all, 200);
    let answer = '';
    while (!answer.startsWith('HTTP/1.1 200 ')) answer = await all.here.ask(quick);
    assert.deepEqual(
      await all.statuses(8),
      Array.from({ length: 8 }, () => 200),
    );
  });

  test('has a trial to give again when the client of one left', async () => {
    await using all = await world({ breaker: forShort }, { workers: 2 });
    failAll(all);
    await all.statuses(2);
    for (const worker of [0, 1, 0]) {
      const [client] = await trials(all, 1);
      await using refused = await all.here.connect(worker);
      refused.send(held);
      assert.ok(isRefusal(await refused.answer()));
      for (const endpoint of all.endpoints) while (endpoint.holds > 0) void endpoint.held();
      client?.close();
      await idle(all.here.board);
    }
    const [last] = await trials(all, 1);
    for (const endpoint of all.endpoints) while (endpoint.holds > 0) endpoint.answer(await endpoint.held());
    assert.match((await last?.answer())?.startLine ?? '', / 200 /);
    last?.close();
    failAll(all, 200);
    assert.deepEqual(await all.statuses(4), [200, 200, 200, 200]);
  });

  test('has a trial to give again when there was no endpoint for one', async () => {
    await using all = await world({ breaker: forShort });
    failAll(all);
    await all.statuses(2);
    for (const place of [0, 1]) all.here.set(place, 'down');
    let answer = '';
    while (!answer.includes('"no-endpoint"')) answer = await all.here.ask(quick);
    assert.match(await all.here.ask(quick), /"no-endpoint"/);
    for (const place of [0, 1]) all.here.set(place, 'up');
    failAll(all, 200);
    assert.deepEqual(await all.statuses(4), [200, 200, 200, 200]);
  });
});
