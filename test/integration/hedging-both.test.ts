// Two endpoints that are asked for one answer: what becomes of both, and what others hear of it.
import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { Hedging } from '../../src/data-plane/dispatching/hedging.ts';
import type { Trial, TrialOutcome } from '../../src/domain/balancing/learner.ts';
import { definePolicy } from '../../src/domain/balancing/policy.ts';
import { eventually } from '../support/balanced.ts';
import type { PlanesParts } from '../support/planes.ts';
import { idle } from '../support/planes.ts';
import { AheadClock } from '../support/time/ahead-clock.ts';
import type { Late, World } from '../support/tries/hedged-pool.ts';
import { hedge, held, hour, quick, requestOf, timeout, world } from '../support/tries/hedged-pool.ts';

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
