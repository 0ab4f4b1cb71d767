// Exchanges that find no place in their pool wait for one over real sockets, those with the least time first, or are told at once.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { balanced, eventually } from '../support/balanced.ts';
import { HoldingEndpoint } from '../support/holding-endpoint.ts';
import { Planes } from '../support/planes.ts';

const timeout = 60_000;
const get = (path: string, waits: string): string => `GET ${path} HTTP/1.1\r\nHost: a.test\r\nX-Timeout: ${waits}\r\n\r\n`;

for (const [what, limit] of [
  ['a pool', (address: string) => ({ endpoints: [address], maxRequests: 1 })],
  ['its endpoint', (address: string) => ({ endpoints: [{ address, maxConnections: 1 }] })],
] as const) {
  describe(`where ${what} takes one at a time`, { timeout }, () => {
    const open = (endpoint: HoldingEndpoint, size: number) =>
      balanced({
        endpoints: [endpoint],
        pool: { ...limit(endpoint.address), queue: { size, timeout: '30s' }, deadline: { header: 'x-timeout' } },
      });

    test('the others wait, and whoever has the least time is next', async () => {
      await using endpoint = await HoldingEndpoint.open('a');
      await using here = await open(endpoint, 5);
      await using first = await here.connect();
      first.send(get('/held', '40s'));
      const peer = await endpoint.held();
      await using patient = await here.connect();
      patient.send(get('/patient', '30s'));
      await eventually(() => here.pool.queued === 1, 'one waits');
      await using hasty = await here.connect();
      hasty.send(get('/hasty', '20s'));
      await eventually(() => here.pool.queued === 2, 'two wait');
      endpoint.answer(peer);
      for (const client of [first, hasty, patient]) assert.match((await client.answer()).startLine, /^HTTP\/1\.1 200 /);
      assert.deepEqual(endpoint.requests, ['GET /held HTTP/1.1', 'GET /hasty HTTP/1.1', 'GET /patient HTTP/1.1']);
    });

    test('who finds no room to wait is told at once, and when to come back', async () => {
      await using endpoint = await HoldingEndpoint.open('a');
      await using here = await open(endpoint, 1);
      await using first = await here.connect();
      first.send(get('/held', '30s'));
      const peer = await endpoint.held();
      await using second = await here.connect();
      second.send(get('/second', '20s'));
      await eventually(() => here.pool.queued === 1, 'one waits');
      const refused = await here.ask(get('/third', '25s'));
      assert.match(refused, /^HTTP\/1\.1 503 .*\r\nRetry-After: 1\r\n.*"pool-saturated"/s);
      endpoint.answer(peer);
      for (const client of [first, second]) assert.match((await client.answer()).startLine, /^HTTP\/1\.1 200 /);
    });
  });
}

for (const [what, limit] of [
  ['a pool', { maxRequests: 1 }],
  ['its endpoint', { maxConnections: 1 }],
] as const) {
  test(`where ${what} takes one at a time, who waits is told at once when the last endpoint goes, and so is whoever comes`, {
    timeout,
  }, async () => {
    await using endpoint = await HoldingEndpoint.open('a');
    const isPools = 'maxRequests' in limit;
    const address = { address: endpoint.address, ...(isPools ? {} : limit) };
    const queue = { size: 5, timeout: '30s' };
    await using here = await Planes.start({ pools: { web: { endpoints: [address], queue, ...(isPools ? limit : {}) } } });
    await using first = await here.connect();
    first.send(get('/held', '30s'));
    const peer = await endpoint.held();
    await using second = await here.connect();
    second.send(get('/second', '30s'));
    await eventually(() => here.totals.pools[0]?.queued === 1, 'one waits');

    here.set(0, 'down');
    assert.match((await second.answer()).body, /"no-endpoint"/);
    assert.match(await here.ask(get('/third', '30s')), /^HTTP\/1\.1 503 .*\r\nRetry-After: 1\r\n.*"no-endpoint"/s);

    // What was on goes on, and its place is free again.
    endpoint.answer(peer);
    assert.match((await first.answer()).startLine, /^HTTP\/1\.1 200 /);
    here.set(0, 'up');
    assert.match(await here.ask(get('/fourth', '30s')), /^HTTP\/1\.1 200 /);
  });
}
