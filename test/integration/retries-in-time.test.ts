// How long tries may take, one and all of them, how many of them there may be, and how long is waited before one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { balanced, eventually } from '../support/balanced.ts';
import { FullBacklog } from '../support/full-backlog.ts';
import { HeldTimers } from '../support/held-timers.ts';
import { Planes } from '../support/planes.ts';
import type { Reaction } from '../support/recording-endpoint.ts';
import { answering, closing, RecordingEndpoint, silent } from '../support/recording-endpoint.ts';
import type { Pool } from '../support/tries/retried-pool.ts';
import { get, post, requestOf, timeout, world } from '../support/tries/retried-pool.ts';

const hour = 3_600_000;

/** Its body takes twice the times that are set below. */
const slowBody: Reaction = (peer) => {
  peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na');
  setTimeout(() => peer.send('b'), 600);
};

describe('the time of one try', { timeout }, () => {
  const perTry = { retry: { perTry: '300ms' } } as const;

  test('is over for an endpoint that is silent: another one is asked', async () => {
    await using all = await world([silent, answering(200)], perTry);
    assert.match(await all.here.ask(get), /^HTTP\/1\.1 200 /);
    assert.deepEqual(all.got, [1, 1]);
    assert.deepEqual(all.inFlight, [0, 0]);
    assert.equal(all.here.endpoint(0).failed, 1);
  });

  test('is over for all of them: the client is told 504', async () => {
    await using all = await world([silent, silent], perTry);
    assert.match(await all.here.ask(get), /^HTTP\/1\.1 504 .*"try-timeout"/s);
    assert.deepEqual(all.got, [1, 1]);
  });

  test('ends an unsafe request, which nobody else gets', async () => {
    await using all = await world([silent, answering(200)], perTry);
    assert.match(await all.here.ask(post), /^HTTP\/1\.1 504 .*"try-timeout"/s);
    assert.deepEqual(all.got, [1, 0]);
  });

  test('is to the head of the answer: its body may take longer', async () => {
    await using all = await world([slowBody], perTry);
    assert.match(await all.here.ask(get), /^HTTP\/1\.1 200 .*ab$/s);
  });

  test('that passes before there is a connection leaves an unsafe request to another one, for nobody has it', async () => {
    await using full = await FullBacklog.open();
    await using good = await RecordingEndpoint.open(answering(200));
    await using here = await balanced({ endpoints: [full.address, good], pool: { balance: 'first-available', ...perTry } });
    assert.match(await here.ask(post), /^HTTP\/1\.1 200 /);
    assert.deepEqual([here.endpoint(0).connectFailures, good.requests.length], [1, 1]);
  });

  for (const retry of [{ perTry: '1h' }, { within: '1h' }] as const) {
    test(`is not the client's: one that is slow to send its request is waited for (${Object.keys(retry)[0]})`, async () => {
      using timers = new HeldTimers(hour);
      await using all = await world([answering(200), answering(200)], { retry });
      await using client = await all.here.connect();
      client.send(`${requestOf('POST', 'Content-Length: 2\r\n')}a`);
      await eventually(() => all.here.endpoint(0).bytesSent > 60, 'the endpoint has what came');
      timers.run();
      timers.run();
      client.send('b');
      assert.match((await client.answer()).startLine, / 200 /);
      assert.deepEqual(all.got, [1, 0]);
      assert.equal(all.here.endpoint(0).failed, 0);
      assert.deepEqual(timers.waits, []);
    });

    test(`begins anew with the end of a request that came slowly (${Object.keys(retry)[0]})`, async () => {
      using timers = new HeldTimers(hour);
      await using all = await world([silent], { retry });
      await using client = await all.here.connect();
      client.send(`${requestOf('POST', 'Content-Length: 2\r\n')}a`);
      await eventually(() => all.here.endpoint(0).bytesSent > 60, 'the endpoint has what came');
      client.send('b');
      await eventually(() => all.got[0] === 1, 'the endpoint has all of it');
      timers.run();
      assert.match((await client.answer()).startLine, / 504 /);
      assert.equal(all.here.endpoint(0).failed, 1);
    });
  }
});

