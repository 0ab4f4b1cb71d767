// Health over real sockets and two workers: what the traffic of endpoints shows and what probes find out, and who gets traffic then. Each change is
// told once, with its reason.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { fault, gone, isEndpoint, listening, timeout, untilServing } from '../support/live/judged-pool.ts';
import type { LiveParts } from '../support/live/live-pool.ts';
import { LivePool } from '../support/live/live-pool.ts';

type Pool = NonNullable<LiveParts['pool']>;

/** Endpoints of these names. */
const start = (names: string, pool: Pool = {}): Promise<LivePool> =>
  LivePool.start({ endpoints: Object.fromEntries([...names].map((name) => [name, {}])), pool });

const back = (live: LivePool, name: string): readonly string[] =>
  live.log.matching(new RegExp(`^info Endpoint ${isEndpoint(live, name)} of pool web is well( again)?: `));

const spared = (live: LivePool, name: string): readonly string[] =>
  live.log.matching(new RegExp(`^warn Endpoint ${isEndpoint(live, name)} of pool web stays although it fails`));

/** Asks until the log tells that it was taken out so often. */

function untilGone(live: LivePool, name: string, times = 1): Promise<void> {
  return live.until(async () => {
    await live.ask();
    return fault(gone(live, name).length >= times, `${name} is taken out`);
  });
}

const untilBack = (live: LivePool, name: string, times = 1): Promise<void> =>
  live.until(() => fault(back(live, name).length >= times, `${name} is back`));

/** Probes have passed, and all workers have heard of it: each of so many new connections is one's or the other's by chance. */

/** Probes that passed or failed since the start. */
async function probesOf(live: LivePool, name: string): Promise<number> {
  const { probe } = await live.status(name);
  return (probe?.passed ?? 0) + (probe?.failed ?? 0);
}

async function untilProbed(live: LivePool, name: string, more: number): Promise<void> {
  const before = await probesOf(live, name);
  await live.until(async () => fault((await probesOf(live, name)) >= before + more, `${more} more probes`));
}

