// The promise of what happens when all endpoints are gone and come back: refused at once with a time to come back, nothing piles up, served
// again in full within one rise period, and the first one that is back gets no more at once than it may.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Crowd, Open } from './crowd.ts';
import { most, openIn, sendCrowd, usual } from './crowd.ts';
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
  /** Exchanges that each endpoint takes at once. */
  readonly most: number;
  readonly pool: readonly string[];
}

const killed = {
  what: 'killed',
  begin: (endpoint: EndpointProcess) => endpoint.kill(),
  end: async ({ port }: EndpointProcess): Promise<EndpointProcess> => {
    const fresh = await EndpointProcess.start(port);
    await fresh.turn('cold');
    return fresh;
  },
  isFresh: true,
};
const frozen = {
  what: 'frozen',
  begin: (endpoint: EndpointProcess) => endpoint.freeze(),
  end: async (endpoint: EndpointProcess): Promise<EndpointProcess> => {
    endpoint.thaw();
    return endpoint;
  },
  isFresh: false,
};
/** All clients find room at two endpoints, and not at one. */
const roomy = { most: 30, pool: [] };
/** Most of them wait for a place when the last endpoint goes. */
const waiting = { most: 5, pool: ['queue: { size: 100, timeout: 10s }'] };

export const disasters: readonly Disaster[] = [
  { ...killed, ...roomy },
  { ...frozen, ...roomy },
  { ...killed, ...waiting, what: 'killed while clients wait for places' },
];

const clients = { readers: 40, buyers: 4 };
const regulars = clients.readers + clients.buyers;
/** Many times what an answer takes, or a busy machine would be taken for an illness. In milliseconds. */
const perTry = 1000;
const probe = { interval: 400, timeout: 400 };
const pool = [
  `health: { http: /healthz, interval: ${probe.interval}ms, timeout: ${probe.timeout}ms, rise: 2, fall: 2 }`,
  `retry: { on: [500, 502, 503, 504], perTry: ${perTry}ms }`,
  'timeouts: { connect: 1s, response: 5s, body: 5s }',
];
/** Two intervals, 5 % longer by chance, and the time of the last answer. */
const risePeriod = 2 * 1.05 * probe.interval + probe.timeout;
/** What a client has to wait whose tries all meet frozen endpoints, with the waits between them. */
const mostTries = 3 * perTry + 100;
/** For two cores that more than ten processes share. */
const slack = 1000;

export interface DownWeight {
  /** Requests of clients that are there all the time, in each part. */
  readonly requests: number;
  /** Clients who come while all are down. */
  readonly crowd: number;
}

export async function proveAllDown(t: TestContext, disaster: Disaster, { requests, crowd: size }: DownWeight): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const endpoint = `maxConnections: ${disaster.most}`;
  const shop = stack.use(await Shop.open({ endpoints: 3, pool: [...pool, ...disaster.pool], endpoint, isProbed: true }));
  const { evenkeel, endpoints, port } = shop;
  // Clients who are refused rest a little: with none, this process would have the machine to itself.
  const readers = new SteadyLoad({ port, clients: clients.readers, method: 'GET', rest: 20 });
  const buyers = new SteadyLoad({ port, clients: clients.buyers, method: 'POST', rest: 20 });
  await readers.more(requests);
  const before = await openIn(shop);

  // On a machine that stood still for a moment they may have been taken out before.
  const outs = endpoints.map((each) => evenkeel.count(shop.isOut(each)));
  await Promise.all(endpoints.map(disaster.begin));
  await Promise.all(endpoints.map((each, index) => evenkeel.said(shop.isOut(each), 1 + (outs[index] ?? 0))));
  const out = performance.now();
  // What workers see follows what is said within a moment. Who waits for a place hears of it too, and at once.
  await readers.more(2 * clients.readers);
  const down = performance.now();
  assert.ok(down - out <= mostTries + slack, `clients heard of it after ${down - out} ms`);
  const crowd = await sendCrowd(shop, size);
  const refused = readers.since(down);

  const { back, times } = await bringBack(shop, disaster, () => readers.more(requests));
  for (const each of back) stack.use(each);
  const full = performance.now();
  await readers.more(requests);
  await Promise.all([readers.stop(), buyers.stop()]);

  const served = readers.since(full);
  proveRefused(t, disaster, { refused, crowd, before });
  await proveBack(t, disaster, { back, times, served });
  assertNeverTwice([...new Set([...endpoints, ...back])]);
}