describe('the time of all tries', { timeout }, () => {
  test('is over while an endpoint is silent: the client is told so, and the endpoint spared the rest', async () => {
    await using all = await world([silent, answering(200)], { retry: { within: '300ms' } });
    const { here } = all;
    assert.match(await here.ask(get), /^HTTP\/1\.1 504 Gateway Timeout\r\n.*"deadline-exceeded"/s);
    assert.deepEqual(all.got, [1, 0]);
    assert.deepEqual(all.inFlight, [0, 0]);
    assert.equal(here.listener.status5xx, 1);
  });

  test('is over during the wait before a try, which is not made then', async () => {
    const retry = { within: '300ms', backoff: { base: '1h', jitter: 'equal' } } as const;
    await using all = await world([closing, closing, answering(200)], { retry });
    assert.match(await all.here.ask(get), /^HTTP\/1\.1 504 .*"deadline-exceeded"/s);
    assert.deepEqual(all.got, [1, 1, 0]);
  });

  for (const pool of [{ retry: { within: '300ms' } }, { timeouts: { total: '300ms' } }] as const) {
    test(`is held against the endpoint that had all of it (${Object.keys(pool)[0]})`, async () => {
      await using all = await world([silent, silent], pool);
      assert.match(await all.here.ask(get), /"deadline-exceeded"/);
      assert.deepEqual([all.here.endpoint(0).failed, all.here.endpoint(0).ignored], [1, 0]);
      await using two = await world([closing, silent], pool);
      assert.match(await two.here.ask(get), /"deadline-exceeded"/);
      assert.deepEqual([two.here.endpoint(1).failed, two.here.endpoint(1).ignored], [0, 1]);
    });
  }

  test('that holds for the client as well (timeouts.total) is held against nobody while the client is still sending', async () => {
    using timers = new HeldTimers(hour / 4);
    await using all = await world([silent], { timeouts: { total: '1h' }, retry: { within: '2h' } });
    await using client = await all.here.connect();
    client.send(`${requestOf('POST', 'Content-Length: 2\r\n')}a`);
    await eventually(() => all.here.endpoint(0).bytesSent > 60, 'the endpoint has what came');
    timers.run();
    assert.match((await client.answer()).body, /"deadline-exceeded"/);
    assert.deepEqual([all.here.endpoint(0).failed, all.here.endpoint(0).ignored, timers.waits], [0, 1, []]);
  });

  test('is over for good with an answer', async () => {
    await using all = await world([slowBody], { retry: { within: '300ms' } });
    assert.match(await all.here.ask(get), /^HTTP\/1\.1 200 .*ab$/s);
  });
});

describe('the budget', { timeout }, () => {
  async function askOften(reaction: Reaction, retry: Pool['retry'], count: number) {
    await using all = await world([reaction, answering(200)], { retry });
    const { here } = all;
    let good = 0;
    for (let turn = 0; turn < count; turn++) if ((await here.ask(get)).startsWith('HTTP/1.1 200 ')) good++;
    return { good, got: all.got, refused: here.pool.retriesRefused, retries: here.endpoint(0).retries };
  }

  test('of a tenth lets one request in ten be tried again while an endpoint fails', async () => {
    const count = 100;
    const { good, got, refused, retries } = await askOften(closing, { budget: { share: 10, perSecond: 0 } }, count);
    assert.deepEqual(got, [count, count / 10]);
    assert.deepEqual({ good, retries, refused }, { good: count / 10, retries: count / 10, refused: count - count / 10 });
  });

  test('holds for statuses too, which are passed on when it is spent', async () => {
    const { good, got, refused } = await askOften(answering(503), { on: [503], budget: { share: 10, perSecond: 0 } }, 50);
    assert.deepEqual({ good, got, refused }, { good: 5, got: [50, 5], refused: 45 });
  });

  test('has so many a second besides, of which ten seconds can be spent at once', async () => {
    const { good, refused } = await askOften(closing, { budget: { share: 0, perSecond: 1 } }, 30);
    assert.ok(good >= 10 && good <= 20, `${good} were tried again`);
    assert.equal(refused, 30 - good);
  });

  test('of none lets everything be tried again', async () => {
    assert.deepEqual(await askOften(closing, { budget: 'none' }, 50), { good: 50, got: [50, 50], refused: 0, retries: 50 });
  });

  test('is one for all workers', async () => {
    await using bad = await RecordingEndpoint.open(closing);
    await using good = await RecordingEndpoint.open(answering(200));
    const endpoints = [bad.address, good.address];
    const budget = { share: 10, perSecond: 0 };
    await using here = await Planes.start({ pools: { web: { endpoints, balance: 'first-available', retry: { budget } } }, workers: 2 });
    // Which worker is asked in which turn does not matter for what there is for both of them.
    for (let turn = 0; turn < 100; turn++) await here.ask(get, turn % 3 === 0 ? 1 : 0);
    assert.deepEqual([bad.requests.length, good.requests.length], [100, 10]);
    assert.equal(here.totals.pools[0]?.retriesRefused, 90);
  });

  test('of nothing still lets a try that reached nobody be made once more', async () => {
    await using good = await RecordingEndpoint.open(answering(200));
    const budget = { share: 0, perSecond: 0 };
    await using one = await balanced({ endpoints: ['unix:/nowhere.sock', good], pool: { balance: 'first-available', retry: { budget } } });
    for (const request of [get, post]) assert.match(await one.ask(request), /^HTTP\/1\.1 200 /);
    assert.equal(one.pool.retriesRefused, 0);
    await using two = await balanced({
      endpoints: ['unix:/nowhere.sock', 'unix:/nowhere/else.sock', good],
      pool: { balance: 'first-available', retry: { budget } },
    });
    assert.match(await two.ask(get), /^HTTP\/1\.1 502 .*"connect-refused"/s);
    assert.equal(two.pool.retriesRefused, 1);
  });
});