describe('an endpoint whose traffic speaks against it', { timeout }, () => {
  test('is set aside after five answers of 503 in a row, over all workers, and that is told once', async () => {
    await using live = await start('abc');
    live.endpoint('b').status = 503;
    await untilGone(live, 'b');
    const asked = live.endpoint('b').asked;
    assert.ok(asked >= 5, `${asked}`);
    await live.sharesBecome(40, [20, 0, 20]);
    assert.equal(live.endpoint('b').asked, asked);
    const { health, ejections, state, status5xx } = await live.status('b');
    const reason = '5 answers of status 502, 503 or 504 in a row';
    assert.deepEqual([health.state, health.reason, health.changes, ejections.count, state], ['failing', reason, 1, 1, 'up']);
    assert.equal(status5xx, asked);
    assert.deepEqual(gone(live, 'b'), [
      `warn Endpoint ${live.endpoint('b').address} of pool web gets nothing for 30 s: ${reason}. 2 of 3 are well.`,
    ]);
    assert.equal((await live.status('a')).health.state, 'well');
  });

  test('stays while good answers come between the bad ones', async () => {
    await using live = await start('ab');
    const endpoint = live.endpoint('b');
    for (let round = 0; round < 10; round++) {
      endpoint.status = 503;
      const before = endpoint.asked;
      // In turns with the other one, so that it gets no more than four.
      while (endpoint.asked < before + 4) await live.ask();
      endpoint.status = 200;
      const bad = endpoint.asked;
      while (endpoint.asked === bad) await live.ask();
    }
    assert.equal((await live.status('b')).health.changes, 0);
    assert.deepEqual(live.log.matching(/Endpoint/), []);
  });

  test('stays with answers of 500 and of 404, by the usual settings; the preset of Envoy counts 500', async () => {
    await using live = await start('ab');
    for (const status of [500, 404]) {
      live.endpoint('b').status = status;
      for (let sent = 0; sent < 20; sent++) await live.ask();
    }
    assert.equal((await live.status('b')).health.changes, 0);
    await using strict = await start('ab', { outliers: { preset: 'envoy', alwaysOne: true } });
    strict.endpoint('b').status = 500;
    await untilGone(strict, 'b');
    assert.equal((await strict.status('b')).health.reason, '5 answers of status 500 or more in a row');
  });

  test('comes back when its time is over, and is set aside for longer the next time', async () => {
    await using live = await start('ab', { outliers: { baseEjection: '300ms' } });
    const endpoint = live.endpoint('b');
    for (const times of [1, 2, 3]) {
      endpoint.status = 503;
      await untilGone(live, 'b', times);
      const { ejections, health } = await live.status('b');
      // Nothing if it is back already.
      const lasts = ejections.until === null ? undefined : Date.parse(ejections.until) - Date.parse(health.since);
      assert.ok(lasts === undefined || Math.abs(lasts - 300 * times) <= 5, `${lasts} ms`);
      endpoint.status = 200;
      await untilBack(live, 'b', times);
      assert.match(back(live, 'b').at(-1) ?? '', / is well again: the time of its ejection is over\. 2 of 2 are well\.$/);
      await live.sharesBecome(20, [10, 10]);
    }
    assert.deepEqual([gone(live, 'b').length, back(live, 'b').length, (await live.status('b')).ejections.count], [3, 3, 3]);
  });

  test('stays when it is the only one, or the last one: a bad answer is better than none', async () => {
    await using alone = await start('a');
    alone.endpoint('a').status = 503;
    await alone.until(async () => {
      assert.equal((await alone.ask()).body, 'a');
      return fault(spared(alone, 'a').length > 0, 'it is told that it stays');
    });
    for (let sent = 0; sent < 20; sent++) assert.equal((await alone.ask()).body, 'a');
    assert.equal(spared(alone, 'a').length, 1);

    await using live = await start('ab', { outliers: { maxEjected: 100 } });
    for (const name of ['a', 'b']) live.endpoint(name).status = 503;
    await live.until(async () => {
      assert.equal((await live.ask()).body.length, 1);
      return fault(spared(live, 'a').length + spared(live, 'b').length > 0, 'one goes and one stays');
    });
    assert.equal(gone(live, 'a').length + gone(live, 'b').length, 1);
  });

  for (const state of ['down', 'draining'] as const) {
    test(`stays when the others are ${state} by the word of an operator`, async () => {
      await using live = await start('ab');
      await live.change('a', { state });
      live.endpoint('b').status = 503;
      await live.until(async () => {
        assert.equal((await live.ask()).body, 'b');
        return fault(spared(live, 'b').length > 0, 'it is told that it stays');
      });
      assert.equal((await live.status('b')).health.state, 'well');
    });
  }

  test('stays when as many as may be are set aside already', async () => {
    await using live = await start('abcde', { outliers: { maxEjected: 40 } });
    for (const name of 'abcd') live.endpoint(name).status = 503;
    const count = (told: typeof gone): number => [...'abcde'].reduce((sum, name) => sum + told(live, name).length, 0);
    await live.until(async () => {
      await live.ask();
      return fault(count(spared) === 2, 'two of four stay');
    });
    assert.equal(count(gone), 2);
    const sick = (await live.pool()).endpoints.filter(({ health }) => health.state === 'failing');
    assert.equal(sick.length, 2);
  });

  test('is left alone with the preset "none"', async () => {
    await using live = await start('ab', { outliers: 'none' });
    live.endpoint('b').status = 503;
    for (let sent = 0; sent < 40; sent++) await live.ask();
    assert.equal(live.endpoint('b').asked, 20);
    assert.deepEqual(live.log.matching(/Endpoint/), []);
  });

  test('is set aside for connections that it breaks off, while clients hear nothing of it', async () => {
    await using live = await start('ab');
    live.endpoint('b').resets = true;
    await live.until(async () => {
      const { status, body } = await live.ask();
      assert.deepEqual([status, body], [200, 'a']);
      return fault(gone(live, 'b').length > 0, 'it is taken out');
    });
    assert.match(gone(live, 'b')[0] ?? '', /: 5 tries in a row without a whole answer\. 1 of 2 are well\.$/);
    await live.sharesBecome(20, [20, 0]);
  });

  test('is judged by the share of its failures, once in an interval', async () => {
    const failureShare = { threshold: 50, minHosts: 3, volume: 10 };
    await using live = await start('abc', { outliers: { consecutive: 'none', interval: '200ms', failureShare } });
    live.endpoint('c').status = 500;
    await live.until(async () => {
      await Promise.all(Array.from({ length: 90 }, () => live.ask()));
      return fault(gone(live, 'c').length > 0, 'it is taken out');
    });
    assert.match(gone(live, 'c')[0] ?? '', /: 0\.0 % of its tries succeeded, more than 50\.0 % was wanted\. 2 of 3 are well\.$/);
    await live.sharesBecome(20, [10, 10, 0]);
  });

  test('has fail_timeout for itself with the preset of nginx, over both workers', async () => {
    await using live = await start('ab', { outliers: { preset: 'nginx', maxFails: 2, failTimeout: '1h' } });
    live.endpoint('b').status = 503;
    await live.until(async () => {
      await live.ask();
      return fault(live.endpoint('b').asked === 2, 'it has failed twice');
    });
    live.endpoint('b').status = 200;
    assert.deepEqual(await live.shares(40), [40, 0]);
    assert.equal(live.endpoint('b').asked, 2);
  });
});