interface Return {
  readonly back: readonly EndpointProcess[];
  /** Milliseconds until each got traffic again. */
  readonly times: readonly number[];
}

/** One alone for as long as `meanwhile` takes, and then the others. */
async function bringBack(shop: Shop, { end }: Disaster, meanwhile: () => Promise<void>): Promise<Return> {
  const back: EndpointProcess[] = [];
  const times: number[] = [];
  for (const [index, endpoint] of shop.endpoints.entries()) {
    const backs = shop.evenkeel.count(shop.isBack(endpoint));
    back.push(await end(endpoint));
    const began = performance.now();
    await shop.evenkeel.said(shop.isBack(endpoint), backs + 1);
    times.push(performance.now() - began);
    if (index === 0) await meanwhile();
  }
  await shop.allAnswer();
  return { back, times };
}

interface Refusals {
  /** Of the clients who are there all the time. */
  readonly refused: readonly Outcome[];
  readonly crowd: Crowd;
  /** What was open while all was well. */
  readonly before: Open;
}

function proveRefused(t: TestContext, { what }: Disaster, { refused, crowd: { answers, looks }, before }: Refusals): void {
  const grew = most(looks, 'resident') - before.resident;
  const exchanges = usual(looks, 'exchanges');
  const sockets = usual(looks, 'sockets');
  const crowdTook = quantile(
    answers.map(({ took }) => took),
    0.5,
  );
  t.diagnostic(
    `${what}: ${refused.length} refused, half of them within ${tookAt(refused, 0.5)} ms, nine tenths within ${tookAt(refused, 0.9)} ms; ` +
      `of a crowd of ${answers.length} half within ${crowdTook} ms; meanwhile ${exchanges} exchanges on (${most(looks, 'exchanges')} at most), ` +
      `${sockets} sockets open (${most(looks, 'sockets')} at most, ${before.sockets} before), ${grew} MiB more memory at most`,
  );
  for (const { detail } of refused) assert.match(detail, /^503 .*"no-endpoint"/);
  for (const { status, retryAfter } of answers) assert.deepEqual([status, retryAfter], [503, '1']);
  assert.ok(tookAt(refused, 0.5) < 100 && tookAt(refused, 0.9) < perTry, 'nobody waited for an endpoint');
  // Who waited for a try to fail would be one of hundreds at a time.
  assert.ok(exchanges <= regulars, `${exchanges} exchanges were on`);
  assert.ok(sockets <= before.sockets + regulars, `${sockets} sockets were open`);
  // What a worker has for young objects may be in use at one time and not at another.
  assert.ok(grew <= 128, `memory grew by ${grew} MiB`);
}

async function proveBack(
  t: TestContext,
  { isFresh, most: limit }: Disaster,
  { back, times, served }: Return & { readonly served: readonly Outcome[] },
): Promise<void> {
  const lost = served.filter(({ kind }) => kind === 'failed');
  const [first] = back;
  const atOnce = isFresh ? await first?.mostAtOnce() : undefined;
  t.diagnostic(
    `back after ${times.map(Math.round).join(', ')} ms (${risePeriod} ms are configured); ` +
      `${atOnce === undefined ? '' : `the first one had ${atOnce} of ${regulars} clients at once (${limit} are configured); `}` +
      `then ${lost.length} of ${served.length} lost`,
  );
  for (const time of times) assert.ok(time <= risePeriod + slack, `an endpoint was back after ${time} ms`);
  if (atOnce !== undefined) assert.ok(atOnce > 0 && atOnce <= limit, `the first one back had ${atOnce} at once`);
  assert.deepEqual(lost, []);
}

/** Milliseconds within which such a share of them was answered. */
const tookAt = (outcomes: readonly Outcome[], share: number): number =>
  quantile(
    outcomes.map(({ begunAt, endedAt }) => endedAt - begunAt),
    share,
  );

function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((one, other) => one - other);
  return Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
}