describe('the wait before a try', { timeout }, () => {
  const backoff = { base: '1h', most: '24d', jitter: 'equal' } as const;
  const isWithin = (value: number | undefined, least: number, most: number): void =>
    assert.ok(value !== undefined && value >= least && value <= most, `${value} is not from ${least} to ${most}`);

  test('is none before the second one, and doubles from there on', async () => {
    using timers = new HeldTimers(hour / 4);
    await using all = await world([closing, closing, closing, closing, answering(200)], { retry: { attempts: 5, backoff } });
    const asked = all.here.ask(get);
    for (const [turn, got] of [
      [1, 1, 0, 0, 0],
      [1, 1, 1, 0, 0],
      [1, 1, 1, 1, 0],
    ].entries()) {
      await eventually(() => timers.waits.length === 1, 'the next try waits');
      isWithin(timers.waits[0], (hour * 2 ** turn) / 2, hour * 2 ** turn);
      assert.deepEqual(all.got, got);
      assert.deepEqual(all.inFlight, [0, 0, 0, 0, 0], 'nobody is kept busy by a wait');
      timers.run();
    }
    assert.match(await asked, /^HTTP\/1\.1 200 /);
    assert.deepEqual(timers.waits, []);
  });

  test('is drawn anew each time where it is decorrelated, also the first', async () => {
    using timers = new HeldTimers(hour / 4);
    const retry = { attempts: 4, backoff: { base: '1h', most: '24d', jitter: 'decorrelated' } } as const;
    await using all = await world([closing, closing, closing, closing], { retry });
    const waits = new Set<number>();
    for (let turn = 0; turn < 4; turn++) {
      const asked = all.here.ask(get);
      let most = 3 * hour;
      for (let wait = 0; wait < 2; wait++) {
        await eventually(() => timers.waits.length === 1, 'the next try waits');
        isWithin(timers.waits[0], hour, most);
        most = 3 * (timers.waits[0] ?? 0);
        waits.add(timers.waits[0] ?? 0);
        timers.run();
      }
      assert.match(await asked, /^HTTP\/1\.1 502 /);
    }
    assert.equal(waits.size, 8);
  });

  describe('in the place of an answer of the list', () => {
    const three = [answering(503), answering(503), answering(200)];
    const retry: Pool['retry'] = { on: [503], backoff };

    test('comes from the second on as well', async () => {
      using timers = new HeldTimers(hour / 4);
      await using all = await world(three, { retry });
      const asked = all.here.ask(get);
      await eventually(() => timers.waits.length === 1, 'the next try waits');
      isWithin(timers.waits[0], hour / 2, hour);
      assert.deepEqual(all.got, [1, 1, 0]);
      timers.run();
      assert.match(await asked, /^HTTP\/1\.1 200 /);
      assert.deepEqual(all.got, [1, 1, 1]);
    });

    test('has its endpoint already, for there is no answer any more to pass on: it is given back when the client leaves', async () => {
      using timers = new HeldTimers(hour / 4);
      await using all = await world(three, { retry });
      await using client = await all.here.connect();
      client.send(get);
      await eventually(() => timers.waits.length === 1, 'the next try waits');
      assert.deepEqual(all.inFlight, [0, 0, 1]);
      client.close();
      await eventually(() => all.here.listener.exchangesInFlight === 0, 'the client is gone');
      assert.deepEqual([timers.waits, all.inFlight, all.got], [[], [0, 0, 0], [1, 1, 0]]);
      assert.equal(all.here.endpoint(2).ignored, 1);
    });
  });

  test("is nobody else's: what comes meanwhile is served", async () => {
    using timers = new HeldTimers(hour / 4);
    const only: Reaction = (peer, request) => (request.startLine.includes('/quick') ? answering(200) : closing)(peer, request);
    await using all = await world([only, only, answering(200)], { retry: { backoff } });
    const asked = all.here.ask(get);
    await eventually(() => timers.waits.length === 1, 'the next try waits');
    assert.match(await all.here.ask('GET /quick HTTP/1.1\r\nHost: a.test\r\n\r\n'), /^HTTP\/1\.1 200 /);
    timers.run();
    assert.match(await asked, /^HTTP\/1\.1 200 /);
  });

  test('ends when the client leaves, and leaves nothing behind', async () => {
    using timers = new HeldTimers(hour / 4);
    const retry = { backoff, within: '10h', perTry: '10h' } as const;
    await using all = await world([closing, closing, answering(200)], { retry });
    const { here } = all;
    const client = await here.connect();
    client.send(get);
    await eventually(() => here.endpoint(1).failed === 1 && timers.waits.length === 2, 'the next try waits');
    client.close();
    await eventually(() => here.listener.exchangesInFlight === 0, 'the client is gone');
    assert.deepEqual(timers.waits, []);
    assert.deepEqual(all.inFlight, [0, 0, 0]);
    assert.deepEqual(all.got, [1, 1, 0]);
    assert.equal(here.listener.clientsGone, 1);
  });

  test('and the times of tries leave no timer behind when there is an answer', async () => {
    using timers = new HeldTimers(hour / 4);
    await using all = await world([closing, answering(200)], { retry: { within: '10h', perTry: '10h' } });
    assert.match(await all.here.ask(get), /^HTTP\/1\.1 200 /);
    assert.deepEqual(timers.waits, []);
  });
});
