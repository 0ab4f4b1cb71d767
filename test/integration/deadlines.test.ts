// How long a client or a route lets an exchange take: endpoints are told how much of it is left, nobody is asked for what nobody waits for, and
// what clients say of themselves is not held against a pool.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/balanced.ts';
import { HoldingEndpoint } from '../support/holding-endpoint.ts';
import { Planes } from '../support/planes.ts';
import { echoHead, ScriptedEndpoint } from '../support/scripted-endpoint.ts';
import { AheadClock } from '../support/time/ahead-clock.ts';
import { BusyPool, toldBy } from '../support/waiting/busy-pool.ts';

const timeout = 60_000;
const deadline = { header: 'x-timeout' } as const;
const get = (lines: readonly string[] = [], path = '/'): string =>
  `GET ${path} HTTP/1.1\r\n${['Host: a.test', ...lines].join('\r\n')}\r\n\r\n`;

/** A pool whose endpoint answers with the head that it got. */
async function echoing(pool: object = { deadline }) {
  await using stack = new AsyncDisposableStack();
  const endpoint = stack.use(await ScriptedEndpoint.open(echoHead));
  const here = stack.use(await Planes.start({ pools: { web: { endpoints: [endpoint.address], ...pool } } }));
  const kept = stack.move();
  return {
    here,
    endpoint,
    /** The lines in which the endpoint is told a time. */
    told: async (...lines: readonly string[]): Promise<readonly string[]> => {
      const answer = await here.ask(get(lines));
      assert.match(answer, /^HTTP\/1\.1 200 /);
      return (answer.split('\r\n\r\n')[1] ?? '').split('\r\n').filter((line) => /timeout/i.test(line));
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

describe('an endpoint is told', { timeout }, () => {
  for (const [given, form, least, most] of [
    ['X-Timeout: 30000', /^X-Timeout: (\d+)$/, 1, 29_999],
    ['x-timeout:30s', /^x-timeout: (\d+)ms$/, 1, 29_999],
    ['X-Timeout: 2m', /^X-Timeout: (\d+)ms$/, 60_000, 119_999],
    ['grpc-timeout: 30S', /^grpc-timeout: (\d+)m$/, 1, 29_999],
    ['Grpc-Timeout: 30000m', /^Grpc-Timeout: (\d+)m$/, 1, 29_999],
    ['grpc-timeout: 30000000u', /^grpc-timeout: (\d+)m$/, 1, 29_999],
    ['grpc-timeout: 2M', /^grpc-timeout: (\d+)m$/, 60_000, 119_999],
    ['grpc-timeout: 20H', /^grpc-timeout: (\d+)m$/, 71_900_000, 71_999_999],
    // As long as timers can hold, in the eight digits that there are.
    ['grpc-timeout: 99999999H', /^grpc-timeout: (\d+)S$/, 2_073_000, 2_073_599],
  ] as const) {
    test(`less than "${given}", in the same form`, async () => {
      await using all = await echoing();
      const [line = '', ...others] = await all.told(given);
      const time = Number(form.exec(line)?.[1]);
      assert.ok(time >= least && time <= most, line);
      assert.deepEqual(others, []);
    });
  }

  for (const line of [
    'X-Timeout: soon',
    'X-Timeout: -5',
    'X-Timeout: 1.5s',
    'X-Timeout: 123456789',
    'X-Timeout:',
    'grpc-timeout: 123456789S',
    'grpc-timeout: 5',
  ])
    test(`"${line}" as it came, since it cannot be read`, async () => {
      await using all = await echoing();
      assert.deepEqual(await all.told(line), [line]);
    });

  test('one time in each field, the least of all that came, so that no two readers find two', async () => {
    await using all = await echoing();
    const lines = await all.told('X-Timeout: 9m', 'grpc-timeout: 50S', 'x-timeout: 40s', 'X-Timeout: 99999m');
    assert.equal(lines.length, 2);
    const [own, grpc] = lines.map((line) => Number(/: (\d+)ms?$/.exec(line)?.[1]));
    assert.ok(own !== undefined && own === grpc && own > 1 && own < 40_000, lines.join());
  });

  test('nothing where nobody says anything, and all as it came where the pool does not hear', async () => {
    await using hearing = await echoing();
    assert.deepEqual(await hearing.told(), []);
    await using deaf = await echoing({});
    assert.deepEqual(await deaf.told('X-Timeout: 30', 'grpc-timeout: 30m'), ['X-Timeout: 30', 'grpc-timeout: 30m']);
  });

  test('what the pool gives, or the client where that is less', async () => {
    await using all = await echoing({ deadline, timeouts: { total: '50s' } });
    const timeOf = async (...lines: string[]): Promise<number> => Number(/: (\d+)(?:ms)?$/.exec((await all.told(...lines))[0] ?? '')?.[1]);
    const byPool = await timeOf();
    assert.ok(byPool > 20_000 && byPool < 50_000, `${byPool}`);
    const byClient = await timeOf('X-Timeout: 19s');
    assert.ok(byClient > 1 && byClient < 19_000, `${byClient}`);
    const despite = await timeOf('X-Timeout: 9m');
    assert.ok(despite > 20_000 && despite < 50_000, `${despite}`);
  });

  test('what its route gives, where that is not what the pool gives', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoHead);
    const routes = [
      { path: '/short', pool: 'web', timeouts: { total: '20s' } },
      { path: '/*', pool: 'web' },
    ];
    const web = { endpoints: [endpoint.address], deadline, timeouts: { total: '90s' as const } };
    await using here = await Planes.start({ pools: { web }, routes });
    for (const [path, least, most] of [
      ['/short', 1, 19_999],
      ['/other', 30_000, 89_999],
    ] as const) {
      const time = Number(/x-timeout: (\d+)/.exec(await here.ask(get([], path)))?.[1]);
      assert.ok(time >= least && time <= most, `${path}: ${time}`);
    }
  });

  test('less by what was waited, and by the tries before', async () => {
    using clock = new AheadClock();
    await using first = await HoldingEndpoint.open('first');
    await using second = await ScriptedEndpoint.open(echoHead);
    const endpoints = [first.address, second.address];
    const pool = { endpoints, balance: 'first-available', maxRequests: 1, queue: { timeout: '1h' }, deadline } as const;
    await using here = await Planes.start({ pools: { web: pool } });
    await using holder = await here.connect();
    holder.send(get([], '/held'));
    const held = await first.held();
    await using client = await here.connect();
    client.send(get(['X-Timeout: 50s'], '/held'));
    await eventually(() => here.totals.pools[0]?.waiting === 1, 'it waits');
    clock.put(10_000);
    first.answer(held);
    await holder.answer();
    const late = await first.held();
    clock.put(10_000);
    late.close();
    // On a connection that was kept that may have been for its age: once more, on a fresh one.
    (await first.held()).close();
    const { body } = await client.answer();
    const time = Number(/X-Timeout: (\d+)ms/.exec(body)?.[1]);
    assert.ok(time > 1 && time < 30_000, body);
  });
});

describe('no endpoint is asked', { timeout }, () => {
  for (const [given, margin] of [
    ['X-Timeout: 0', '1ms'],
    ['X-Timeout: 1', '1ms'],
    ['grpc-timeout: 1n', '1ms'],
    ['grpc-timeout: 0S', '1ms'],
    ['X-Timeout: 40', '40ms'],
  ] as const) {
    test(`by a client that waits no longer than the way there: "${given}" with a margin of ${margin}`, async () => {
      await using all = await echoing({ deadline: { ...deadline, margin } });
      assert.match(await all.here.ask(get()), / 200 /);
      for (let turn = 0; turn < 5; turn++) assert.match(await all.here.ask(get([given])), /^HTTP\/1\.1 504 .*"deadline-exceeded"/s);
      assert.equal(all.here.each('attempts')[0], 1);
      assert.equal(all.here.totals.pools[0]?.deadlineExceeded, 5);
    });
  }

  test('by who waited in the queue until its time was over', async () => {
    using clock = new AheadClock();
    await using pool = await BusyPool.open({ queue: { timeout: '1h' }, deadline });
    await pool.take();
    const client = await pool.wait({ name: 'late', lines: ['X-Timeout: 20s'] });
    await pool.wait({ name: 'next' });
    clock.put(20_000);
    assert.deepEqual(await pool.serve(1), ['next']);
    assert.equal(toldBy(await client.answer()).what, 'queue-timeout');
  });

  test('by who waited until the pool lets nobody wait longer', async () => {
    using clock = new AheadClock();
    await using pool = await BusyPool.open({ queue: { timeout: '1h' }, timeouts: { total: '20s' } });
    await pool.take();
    const client = await pool.wait({ name: 'late' });
    clock.put(20_000);
    assert.equal(toldBy(await client.answer()).what, 'queue-timeout');
    assert.deepEqual(pool.endpoint.requests, ['GET /held/a HTTP/1.1']);
  });
});

describe('a time that runs out while an endpoint is at it', { timeout }, () => {
  for (const [whose, lines, settings] of [
    ["the client's", ['X-Timeout: 100'], {}],
    ["the pool's", [], { timeouts: { total: '100ms' } }],
  ] as const) {
    test(`${whose}, is told with 504, and the endpoint is spared the rest`, async () => {
      await using endpoint = await HoldingEndpoint.open('e');
      await using here = await Planes.start({ pools: { web: { endpoints: [endpoint.address], deadline, maxRequests: 1, ...settings } } });
      await using client = await here.connect();
      client.send(get(lines, '/held'));
      const held = await endpoint.held();
      assert.deepEqual(toldBy(await client.answer()), { status: 504, what: 'deadline-exceeded', retryAfter: Number.NaN });
      await held.closed();
      await eventually(() => here.totals.pools[0]?.serving === 0, 'its place is free');
      client.send(get());
      assert.notEqual(toldBy(await client.answer()).what, 'pool-saturated');
    });
  }

  test('does not cut off an answer that has begun', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await Planes.start({ pools: { web: { endpoints: [endpoint.address], deadline } } });
    await using client = await here.connect();
    client.send(get(['X-Timeout: 10s']));
    const upstream = await endpoint.connection();
    await upstream.request();
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab');
    await client.until('ab');
    using clock = new AheadClock();
    clock.put(20_000);
    upstream.send('cd');
    assert.equal(await client.bytes(2), 'cd');
  });

  test("opens no breaker where it is the client's, however many such clients there are", async () => {
    await using endpoint = await HoldingEndpoint.open('e');
    const breaker = { leastCalls: 3, open: '1h', mostOpen: '1h' } as const;
    await using here = await Planes.start({ pools: { web: { endpoints: [endpoint.address], deadline, breaker } } });
    for (let turn = 0; turn < 8; turn++) assert.match(await here.ask(get(['X-Timeout: 5'], '/held')), / 504 /);
    assert.match(await here.ask(get()), / 200 /);
  });
});

test('a crowd that is refused in the queue opens no breaker: those who have a place are served all the same', { timeout }, async () => {
  const breaker = { leastCalls: 3, open: '1h', mostOpen: '1h' } as const;
  await using pool = await BusyPool.open({ queue: { timeout: '1h', size: 1 }, deadline, breaker });
  const first = await pool.take();
  await pool.wait({ name: 'next', lines: ['X-Timeout: 1m'] });
  for (let turn = 0; turn < 20; turn++) assert.equal((await pool.told({ lines: ['X-Timeout: 2m'] })).what, 'pool-saturated');
  assert.deepEqual(await pool.serve(1), ['next']);
  assert.equal(toldBy(await first.answer()).status, 200);
  assert.equal(pool.totals.breakerOpen, 0);
});
