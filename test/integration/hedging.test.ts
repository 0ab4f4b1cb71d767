// A second endpoint is asked for what the first one is late with: once, where that is safe, as often as a share allows. One of the two answers
// the client, the other one is spared the rest, and nothing of it is left.
import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import type { WrittenDocument } from '../../src/control-plane/configuration/document.ts';
import { Hedging } from '../../src/data-plane/dispatching/hedging.ts';
import type { Trial, TrialOutcome } from '../../src/domain/balancing/learner.ts';
import { definePolicy } from '../../src/domain/balancing/policy.ts';
import { endpointControl, endpointHealth } from '../../src/domain/endpoints/scoreboard.ts';
import { eventually } from '../support/balanced.ts';
import type { BytePeer } from '../support/byte-peer.ts';
import { FullBacklog } from '../support/full-backlog.ts';
import { HeldTimers } from '../support/held-timers.ts';
import { HoldingEndpoint } from '../support/holding-endpoint.ts';
import type { PlanesParts } from '../support/planes.ts';
import { idle, Planes } from '../support/planes.ts';
import { AheadClock } from '../support/time/ahead-clock.ts';

const timeout = 60_000;
const hour = 3_600_000;
const requestOf = (method: string, path: string, lines = ''): string => `${method} ${path} HTTP/1.1\r\nHost: a.test\r\n${lines}\r\n`;
const quick = requestOf('GET', '/');
const held = requestOf('GET', '/held');

type PoolParts = Partial<WrittenDocument['pools'][string]>;

/** The timer of a second request would run for an hour: it runs when the test says so. With a quantile of a half, two answers are enough to know. */
const hedge = { quantile: 0.5, least: '1h', share: 100 } as const;

interface World extends AsyncDisposable {
  readonly here: Planes;
  readonly endpoints: readonly HoldingEndpoint[];
  readonly first: HoldingEndpoint;
  readonly second: HoldingEndpoint;
  readonly timers: HeldTimers;
  /** A client whose request the first endpoint has, and is late with. */
  late(request?: string): Promise<Late>;
}

interface Late extends AsyncDisposable {
  readonly client: BytePeer;
  /** The endpoint's side of the first try. */
  readonly slow: BytePeer;
  /** That of the second one. */
  readonly rival: BytePeer;
}

