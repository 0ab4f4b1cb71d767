// Circuit breakers over real sockets: a pool that fails is not asked for a while, an endpoint that fails leaves its traffic to others, and a few
// trials, counted over all workers, find out whether that is over.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WrittenDocument } from '../../src/control-plane/configuration/document.ts';
import { eventually } from '../support/balanced.ts';
import type { BytePeer, PeerMessage } from '../support/byte-peer.ts';
import { HeldTimers } from '../support/held-timers.ts';
import { HoldingEndpoint } from '../support/holding-endpoint.ts';
import { LivePool } from '../support/live/live-pool.ts';
import type { PlanesParts } from '../support/planes.ts';
import { idle, Planes } from '../support/planes.ts';
import { AheadClock } from '../support/time/ahead-clock.ts';

const timeout = 60_000;
const requestOf = (path: string, lines = ''): string => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n${lines}\r\n`;
const quick = requestOf('/');
const held = requestOf('/held');

type PoolParts = Partial<WrittenDocument['pools'][string]>;

/** Opens with the second of two calls that failed, or of four of which half did, and stays open for as long as any test lasts. */
const forLong = { leastCalls: 4, failures: 50, open: '1h', mostOpen: '1h' } as const;
/** The same, and half open soon. */
const forShort = { leastCalls: 2, failures: 50, open: '50ms', mostOpen: '1h', trials: 1, rounds: 1 } as const;

interface World extends AsyncDisposable {
  readonly here: Planes;
  readonly endpoints: readonly HoldingEndpoint[];
  readonly first: HoldingEndpoint;
  /** How many requests each endpoint got. */
  readonly got: readonly number[];
  /** So many requests one after the other, each with its status. */
  statuses(count: number, worker?: number): Promise<readonly number[]>;
}

async function world(
  pool: PoolParts,
  more: Partial<PlanesParts> & { readonly count?: number; readonly maxConnections?: number } = {},
): Promise<World> {
  const { count = 2, maxConnections, ...others } = more;
  const limit = maxConnections === undefined ? {} : { maxConnections };
  await using stack = new AsyncDisposableStack();
  const endpoints: HoldingEndpoint[] = [];
  for (let place = 0; place < count; place++) endpoints.push(stack.use(await HoldingEndpoint.open(`e${place}`)));
  const web = { ...pool, endpoints: endpoints.map(({ address }) => ({ address, ...limit })) } as WrittenDocument['pools'][string];
  const here = stack.use(await Planes.start({ pools: { web }, ...others }));
  const all = stack.move();
  return {
    here,
    endpoints,
    first: endpoints[0] ?? assert.fail(),
    get got() {
      return endpoints.map(({ requests }) => requests.length);
    },
    async statuses(asked, worker) {
      const statuses: number[] = [];
      for (let sent = 0; sent < asked; sent++) statuses.push(statusOf(await here.ask(quick, worker)));
      return statuses;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

const statusOf = (answer: string): number => Number(answer.split(' ')[1]);

function failAll({ endpoints }: World, status = 500): void {
  for (const endpoint of endpoints) endpoint.status = status;
}

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

/** Sends to each worker in turn until so many requests are held as trials; those that were refused meanwhile are forgotten. */
async function trials(all: World, count: number, workers = 1, request = held): Promise<readonly BytePeer[]> {
  const clients: BytePeer[] = [];
  const isHeld = () => all.endpoints.reduce((sum, { holds }) => sum + holds, 0);
  while (isHeld() < count) {
    const client = await all.here.connect(clients.length % workers);
    const before = isHeld();
    client.send(request);
    await eventually(() => isHeld() > before || client.received.includes('}'), 'a trial or a refusal');
    if (isHeld() > before) clients.push(client);
    else client.close();
  }
  return clients;
}

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
    for (let turn = 0; turn < 6; turn++) {
      await using client = await all.here.connect();
      client.send(held);
      const upstream = await all.first.held();
      client.close();
      await upstream.closed();
    }
    await idle(all.here.board);
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

for (const breaker of ['breaker', 'endpointBreaker'] as const) {
  describe(`${breaker}: what is slow`, { timeout }, () => {
    // Nothing here takes five seconds but what is said to.
    const slow = { ...forLong, leastCalls: 1, slow: 50, slowAfter: '5s' } as const;
    const takes = 8000;

    test('is an endpoint whose client has left before it answered', async () => {
      using clock = new AheadClock();
      await using all = await world({ [breaker]: slow }, { count: 1 });
      await using client = await all.here.connect();
      client.send(held);
      const upstream = await all.first.held();
      clock.put(takes);
      client.close();
      await upstream.closed();
      assert.match(await all.here.ask(quick), /"(breaker-open|no-endpoint)"/);
    });

    test('is not one whose client has left soon', async () => {
      await using all = await world({ [breaker]: slow }, { count: 1 });
      await using client = await all.here.connect();
      client.send(held);
      const upstream = await all.first.held();
      client.close();
      await upstream.closed();
      assert.match(await all.here.ask(quick), /^HTTP\/1\.1 200 /);
    });

    test('is not one whose client is slow to send', async () => {
      using clock = new AheadClock();
      await using all = await world({ [breaker]: slow }, { count: 1 });
      await using client = await all.here.connect();
      client.send(`${requestOf('/', 'Content-Length: 2\r\n').replace('GET', 'PUT')}a`);
      await eventually(() => (all.here.each('bytesSent')[0] ?? 0) > 60, 'the endpoint has what came');
      clock.put(takes);
      client.send('b');
      assert.match((await client.answer()).startLine, / 200 /);
      assert.match(await all.here.ask(quick), /^HTTP\/1\.1 200 /);
    });

    test('is one that takes its time with a request that came slowly', async () => {
      using clock = new AheadClock();
      await using all = await world({ [breaker]: slow }, { count: 1 });
      await using client = await all.here.connect();
      client.send(`${requestOf('/held', 'Content-Length: 2\r\n').replace('GET', 'PUT')}hi`);
      const upstream = await all.first.held();
      clock.put(takes);
      all.first.answer(upstream);
      assert.match((await client.answer()).startLine, / 200 /);
      await idle(all.here.board);
      assert.match(await all.here.ask(quick), /"(breaker-open|no-endpoint)"/);
    });

    test('is not one whose client is slow to read', async () => {
      using clock = new AheadClock();
      await using all = await world({ [breaker]: slow }, { count: 1 });
      await using client = await all.here.connect();
      client.send(held);
      const upstream = await all.first.held();
      upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na');
      await client.until('\r\n\r\na');
      clock.put(takes);
      upstream.send('b');
      await client.until('b');
      await idle(all.here.board);
      assert.match(await all.here.ask(quick), /^HTTP\/1\.1 200 /);
    });
  });

  test(`${breaker}: a tunnel is a success once it is open`, { timeout }, async () => {
    await using all = await world({ [breaker]: forShort }, { count: 1 });
    failAll(all);
    await all.statuses(2);
    const [client] = await trials(all, 1, 1, requestOf('/held', 'Connection: upgrade\r\nUpgrade: websocket\r\n'));
    const upstream = await all.first.held();
    upstream.send('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    await client?.until('\r\n\r\n');
    failAll(all, 200);
    assert.deepEqual(await all.statuses(4), [200, 200, 200, 200]);
    client?.close();
  });
}

for (const [breaker, whose] of [
  ['breaker', 'its breaker'],
  ['endpointBreaker', 'the breaker of endpoint 127\\.0\\.0\\.1:\\d+'],
] as const) {
  test(`${breaker}: the log tells once that it opened, and once that it is closed again`, { timeout }, async () => {
    const rules = { ...forShort, leastCalls: 4, trials: 2, rounds: 2, mostOpen: '100ms' } as const;
    await using live = await LivePool.start({ endpoints: { a: {} }, pool: { [breaker]: rules, outliers: 'none' } });
    const { log } = live;
    live.endpoint('a').status = 500;
    const opened = log.next(new RegExp(`Pool web: ${whose} is open`));
    for (let asked = 0; asked < 40; asked++) await live.ask('/');
    assert.match(await opened, /^warn /);
    live.endpoint('a').status = 200;
    const closed = log.next(new RegExp(`Pool web: ${whose} is closed again\\.`));
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    while (!isClosed) await live.ask('/');
    assert.match(await closed, /^info /);
    assert.equal(log.matching(/breaker/).length, 2);
  });
}

describe('the breaker of an endpoint', { timeout }, () => {
  test('leaves its traffic to the others', async () => {
    await using all = await world({ endpointBreaker: forLong }, { count: 3 });
    all.first.status = 500;
    const statuses = await all.statuses(12);
    assert.equal(statuses.filter((status) => status === 500).length, 4);
    const [broken] = all.got;
    assert.deepEqual(
      await all.statuses(30),
      Array.from({ length: 30 }, () => 200),
    );
    assert.deepEqual(
      all.got.map((each, place) => (place === 0 ? each : each >= 15)),
      [broken, true, true],
    );
  });

  test('is one for all workers', async () => {
    await using all = await world({ endpointBreaker: forLong }, { workers: 2 });
    all.first.status = 500;
    await all.statuses(8, 0);
    assert.equal(all.got[0], 4);
    assert.deepEqual(
      await all.statuses(8, 1),
      Array.from({ length: 8 }, () => 200),
    );
    assert.equal(all.got[0], 4);
  });

  test('hears of failures to connect, of resets, and not of clients that leave', async () => {
    await using all = await world({ endpointBreaker: forLong, balance: 'first-available', retry: { attempts: 1 } });
    for (let turn = 0; turn < 5; turn++) {
      await using client = await all.here.connect();
      client.send(held);
      const upstream = await all.first.held();
      client.close();
      await upstream.closed();
    }
    await idle(all.here.board);
    for (let turn = 0; turn < 4; turn++) {
      await using client = await all.here.connect();
      client.send(held);
      (await all.first.held()).reset();
      await client.answer();
    }
    assert.match(await all.here.ask(quick), /\r\n\r\ne1$/);
  });

  test('of all endpoints at once is told as no endpoint', async () => {
    await using all = await world({ endpointBreaker: forLong });
    failAll(all);
    await all.statuses(8);
    const before = all.got;
    assert.match(await all.here.ask(quick), /^HTTP\/1\.1 503 .*\r\nRetry-After: 1\r\n.*"no-endpoint"/s);
    assert.deepEqual(all.got, before);
  });

  for (const balance of ['round-robin', 'least-connections', 'peak-ewma', 'consistent-hash', 'random'] as const) {
    test(`holds with ${balance}`, async () => {
      await using all = await world({ endpointBreaker: { ...forLong, leastCalls: 1 }, balance }, { count: 3 });
      failAll(all);
      await all.statuses(1);
      const broken = all.got.indexOf(1);
      failAll(all, 200);
      assert.deepEqual(
        await all.statuses(40),
        Array.from({ length: 40 }, () => 200),
      );
      assert.equal(all.got[broken], 1);
    });
  }

  test('lets trials through over all workers, and the others have the rest', async () => {
    await using all = await world({ endpointBreaker: forShort, balance: 'first-available' }, { workers: 2 });
    all.first.status = 500;
    await all.statuses(2);
    const clients: BytePeer[] = [];
    while (all.first.holds === 0) {
      const client = await all.here.connect(clients.length % 2);
      clients.push(client);
      client.send(held);
      await eventually(
        () => all.endpoints.reduce((sum, { requests }) => sum + requests.length, 0) === clients.length + 2,
        'somebody has it',
      );
    }
    const before = all.got[0];
    assert.deepEqual(
      [...(await all.statuses(5, 0)), ...(await all.statuses(5, 1))],
      Array.from({ length: 10 }, () => 200),
    );
    assert.equal(all.got[0], before, 'one trial at a time');
    all.first.status = 200;
    for (const endpoint of all.endpoints) while (endpoint.holds > 0) endpoint.answer(await endpoint.held());
    for (const client of clients) {
      await client.answer();
      client.close();
    }
    for (const worker of [0, 1]) assert.match(await all.here.ask(quick, worker), /\r\n\r\ne0$/);
  });

  test('has a trial to give again when its client left', async () => {
    await using all = await world({ endpointBreaker: forShort }, { count: 1 });
    all.first.status = 500;
    await all.statuses(2);
    for (let turn = 0; turn < 3; turn++) {
      const [client] = await trials(all, 1);
      assert.match(await all.here.ask(quick), /"no-endpoint"/);
      void all.first.held();
      client?.close();
      await idle(all.here.board);
    }
    all.first.status = 200;
    assert.deepEqual(await all.statuses(4), [200, 200, 200, 200]);
  });

  test('has a trial to give again when the endpoint was full', async () => {
    await using all = await world({ endpointBreaker: { ...forShort, trials: 2 } }, { count: 1, maxConnections: 1 });
    all.first.status = 500;
    await all.statuses(2);
    const [client] = await trials(all, 1);
    for (let turn = 0; turn < 3; turn++) assert.match(await all.here.ask(quick), /"pool-saturated"/);
    all.first.answer(await all.first.held());
    await client?.answer();
    client?.close();
    all.first.status = 200;
    assert.deepEqual(await all.statuses(4), [200, 200, 200, 200]);
  });

  test('moves sessions', async () => {
    await using all = await world({ endpointBreaker: { ...forLong, leastCalls: 3 }, sticky: { cookie: 'SERVER' } });
    await using client = await all.here.connect();
    client.send(quick);
    const { lines, body } = await client.answer();
    const home = Number(body.slice(1));
    const cookie =
      lines
        .find((line) => line.startsWith('Set-Cookie: SERVER='))
        ?.slice('Set-Cookie: '.length)
        .split(';')[0] ?? '';
    const again = requestOf('/', `Cookie: ${cookie}\r\n`);
    client.send(again);
    assert.equal((await client.answer()).body, body);
    const endpoint = all.endpoints[home] ?? assert.fail();
    endpoint.status = 500;
    for (let turn = 0; turn < 2; turn++) {
      client.send(again);
      assert.match((await client.answer()).startLine, / 500 /);
    }
    const before = endpoint.requests.length;
    client.send(again);
    const moved = await client.answer();
    assert.equal(moved.body, `e${1 - home}`);
    assert.ok(moved.lines.some((line) => line.startsWith('Set-Cookie: SERVER=')));
    assert.equal(endpoint.requests.length, before);
    assert.equal(all.here.totals.pools[0]?.sessionsMoved, 1);
  });
});
