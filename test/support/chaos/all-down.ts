// The promise of what happens when all endpoints are gone and come back: refused at once with a time to come back, served again in full within
// one rise period, and the first one that is back gets no more at once than it may.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { EndpointProcess } from './endpoint-process.ts';
import { Shop } from './shop.ts';
import { assertNeverTwice } from './sick-endpoint.ts';
import type { Outcome } from './steady-load.ts';
import { SteadyLoad } from './steady-load.ts';

export interface Disaster {
  readonly what: string;
  readonly begin: (endpoint: EndpointProcess) => Promise<void> | void;
  /** Resolves with the endpoint as it is back, which may be another process. */
  readonly end: (endpoint: EndpointProcess) => Promise<EndpointProcess>;
  /** What it gets when it is back can be counted: it has nothing from before. */
  readonly isFresh: boolean;
}

export const disasters: readonly Disaster[] = [
  {
    what: 'killed',
    begin: (endpoint) => endpoint.kill(),
    end: async ({ port }) => {
      const fresh = await EndpointProcess.start(port);
      await fresh.turn('cold');
      return fresh;
    },
    isFresh: true,
  },
  {
    what: 'frozen',
    begin: (endpoint) => endpoint.freeze(),
    end: async (endpoint) => {
      endpoint.thaw();
      return endpoint;
    },
    isFresh: false,
  },
];

const clients = 40;
/** All clients find room at three endpoints, and not at one. */
const most = 20;
const perTry = 250;
const pool = [
  'health: { http: /healthz, interval: 200ms, timeout: 150ms, rise: 2, fall: 2 }',
  `retry: { on: [500, 502, 503, 504], perTry: ${perTry}ms }`,
  'timeouts: { connect: 250ms, response: 1s, body: 1s }',
];
/** Two intervals, 5 % longer by chance, and the time of the last answer. */
const risePeriod = 2 * 210 + 150;
/** For two cores that more than ten processes share. */
const slack = 1000;

export async function proveAllDown(t: TestContext, { what, begin, end, isFresh }: Disaster, requests: number): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const shop = stack.use(await Shop.open({ endpoints: 3, pool, endpoint: `maxConnections: ${most}`, isProbed: true }));
  const { evenkeel, endpoints } = shop;
  // Clients who are refused rest a little: with none, this process would have the machine to itself.
  const readers = new SteadyLoad({ port: shop.port, clients, method: 'GET', rest: 20 });
  const buyers = new SteadyLoad({ port: shop.port, clients: 4, method: 'POST', rest: 20 });
  await readers.more(requests);

  await Promise.all(endpoints.map(begin));
  await Promise.all(endpoints.map((endpoint) => evenkeel.said(shop.isOut(endpoint))));
  // What workers see follows what is said within a moment.
  await readers.more(2 * clients);
  const down = performance.now();
  await readers.more(requests);
  const retryAfter = (await fetch(`http://127.0.0.1:${shop.port}/`)).headers.get('retry-after');
  const refused = readers.since(down);

  // One alone for as long as so many requests take, and then the others.
  const back: EndpointProcess[] = [];
  const times: number[] = [];
  for (const [index, endpoint] of endpoints.entries()) {
    const fresh = stack.use(await end(endpoint));
    const began = performance.now();
    await evenkeel.said(shop.isBack(endpoint), 2);
    times.push(performance.now() - began);
    back.push(fresh);
    if (index === 0) await readers.more(requests);
  }
  await shop.allAnswer();
  const full = performance.now();
  await readers.more(requests);
  await Promise.all([readers.stop(), buyers.stop()]);

  const served = readers.since(full);
  const lost = served.filter(({ kind }) => kind === 'failed');
  const atOnce = isFresh ? await (back[0] as EndpointProcess).mostAtOnce() : undefined;
  t.diagnostic(
    `${what}: ${refused.length} refused, half of them within ${tookAt(refused, 0.5)} ms, nine tenths within ${tookAt(refused, 0.9)} ms; ` +
      `back after ${times.map(Math.round).join(', ')} ms (${risePeriod} ms are configured); ` +
      `${atOnce === undefined ? '' : `the first one had ${atOnce} of ${clients + 4} clients at once (${most} are configured); `}` +
      `then ${lost.length} of ${served.length} lost`,
  );
  assert.equal(retryAfter, '1');
  for (const { detail } of refused) assert.match(detail, /^503 .*"no-endpoint"/);
  assert.ok(tookAt(refused, 0.9) < perTry, 'nobody waited for an endpoint');
  for (const time of times) assert.ok(time <= risePeriod + slack, `an endpoint was back after ${time} ms`);
  if (atOnce !== undefined) assert.ok(atOnce > 0 && atOnce <= most, `the first one back had ${atOnce} at once`);
  assert.deepEqual(lost, []);
  assertNeverTwice([...new Set([...endpoints, ...back])]);
}

/** Milliseconds within which such a share of them was answered. */
function tookAt(outcomes: readonly Outcome[], share: number): number {
  const times = outcomes.map(({ begunAt, endedAt }) => endedAt - begunAt).sort((one, other) => one - other);
  return Math.round(times[Math.floor(times.length * share)] ?? 0);
}
