// A second endpoint is asked for what the first one is late with: once, where that is safe, as often as a share allows. One of the two answers
// the client, the other one is spared the rest, and nothing of it is left.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointControl, endpointHealth } from '../../src/domain/endpoints/scoreboard.ts';
import { eventually } from '../support/balanced.ts';
import { FullBacklog } from '../support/full-backlog.ts';
import { HeldTimers } from '../support/held-timers.ts';
import { HoldingEndpoint } from '../support/holding-endpoint.ts';
import { idle, Planes } from '../support/planes.ts';
import { hedge, held, hour, quick, requestOf, timeout, world } from '../support/tries/hedged-pool.ts';

describe('an endpoint that is late', { timeout }, () => {
  test('loses to a second one: its request is cancelled, and the client gets one answer', async () => {
    await using all = await world();
    const { here, first, second, timers } = all;
    await using late = await all.late();
    assert.deepEqual(here.each('inFlight'), [1, 1]);
    second.answer(late.rival);
    assert.equal((await late.client.answer()).body, 'e1');
    await late.slow.closed();
    await idle(here.board);
    assert.deepEqual(
      [here.each('attempts'), here.each('succeeded'), here.each('ignored'), here.each('failed')],
      [
        [3, 1],
        [2, 1],
        [1, 0],
        [0, 0],
      ],
    );
    assert.equal(here.totals.pools[0]?.hedges, 1);
    assert.deepEqual(timers.waits, [], 'nothing of it waits any more');

    late.client.send(quick);
    assert.equal((await late.client.answer()).body, 'e0', 'the next answer on the connection is that of the next request');
    assert.equal(first.requests.length + second.requests.length, 5);
  });

  test('wins all the same when it is the first to answer', async () => {
    await using all = await world();
    await using late = await all.late();
    all.first.answer(late.slow);
    assert.equal((await late.client.answer()).body, 'e0');
    await late.rival.closed();
    await idle(all.here.board);
    assert.deepEqual(
      [all.here.each('succeeded'), all.here.each('ignored')],
      [
        [3, 0],
        [0, 1],
      ],
    );
  });

  test('may be in the middle of nothing: the body of the winner comes whole, however slowly', async () => {
    await using all = await world();
    await using late = await all.late();
    late.rival.send('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc');
    await late.client.until('\r\n\r\nabc');
    await late.slow.closed();
    late.rival.send('def');
    await late.client.until('def');
    await idle(all.here.board);
  });

  test('that answers in the same moment as the second one gives the client one answer', async () => {
    await using all = await world();
    for (let turn = 0; turn < 10; turn++) {
      await using late = await all.late();
      all.first.answer(late.slow);
      all.second.answer(late.rival);
      assert.match((await late.client.answer()).body, /^e[01]$/);
      late.client.send(quick);
      assert.equal((await late.client.answer()).body, 'e0');
      await idle(all.here.board);
    }
    assert.equal(all.here.totals.listeners[0]?.status2xx, 22);
  });
});

test('a connection that is not made is as late as an answer that does not come', { timeout }, async () => {
  using timers = new HeldTimers(hour);
  await using full = await FullBacklog.open();
  await using second = await HoldingEndpoint.open('e1');
  const endpoints = [full.address, second.address];
  await using here = await Planes.start({ pools: { web: { endpoints, balance: 'first-available', hedge, timeouts: { connect: '24d' } } } });
  here.set(0, 'down');
  for (let answer = 0; answer < 2; answer++) assert.match(await here.ask(quick), /^HTTP\/1\.1 200 /);
  here.set(0, 'up');
  await using client = await here.connect();
  client.send(quick);
  await eventually(() => here.each('inFlight')[0] === 1, 'the first is asked');
  timers.run();
  assert.equal((await client.answer()).body, 'e1');
  assert.deepEqual([here.each('ignored'), here.totals.pools[0]?.hedges], [[1, 0], 1]);
});