/** Endpoints of which the first is asked first, and two answers of the past. */
async function world(
  pool: PoolParts = {},
  more: Partial<PlanesParts> & { readonly count?: number; readonly known?: number } = {},
): Promise<World> {
  const { count = 2, known = 2, ...others } = more;
  await using stack = new AsyncDisposableStack();
  const timers = stack.use(new HeldTimers(hour));
  const endpoints: HoldingEndpoint[] = [];
  for (let place = 0; place < count; place++) endpoints.push(stack.use(await HoldingEndpoint.open(`e${place}`)));
  // A connection that was kept may be closed at any time, for which the same endpoint is asked again.
  const connections = { idle: 0 };
  const settings = { balance: 'first-available', connections, hedge, ...pool, endpoints: endpoints.map(({ address }) => address) } as const;
  const here = stack.use(await Planes.start({ pools: { web: settings as WrittenDocument['pools'][string] }, ...others }));
  for (let answer = 0; answer < known; answer++) assert.match(await here.ask(quick), /^HTTP\/1\.1 200 /);
  const [first, second] = endpoints;
  assert.ok(first !== undefined && second !== undefined);
  const all = stack.move();
  return {
    here,
    endpoints,
    first,
    second,
    timers,
    async late(request = held) {
      await using parts = new AsyncDisposableStack();
      const client = parts.use(await here.connect());
      client.send(request);
      const slow = await first.held();
      timers.run();
      const rival = await second.held();
      const clients = parts.move();
      return { client, slow, rival, [Symbol.asyncDispose]: () => clients.disposeAsync() };
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

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

describe('of two that are asked', { timeout }, () => {
  for (const loser of ['slow', 'rival'] as const) {
    const winner = loser === 'slow' ? 'e1' : 'e0';
    const answerOther = ({ first, second }: World, late: Late): void =>
      loser === 'slow' ? second.answer(late.rival) : first.answer(late.slow);

    test(`the ${loser} one may fail: the other goes on`, async () => {
      await using all = await world({ retry: { attempts: 1 } });
      await using late = await all.late();
      late[loser].close();
      await eventually(() => all.here.each('failed').includes(1), 'the failure is noticed');
      assert.equal(late.client.received, '');
      answerOther(all, late);
      assert.equal((await late.client.answer()).body, winner);
      assert.equal(all.endpoints.flatMap(({ requests }) => requests).length, 4, 'nobody was asked a third time');
    });

    test(`a status of the list makes the ${loser} one lose`, async () => {
      await using all = await world({ retry: { attempts: 1, on: [503] } });
      await using late = await all.late();
      (loser === 'slow' ? all.first : all.second).answer(late[loser], 503);
      await late[loser].closed();
      assert.equal(late.client.received, '');
      answerOther(all, late);
      assert.equal((await late.client.answer()).body, winner);
      assert.deepEqual(all.here.each('status5xx'), loser === 'slow' ? [1, 0] : [0, 1]);
    });
  }

  for (const loser of ['slow', 'rival'] as const) {
    test(`an error makes the ${loser} one lose as long as the other may do better`, async () => {
      await using all = await world();
      await using late = await all.late();
      (loser === 'slow' ? all.first : all.second).answer(late[loser], 500);
      await late[loser].closed();
      assert.equal(late.client.received, '');
      (loser === 'slow' ? all.second : all.first).answer(loser === 'slow' ? late.rival : late.slow);
      assert.equal((await late.client.answer()).body, loser === 'slow' ? 'e1' : 'e0');
    });
  }

  test('both may answer with an error: the last one is passed on', async () => {
    await using all = await world();
    await using late = await all.late();
    all.second.answer(late.rival, 500);
    await late.rival.closed();
    all.first.answer(late.slow, 501);
    assert.match((await late.client.answer()).startLine, / 501 /);
  });

  test('an answer that says no is an answer: it wins', async () => {
    await using all = await world();
    await using late = await all.late();
    all.second.answer(late.rival, 404);
    assert.match((await late.client.answer()).startLine, / 404 /);
    await late.slow.closed();
  });

  test('each has the time of one try', async () => {
    await using all = await world({ retry: { attempts: 2, perTry: '3h' } });
    await using client = await all.here.connect();
    client.send(held);
    const slow = await all.first.held();
    assert.deepEqual(all.timers.waits, [3 * hour, hour]);
    all.timers.run(hour);
    const rival = await all.second.held();
    assert.deepEqual(all.timers.waits, [3 * hour, 3 * hour]);
    slow.close();
    await eventually(() => all.here.each('failed')[0] === 1, 'the first has failed');
    all.timers.run();
    assert.match((await client.answer()).body, /"try-timeout"/);
    await rival.closed();
    assert.deepEqual(all.here.each('failed'), [1, 1]);
  });

  test('both count as tries', async () => {
    await using all = await world({ retry: { attempts: 2 } }, { count: 3 });
    await using late = await all.late();
    late.slow.close();
    late.rival.close();
    assert.match((await late.client.answer()).body, /"endpoint-closed"/);
    assert.deepEqual(all.here.each('attempts'), [3, 1, 0]);
  });

  test('both say how long answers take: the one that lost as long as it was waited for', async () => {
    await using all = await world();
    const { record } = Hedging.prototype;
    const recorded: number[] = [];
    const recording = mock.method(Hedging.prototype, 'record', function (this: Hedging, latency: number) {
      recorded.push(latency);
      record.call(this, latency);
    });
    try {
      await using late = await all.late();
      all.second.answer(late.rival);
      await late.client.answer();
      assert.equal(recorded.length, 2);
      assert.ok((recorded[0] ?? 0) > (recorded[1] ?? 0), `${recorded}`);
      await all.here.ask(quick);
      assert.equal(recorded.length, 3);
      all.first.status = 500;
      await all.here.ask(quick);
      assert.equal(recorded.length, 3, 'errors say nothing of it');
    } finally {
      recording.mock.restore();
    }
  });

  test('both may fail: the client is told once', async () => {
    await using all = await world({ retry: { attempts: 1 } });
    await using late = await all.late();
    late.slow.close();
    late.rival.close();
    const { startLine, body } = await late.client.answer();
    assert.equal(startLine, 'HTTP/1.1 502 Bad Gateway');
    assert.equal(JSON.parse(body).error, 'endpoint-closed');
    await idle(all.here.board);
    late.client.send(quick);
    assert.equal((await late.client.answer()).body, 'e0');
    assert.deepEqual(all.here.each('failed'), [1, 1]);
  });

  test('both may fail: a third one is tried, where tries are left', async () => {
    await using all = await world({}, { count: 3 });
    await using late = await all.late();
    late.slow.close();
    late.rival.close();
    const third = all.endpoints[2] ?? assert.fail();
    third.answer(await third.held());
    assert.equal((await late.client.answer()).body, 'e2');
  });

  test('both may give a status of the list: the last one is passed on when nobody is left', async () => {
    await using all = await world({ retry: { on: [503] } });
    await using late = await all.late();
    all.first.answer(late.slow, 503);
    await late.slow.closed();
    all.second.answer(late.rival, 503);
    assert.match((await late.client.answer()).startLine, / 503 Whatever/);
    await idle(all.here.board);
  });

  test('both are cancelled when the client leaves', async () => {
    await using all = await world();
    await using late = await all.late();
    late.client.close();
    await Promise.all([late.slow.closed(), late.rival.closed()]);
    await idle(all.here.board);
    assert.deepEqual(
      [all.here.each('ignored'), all.here.each('failed')],
      [
        [1, 1],
        [0, 0],
      ],
    );
  });

  test('both are cancelled when the time of all tries is over', async () => {
    await using all = await world({ retry: { within: '2h' }, hedge });
    await using client = await all.here.connect();
    client.send(held);
    const slow = await all.first.held();
    assert.deepEqual(all.timers.waits, [2 * hour, hour]);
    // The timer of an hour asks the second one, and that of two hours ends both.
    all.timers.run(hour);
    const rival = await all.second.held();
    all.timers.run();
    assert.equal((await client.answer()).startLine, 'HTTP/1.1 504 Gateway Timeout');
    await Promise.all([slow.closed(), rival.closed()]);
  });

  test('answers before the answer reach the client while there is one, and of the one that answers at most', async () => {
    await using all = await world();
    await using client = await all.here.connect();
    client.send(held);
    const slow = await all.first.held();
    slow.send('HTTP/1.1 103 Early Hints\r\nLink: </first>\r\n\r\n');
    await client.until('Link: </first>\r\n\r\n');
    all.timers.run();
    const rival = await all.second.held();
    slow.send('HTTP/1.1 103 Early Hints\r\nLink: </late>\r\n\r\n');
    rival.send('HTTP/1.1 103 Early Hints\r\nLink: </rival>\r\n\r\n');
    await eventually(() => all.here.each('status1xx').join() === '2,1', 'all of them are here');
    all.second.answer(rival);
    const { head, body } = await client.answer();
    assert.match(head, /^HTTP\/1\.1 200 /);
    assert.doesNotMatch(head, /late/);
    assert.equal(body, 'e1');
  });

  test('a client that does not read holds up both, and both go on when it reads', async () => {
    await using all = await world({ retry: { attempts: 1 } });
    await using client = await all.here.connect();
    client.socket.pause();
    client.send(held);
    const slow = await all.first.held();
    const most = 4000;
    for (let sent = 0; sent < most; sent++) slow.send(`HTTP/1.1 103 Early Hints\r\nX: ${'x'.repeat(8000)}\r\n\r\n`);
    let hints = { seen: 0, still: 0 };
    const areStill = (): boolean => {
      const seen = all.here.each('status1xx')[0] ?? 0;
      hints = { seen, still: seen === hints.seen && seen > 0 ? hints.still + 1 : 0 };
      return hints.still > 20;
    };
    await eventually(areStill, 'the way to the client is full');
    assert.ok(hints.seen < most, 'the endpoint is held up');
    all.timers.run();
    const rival = await all.second.held();
    all.second.answer(rival);
    client.socket.resume();
    await client.until('\r\n\r\ne1');
    await slow.closed();
  });
});

describe('who stands around it', { timeout }, () => {
  test('a session stays with the endpoint that answered', async () => {
    await using all = await world({ sticky: { cookie: 'SERVER' } });
    await using late = await all.late();
    all.second.answer(late.rival);
    const { lines } = await late.client.answer();
    const cookie =
      lines
        .find((line) => line.startsWith('Set-Cookie: SERVER='))
        ?.slice('Set-Cookie: '.length)
        .split(';')[0] ?? '';
    late.client.send(requestOf('GET', '/', `Cookie: ${cookie}\r\n`));
    const { body, head } = await late.client.answer();
    assert.equal(body, 'e1');
    assert.doesNotMatch(head, /Set-Cookie/);
  });

  test('a policy that learns is told of the beginning and the end of each try, once', async () => {
    const told = new Map<number, (string | TrialOutcome)[]>();
    const tell = (tag: number, what: string): void => void told.get(tag)?.push(what);
    const counting = definePolicy({
      name: 'counting',
      summary: 'Writes down what it is told.',
      options: {},
      build: (candidates) => ({
        pick: ({ attempt }) => candidates[attempt % candidates.length] ?? candidates[0],
        learner: {
          begun: ({ endpoint }: Trial) => {
            told.set(told.size + 1, [`begun at ${endpoint.load.slot}`]);
            return told.size;
          },
          answered: ({ tag }: Trial) => tell(tag, 'answered'),
          ended: ({ tag }: Trial, outcome: TrialOutcome) => tell(tag, outcome),
        },
      }),
    });
    const policies = new Map([['./counting.ts', counting]]) as NonNullable<PlanesParts['ownPolicies']>;
    await using all = await world({ balance: './counting.ts' }, { ownPolicies: policies, known: 2 });
    {
      await using late = await all.late();
      all.second.answer(late.rival);
      await late.client.answer();
    }
    {
      await using late = await all.late();
      late.client.close();
      await late.slow.closed();
    }
    await idle(all.here.board);
    const calm = ['begun at 0', 'answered', 'succeeded'];
    assert.deepEqual(
      [...told.values()],
      [
        calm,
        calm,
        ['begun at 0', 'ignored'],
        ['begun at 1', 'answered', 'succeeded'],
        ['begun at 0', 'ignored'],
        ['begun at 1', 'ignored'],
      ],
    );
  });

  test('a trial of a breaker that is half open goes to another one when its second try is cancelled', async () => {
    using clock = new AheadClock();
    const endpointBreaker = { leastCalls: 1, open: '50ms', mostOpen: '1h', trials: 1, rounds: 1 } as const;
    await using all = await world({ endpointBreaker });
    all.here.set(0, 'down');
    all.second.status = 500;
    assert.match(await all.here.ask(quick), /^HTTP\/1\.1 500 /);
    assert.match(await all.here.ask(quick), /"no-endpoint"/, 'its breaker is open');
    all.here.set(0, 'up');
    clock.put(1000);
    for (let turn = 0; turn < 3; turn++) {
      await using late = await all.late();
      all.first.answer(late.slow);
      assert.equal((await late.client.answer()).body, 'e0');
      await late.rival.closed();
    }
    await using late = await all.late();
    all.second.answer(late.rival);
    assert.equal((await late.client.answer()).body, 'e1', 'and closes it when it wins');
    all.second.status = 200;
    await using two = await all.late();
    await using three = await all.late();
    for (const { rival, client } of [two, three]) {
      all.second.answer(rival);
      assert.equal((await client.answer()).body, 'e1');
    }
  });

  test('the breaker of the pool hears of one call', async () => {
    await using all = await world({ breaker: { leastCalls: 4, failures: 50, open: '1h' }, retry: { attempts: 1 } });
    await using late = await all.late();
    late.slow.close();
    late.rival.close();
    assert.match((await late.client.answer()).startLine, / 502 /);
    // Of three calls one has failed: had both tries counted, it would be open.
    assert.match(await all.here.ask(quick), /^HTTP\/1\.1 200 /);
    assert.match(await all.here.ask(quick), /^HTTP\/1\.1 200 /);
  });
});