describe('an endpoint that probes ask', { timeout }, () => {
  const health = { http: '/healthz', interval: '50ms', timeout: '50ms' } as const;
  /** So patient that an endpoint which answers is heard on any machine. */
  const patient = { http: '/healthz', interval: '1s', timeout: '1s', fastInterval: '50ms', rise: 2, fall: 2 } as const;

  test('goes when it fails, and comes back when it passes, each told once', async () => {
    await using live = await start('ab', { health: patient });
    await untilServing(live);
    await live.sharesBecome(20, [10, 10]);
    live.endpoint('b').health = 500;
    await untilGone(live, 'b');
    await live.sharesBecome(20, [20, 0]);
    const { health: known, probe, state } = await live.status('b');
    assert.deepEqual([known.state, probe?.state, state], ['failing', 'down', 'up']);
    assert.match(known.reason ?? '', /500.* \(2 failures in a row\)$/);
    live.endpoint('b').health = 200;
    await untilBack(live, 'b', back(live, 'b').length + 1);
    await live.sharesBecome(20, [10, 10]);
    assert.match(back(live, 'b').at(-1) ?? '', / is well again: 2 probes passed in a row\. 2 of 2 are well\.$/);
    assert.equal(gone(live, 'b').length, 1);
  });

  test('gets nothing before it has passed: the first result decides', async () => {
    const sockets: Socket[] = [];
    await using asked = await listening((socket) => sockets.push(socket));
    const probe = { tcp: { expect: 'PONG' }, port: asked.port, interval: '1h', timeout: '1h' } as const;
    // Panic is about what is known of endpoints, and nothing is known of this one.
    await using live = await start('a', { health: probe, panic: 50 });
    await live.until(() => fault(sockets.length === 1, 'it is asked'));
    for (let sent = 0; sent < 20; sent++) assert.match((await live.ask()).body, /"no-endpoint"/);
    const { health: known, probe: told } = await live.status('a');
    assert.deepEqual([known.state, known.reason, told?.state, told?.last], ['failing', 'no probe has passed yet', 'checking', null]);
    assert.equal(live.endpoint('a').asked, 0);
    sockets[0]?.end('PONG');
    await untilServing(live);
    assert.deepEqual([gone(live, 'a').length, back(live, 'a').length], [0, 1]);
    assert.match(back(live, 'a')[0] ?? '', / is well: a probe passed\. 1 of 1 are well\.$/);
  });

  test('that never passed is told of with the reason, and so is that nobody is left; both ends are told as well', async () => {
    await using live = await start('ab', { health: { ...health, interval: '100ms', http: { path: '/healthz', status: [204] } } });
    const first = (name: string): string =>
      `warn Endpoint ${live.endpoint(name).address} of pool web gets nothing before it passes: the answer was 200. 0 of 2 are well.`;
    await live.until(() => fault(live.log.matching(/^warn Pool/).length > 0, 'it is told that nobody is left'));
    assert.deepEqual(live.log.matching(/^warn Endpoint/).toSorted(), ['a', 'b'].map(first).toSorted());
    assert.deepEqual(live.log.matching(/Pool/), ['warn Pool web has no endpoint left: clients get 503 no-endpoint.']);
    const { health: known, probe } = await live.status('a');
    assert.deepEqual([known.state, known.reason, probe?.state], ['failing', 'the answer was 200', 'down']);
    live.endpoint('a').health = 204;
    await live.until(() => fault(live.log.matching(/^info Pool/).length > 0, 'it is told that somebody is back'));
    assert.deepEqual(live.log.matching(/^info Pool/), ['info Pool web has endpoints again: 1 of 2 endpoints is well.']);
  });

  test('gets traffic at once where it is believed to be up', async () => {
    await using live = await start('ab', { health: { ...health, interval: '1h', timeout: '1s', start: 'up' } });
    assert.deepEqual(await live.shares(20), [10, 10]);
  });

  test('comes back from an ejection with a probe that passes, if it could not be reached', async () => {
    await using live = await start('ab', { health, outliers: { baseEjection: '1h' } });
    await untilServing(live);
    await live.sharesBecome(20, [10, 10]);
    const before = back(live, 'b').length;
    live.endpoint('b').resets = true;
    await untilGone(live, 'b');
    live.endpoint('b').resets = false;
    await untilBack(live, 'b', before + 1);
    assert.match(back(live, 'b').at(-1) ?? '', / is well again: a probe passed\. 2 of 2 are well\.$/);
    await live.sharesBecome(20, [10, 10]);
  });

  test('stays ejected for its time, if it answered with errors or probes are not to end that', async () => {
    await using live = await start('ab', { health, outliers: { baseEjection: '1h' } });
    live.endpoint('b').status = 503;
    await untilGone(live, 'b');
    await untilProbed(live, 'b', 5);
    assert.equal((await live.status('b')).health.state, 'failing');

    await using strict = await start('ab', { health, outliers: { baseEjection: '1h', endOnPass: false } });
    strict.endpoint('b').resets = true;
    await untilGone(strict, 'b');
    await untilProbed(strict, 'b', 5);
    assert.equal((await strict.status('b')).health.state, 'failing');
  });

  test('has its share little by little when it is back', async () => {
    const slowStart = { window: '1h', least: 0.25 } as const;
    await using live = await start('abc', { health, slowStart, outliers: 'none' });
    for (const name of 'abc') await untilBack(live, name);
    live.endpoint('a').health = 500;
    await untilGone(live, 'a');
    live.endpoint('a').health = 200;
    await untilBack(live, 'a', 2);
    // All came back from their first probe: they warm up alike.
    const { share } = await live.status('a');
    assert.ok(share !== null && share > 0);
    await live.until(async () => {
      const [a = 0, b = 0, c = 0] = await live.shares(90);
      return fault(a > 0 && a <= b && a <= c, `${a} is not more than ${b} and ${c}`);
    });
  });

  test('gets traffic although it fails when most do, in panic; or nobody does, where that is wished', async () => {
    await using live = await start('abc', { health, panic: 50 });
    for (const name of 'abc') await untilBack(live, name);
    for (const name of 'ab') live.endpoint(name).health = 500;
    await untilGone(live, 'a');
    await untilGone(live, 'b');
    await live.sharesBecome(30, [10, 10, 10]);
    const panic = 'warn Pool web is in panic, 1 of 3 endpoints is well: health is not heeded, and all of them get traffic.';
    await live.until(() => fault(live.log.matching(/Pool/).includes(panic), 'panic is told of'));
    live.endpoint('a').health = 200;
    await untilBack(live, 'a', 2);
    await live.sharesBecome(30, [15, 0, 15]);
    await live.until(() => fault(live.log.matching(/Pool/).length === 2, 'the end of panic is told of'));
    assert.deepEqual(live.log.matching(/Pool/), [panic, 'info Pool web is out of panic: 2 of 3 endpoints are well.']);

    await using strict = await start('ab', { health, panic: { threshold: 100, action: 'fail' } });
    for (const name of 'ab') await untilBack(strict, name);
    strict.endpoint('b').health = 500;
    await untilGone(strict, 'b');
    await strict.until(async () => fault((await strict.ask()).status === 503, 'nobody gets traffic'));
  });

  test('that never answers is down, and does not hold up the others', async () => {
    await using silent = await listening(() => undefined);
    await using live = await LivePool.start({ endpoints: { a: {}, b: {} }, pool: { health: { ...health, port: silent.port } } });
    await live.until(async () => fault((await probesOf(live, 'a')) >= 3, 'three probes'));
    const { health: known, probe } = await live.status('a');
    assert.equal(known.state, 'failing');
    assert.equal(probe?.timedOut, probe?.failed);
    assert.equal((await live.ask()).status, 503);
  });
});
