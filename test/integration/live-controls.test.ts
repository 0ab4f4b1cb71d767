// Weight and state of endpoints changed over the admin server, while two workers serve clients.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { listenerCounter } from '../../src/domain/endpoints/scoreboard.ts';
import { eventually } from '../support/balanced.ts';
import { LivePool } from '../support/live/live-pool.ts';
import { mortalChannel, mortalEntry } from '../support/threads/mortal-worker.ts';

const timeout = 120_000;

describe('weights', { timeout }, () => {
  test('give exact shares over both workers, before and after a change, and the document has the last word', async () => {
    await using live = await LivePool.start({ endpoints: { a: {}, b: {} } });
    assert.deepEqual(await live.shares(80), [40, 40]);
    await live.change('a', { weight: 3 });
    await live.sharesBecome(80, [60, 20]);
    assert.deepEqual(
      (await live.pool()).endpoints.map(({ share }) => share),
      [3 / 4, 1 / 4],
    );
    for (let round = 0; round < 3; round++) assert.deepEqual(await live.shares(40), [30, 10]);
    await live.change('a', { weight: 0 });
    await live.sharesBecome(40, [0, 40]);
    await live.change('a', { weight: null });
    await live.sharesBecome(40, [20, 20]);
    const { board } = live.supervisor;
    const exchanges = [0, 1].map((worker) => board.listenerRow(worker, 0)[listenerCounter.exchanges] ?? 0);
    assert.ok(Math.min(...exchanges) > 0, `both workers had a part in it: ${exchanges}`);
  });

  test('follow from capacities, and status tells the shares that clients see', async () => {
    await using live = await LivePool.start({ endpoints: { small: { capacity: 100 }, large: { capacity: 300 } } });
    assert.deepEqual(
      (await live.pool()).endpoints.map(({ share, capacity }) => [share, capacity]),
      [
        [100 / 400, 100],
        [300 / 400, 300],
      ],
    );
    assert.deepEqual(await live.shares(80), [20, 60]);
  });
});

describe('states', { timeout }, () => {
  test('draining: nothing new at once, what runs is finished, and back when it is up', async () => {
    await using live = await LivePool.start({ endpoints: { a: {}, b: {} } });
    const slow = [live.ask('/held'), live.ask('/held'), live.ask('/held'), live.ask('/held')];
    await live.endpoint('a').holding(2);
    assert.equal((await live.change('a', { state: 'draining' })).inFlight, 2);
    assert.deepEqual(await live.shares(60), [0, 60]);
    assert.equal((await live.status('a')).inFlight, 2, 'it still has what it had');

    live.endpoint('a').release();
    live.endpoint('b').release();
    const replies = await Promise.all(slow);
    assert.deepEqual(replies.map(({ status, body }) => `${status} ${body}`).toSorted(), ['200 a', '200 a', '200 b', '200 b']);
    const board = live.supervisor.board;
    await eventually(() => board.inFlight(0) === 0, 'nothing is in flight at the endpoint that drains');
    await live.change('a', { state: 'up' });
    await live.sharesBecome(40, [20, 20]);
  });

  test('draining: sessions that Evenkeel keeps are counted, and move when the deadline has passed', async () => {
    await using live = await LivePool.start({ endpoints: { a: {}, b: {} }, pool: { sticky: { session: 'header:x-session' } } });
    const ask = async (session: string) => (await live.ask('/', false, { 'x-session': session })).body;
    const names = Array.from({ length: 20 }, (_, index) => `session-${index}`);
    const homes = new Map<string, string>();
    for (const name of names) homes.set(name, await ask(name));
    const ofA = names.filter((name) => homes.get(name) === 'a');
    const ofB = names.filter((name) => homes.get(name) === 'b');
    assert.ok(ofA.length > 0 && ofB.length > 0);

    const changed = await live.change('a', { state: 'draining', deadline: '1h' });
    assert.deepEqual([changed.sessions, (await live.status('b')).sessions], [ofA.length, ofB.length]);
    const left = Date.parse(changed.deadline ?? '') - Date.now();
    assert.ok(left > 3_500_000 && left <= 3_600_000, `${left}`);
    for (const name of names) assert.equal(await ask(name), homes.get(name), 'it keeps the sessions that it has');

    const down = live.log.next(/the deadline of its draining has passed/);
    await live.change('a', { state: 'draining', deadline: '1ms' });
    await down;
    for (const name of names) assert.equal(await ask(name), 'b');
    const { state, deadline, sessions } = await live.status('a');
    assert.deepEqual([state, deadline, sessions, (await live.status('b')).sessions], ['down', null, 0, 20]);
  });

  test('down: nothing at all, and back when it is up', async () => {
    await using live = await LivePool.start({ endpoints: { a: {}, b: {}, c: {} } });
    await live.change('b', { state: 'down' });
    // Some come before the workers have built their turns anew: those go where there is less to do.
    assert.equal((await live.shares(60))[1], 0);
    await live.sharesBecome(60, [30, 0, 30]);
    await live.change('b', { state: 'up' });
    await live.sharesBecome(60, [20, 20, 20]);
  });

  for (const balance of ['random', 'least-connections', 'round-robin'] as const) {
    for (const state of ['draining', 'down'] as const) {
      test(`${balance} gives nothing new to an endpoint that is ${state}, from the answer to the change on`, async () => {
        await using live = await LivePool.start({ endpoints: { a: {}, b: {}, c: {} }, pool: { balance } });
        await live.change('a', { state });
        await live.change('c', { state });
        assert.deepEqual(await live.shares(60), [0, 60, 0]);
      });
    }
  }

  test('when no endpoint is up, clients are told at once, and when to come again', async () => {
    await using live = await LivePool.start({ endpoints: { a: {}, b: {} } });
    await live.change('a', { state: 'down' });
    await live.change('b', { state: 'draining' });
    for (let round = 0; round < 20; round++) {
      const { status, body, retryAfter } = await live.ask();
      assert.equal(status, 503);
      assert.match(body, /no-endpoint/);
      assert.equal(retryAfter, '1');
    }
    assert.equal(
      (await live.pool()).endpoints.reduce((sum, { attempts }) => sum + attempts, 0),
      0,
    );
    await live.change('b', { state: 'up' });
    await live.until(async () => ((await live.ask()).body === 'b' ? undefined : 'nobody is served'));
  });

  test('a worker that takes the place of a dead one knows what was changed before', async () => {
    await using live = await LivePool.start({ endpoints: { a: {}, b: {}, c: {} }, workerEntry: mortalEntry });
    await live.change('a', { state: 'down' });
    await live.change('b', { weight: 3 });
    using channel = disposable(new BroadcastChannel(mortalChannel));
    for (const worker of [0, 1]) {
      const again = live.log.next(/serves again/);
      channel.postMessage(worker);
      await again;
    }
    const replies: string[] = [];
    for (let count = 0; count < 40; count++) replies.push((await live.ask()).body);
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => replies.filter((body) => body === name).length),
      [0, 30, 10],
    );
  });
});

const disposable = (channel: BroadcastChannel): BroadcastChannel & Disposable =>
  Object.assign(channel, { [Symbol.dispose]: () => channel.close() });