describe('a second endpoint is not asked', { timeout }, () => {
  for (const [what, method, lines, body] of [
    ['for POST', 'POST', 'Content-Length: 0\r\n', ''],
    ['for PATCH', 'PATCH', 'Content-Length: 0\r\n', ''],
    ['for DELETE, whose second answer is another', 'DELETE', '', ''],
    ['for an Idempotency-Key, which does not make a POST safe', 'POST', 'Idempotency-Key: 1\r\nContent-Length: 0\r\n', ''],
    ['for PUT with a body', 'PUT', 'Content-Length: 2\r\n', 'hi'],
    ['for GET with a body', 'GET', 'Content-Length: 2\r\n', 'hi'],
    ['for a tunnel that is asked for', 'GET', 'Connection: upgrade\r\nUpgrade: websocket\r\n', ''],
  ] as const) {
    test(what, async () => {
      await using all = await world();
      await using client = await all.here.connect();
      client.send(requestOf(method, '/held', lines) + body);
      const slow = await all.first.held();
      assert.deepEqual(all.timers.waits, []);
      all.first.answer(slow);
      assert.equal((await client.answer()).body, 'e0');
      assert.equal(all.second.requests.length, 0);
    });
  }

  test('before enough is known of what is late', async () => {
    // The slowest quarter of fewer than four is none.
    await using all = await world({ hedge: { ...hedge, quantile: 0.75 } }, { known: 0 });
    for (let known = 0; known < 6; known++) {
      await using client = await all.here.connect();
      client.send(held);
      const slow = await all.first.held();
      assert.equal(all.timers.waits.length, known < 4 ? 0 : 1, `with ${known} answers`);
      all.first.answer(slow);
      await client.answer();
      assert.deepEqual(all.timers.waits, []);
    }
  });

  test('more often than the share says', async () => {
    await using all = await world({ hedge: { ...hedge, share: 25 } }, { known: 8 });
    await using clients = new AsyncDisposableStack();
    for (let sent = 0; sent < 8; sent++) {
      const client = clients.use(await all.here.connect());
      client.send(held);
      await all.first.held();
    }
    assert.equal(all.timers.waits.length, 8);
    all.timers.run();
    await eventually(() => all.second.holds === 4, 'a quarter of sixteen is asked for twice');
    assert.equal(all.here.totals.pools[0]?.hedges, 4);
    assert.deepEqual(all.here.each('inFlight'), [8, 4]);
  });

  test('when there is none, and that costs nothing of the share', async () => {
    await using all = await world({ hedge: { ...hedge, share: 20 } }, { known: 9 });
    all.here.set(1, 'down');
    await using client = await all.here.connect();
    client.send(held);
    const slow = await all.first.held();
    all.timers.run();
    assert.equal(all.here.totals.pools[0]?.hedges, 0);
    all.first.answer(slow);
    await client.answer();
    all.here.set(1, 'up');
    await using late = await all.late();
    await using another = await all.late();
    all.second.answer(late.rival);
    all.second.answer(another.rival);
    for (const each of [late, another]) assert.equal((await each.client.answer()).body, 'e1');
  });

  test('a third time: one that failed is not asked again by the timer of the first', async () => {
    await using all = await world({ retry: { attempts: 3 } }, { count: 3 });
    await using client = await all.here.connect();
    client.send(held);
    (await all.first.held()).close();
    const next = await all.second.held();
    all.timers.run();
    all.second.answer(next);
    assert.equal((await client.answer()).body, 'e1');
    assert.deepEqual([all.here.each('attempts'), all.here.totals.pools[0]?.hedges], [[3, 1, 0], 0]);
  });

  test('once more when the first of two fails before the second has its request', async () => {
    await using all = await world({}, { count: 3 });
    await using client = await all.here.connect();
    client.send(held);
    const slow = await all.first.held();
    // What breaks it off is there before the other connection is.
    slow.reset();
    all.timers.run();
    const rival = await all.second.held();
    await eventually(() => all.here.each('failed')[0] === 1, 'the first has failed');
    assert.deepEqual(all.timers.waits, []);
    all.second.answer(rival);
    assert.equal((await client.answer()).body, 'e1');
  });

  test('while others wait for a place, and that costs nothing of the share', async () => {
    await using all = await world({ hedge: { ...hedge, share: 20 }, maxRequests: 1, queue: { size: 5, timeout: '1h' } }, { known: 9 });
    await using client = await all.here.connect();
    client.send(held);
    const slow = await all.first.held();
    await using other = await all.here.connect();
    other.send(quick);
    await eventually(() => all.here.totals.pools[0]?.queued === 1, 'another one waits');
    all.timers.run();
    assert.equal(all.here.totals.pools[0]?.hedges, 0);
    all.first.answer(slow);
    assert.equal((await client.answer()).body, 'e0');
    assert.equal((await other.answer()).body, 'e0');
    await using late = await all.late();
    all.second.answer(late.rival);
    assert.equal((await late.client.answer()).body, 'e1');
  });

  test('in panic, when endpoints are asked of which nothing good is believed', async () => {
    await using all = await world({ panic: 50 });
    const { board } = all.here;
    for (const place of [0, 1]) board.controls(place)[endpointControl.health] = endpointHealth.failing;
    board.raiseRevision(0);
    while ((await all.here.ask(quick)).includes('"no-endpoint"'));
    await using client = await all.here.connect();
    client.send(held);
    const slow = await all.first.held();
    all.timers.run();
    all.first.answer(slow);
    assert.equal((await client.answer()).body, 'e0');
    assert.equal(all.here.totals.pools[0]?.hedges, 0);
  });
});
