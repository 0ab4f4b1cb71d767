// Two workers before endpoints that fail in every way, with all that there is against it at once: retries, hedges, breakers, limits and a waiting room
// or another pool. Whatever chance makes of it: each client gets one whole answer or a named failure, nothing that may do harm arrives twice, and
// nothing is left of it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import type { WrittenDocument } from '../../src/control-plane/configuration/document.ts';
import type { Random } from '../../src/foundation/basics/random.ts';
import { seeded } from '../../src/foundation/basics/random.ts';
import { eventually } from '../support/balanced.ts';
import { times } from '../support/endpoints.ts';
import { canCountDescriptors, openDescriptors } from '../support/leaks/open-descriptors.ts';
import { WheelWatch } from '../support/leaks/wheel-watch.ts';
import { idle, Planes } from '../support/planes.ts';
import type { Asked, Fate } from '../support/troubles/troubled-client.ts';
import { hearOf, sendSomehow, someRequest } from '../support/troubles/troubled-client.ts';
import { TroubledEndpoint } from '../support/troubles/troubled-endpoint.ts';

const timeout = 120_000;
const workers = 2;
const clientsAtOnce = 24;
const exchanges = 1300;
const attempts = 3;
const maxRequests = 16;

type Pool = WrittenDocument['pools'][string];

const breaker = {
  window: '1s',
  leastCalls: 5,
  failures: 60,
  slowAfter: '400ms',
  open: '20ms',
  mostOpen: '100ms',
  trials: 2,
  rounds: 2,
} as const;
const troubledPool: Omit<Pool, 'endpoints'> = {
  balance: 'least-connections',
  retry: {
    attempts,
    on: [503],
    perTry: '300ms',
    within: '1200ms',
    body: '16KiB',
    backoff: { base: '2ms' },
    budget: { share: 50, perSecond: 20 },
  },
  hedge: { quantile: 0.6, least: '2ms', share: 30 },
  breaker: { ...breaker, leastCalls: 15, failures: 60 },
  endpointBreaker: breaker,
  maxRequests,
  deadline: { header: 'x-timeout' },
  outliers: 'none',
  timeouts: { connect: '500ms', response: '1s', body: '1s', tunnel: '30s' },
  connections: { idleTimeout: '500ms' },
};

interface Story {
  readonly asked: Asked;
  readonly fate: Fate;
}

/** One connection with one to four requests, some of which are sent ahead. */
async function oneClient(here: Planes, worker: number, random: Random, nextId: () => string): Promise<readonly Story[]> {
  const client = await here.connect(worker);
  // A reset may come before its end, which is about all the same.
  const gone = once(client.socket, 'close').catch(() => undefined);
  const stories: Story[] = [];
  const requests = times(1 + Math.floor(random() * 4), () => someRequest(nextId(), random));
  const isAhead = random() < 0.3;
  try {
    if (isAhead) for (const asked of requests) client.send(asked.sent);
    for (const asked of requests) {
      const stays = isAhead || (await sendSomehow(client, asked, random));
      if (stays && random() < 0.05) client.close();
      if (!stays || client.socket.destroyed) {
        stories.push({ asked, fate: 'left' });
        break;
      }
      const { fate, goesOn } = await hearOf(client, asked);
      stories.push({ asked, fate });
      if (!goesOn) break;
    }
  } finally {
    client.close();
  }
  await gone;
  return stories;
}

interface Troubles {
  readonly stories: readonly Story[];
  /** By the number of a request: at which endpoints it arrived. */
  readonly arrivals: ReadonlyMap<string, readonly number[]>;
}

async function makeTroubles(here: Planes, endpoints: readonly TroubledEndpoint[], seed: number): Promise<Troubles> {
  let made = 0;
  const stories: Story[] = [];
  await Promise.all(
    times(clientsAtOnce, async (place) => {
      const random = seeded(1000 * seed + place);
      while (made < exchanges) stories.push(...(await oneClient(here, place % workers, random, () => `n${made++}`)));
    }),
  );
  const arrivals = new Map<string, number[]>();
  for (const [place, endpoint] of endpoints.entries())
    for (const id of endpoint.arrivals) arrivals.set(id, [...(arrivals.get(id) ?? []), place]);
  return { stories, arrivals };
}

function checkArrivals({ stories, arrivals }: Troubles, pools: number): void {
  for (const { asked, fate } of stories) {
    const places = arrivals.get(asked.id) ?? [];
    if (!asked.isRepeatable) assert.ok(places.length <= 1, `${asked.method} ${asked.id} arrived at ${places}`);
    // A connection that was kept too long is excused once in each pool, and its endpoint asked again.
    assert.ok(places.length <= pools * (attempts + 1), `${asked.method} ${asked.id} arrived at ${places}`);
    assert.ok(places.length - new Set(places).size <= pools, `${asked.method} ${asked.id} arrived at ${places}`);
    if (fate === 'answered' || fate === 'tunnelled') assert.ok(places.length > 0, `${asked.id} was answered by nobody`);
  }
}

/** Nothing is held any more: the pool has as many places as ever, in its first so many endpoints. */
async function checkPlaces(here: Planes, endpoints: readonly TroubledEndpoint[], count: number): Promise<void> {
  for (const endpoint of endpoints) endpoint.isWell = true;
  const get = 'GET / HTTP/1.1\r\nHost: a.test\r\nX-Id: well\r\n\r\n';
  for (let round = 0; round < 50; round++) {
    // Breakers close again, of the pool and of each endpoint; on a busy machine they may open once more for what is slow.
    for (let good = 0; good < 40; ) good = (await here.ask(get, good % workers)).startsWith('HTTP/1.1 200 ') ? good + 1 : 0;
    if (await haveAllPlaces(here, count)) return;
  }
  assert.fail('Some place is missing for good.');
}

async function haveAllPlaces(here: Planes, count: number): Promise<boolean> {
  const unfinished = 'PUT / HTTP/1.1\r\nHost: a.test\r\nX-Id: held\r\nContent-Length: 5\r\n\r\n1234';
  const clients = await Promise.all(times(maxRequests, (place) => here.connect(place % workers)));
  for (const client of clients) client.send(unfinished);
  const inFlight = (most?: number): number =>
    here
      .each('inFlight')
      .slice(0, most)
      .reduce((sum, each) => sum + each, 0);
  await eventually(() => inFlight() === maxRequests || clients.some(({ received }) => received !== ''), 'all are served or one is not');
  const areAll = inFlight(count) === maxRequests;
  for (const client of clients) client.send('5');
  await Promise.all(clients.map((client) => client.answer()));
  for (const client of clients) client.close();
  await idle(here.board);
  return areAll;
}

function checkFigures(here: Planes, { stories }: Troubles): void {
  for (const { attempts: begun, succeeded, failed, ignored, inFlight } of here.totals.endpoints)
    assert.deepEqual([begun, inFlight], [succeeded + failed + ignored, 0], 'every try had one end');
  const count = (fate: Fate): number => stories.filter((each) => each.fate === fate).length;
  for (const fate of ['answered', 'refused', 'left'] as const) assert.ok(count(fate) > 0, `some were ${fate}`);
  assert.ok(count('broken') <= (here.totals.listeners[0]?.brokenAnswers ?? 0), 'no answer was lost that was not broken off');
  assert.ok(
    here.each('retries').some((retries) => retries > 0),
    'some were tried again',
  );
}

describe('2,000 exchanges with endpoints that fail in every way', { timeout }, () => {
  const worlds: Readonly<Record<string, { readonly web: object; readonly spare?: object }>> = {
    'where exchanges wait for a place': { web: { queue: { size: 20, timeout: '200ms', priority: { header: 'x-id' } } } },
    'where another pool stands in': { web: { backup: 'spare' }, spare: {} },
  };
  for (const [index, [what, { web, spare }]] of Object.entries(worlds).entries()) {
    test(`leave nothing behind, ${what}`, async () => {
      const descriptors = openDescriptors();
      using wheels = new WheelWatch();
      {
        await using stack = new AsyncDisposableStack();
        const endpoints: TroubledEndpoint[] = [];
        for (let place = 0; place < 6; place++) endpoints.push(stack.use(await TroubledEndpoint.open(100 * index + place)));
        const addresses = endpoints.map(({ address }) => ({ address, maxConnections: 5 }));
        const nowhere = { address: 'unix:/nowhere.sock' };
        const pools = {
          web: { ...troubledPool, ...web, endpoints: [...addresses.slice(0, spare === undefined ? 6 : 4), nowhere] },
          ...(spare === undefined ? {} : { spare: { ...troubledPool, ...spare, endpoints: [nowhere, ...addresses.slice(4)] } }),
        };
        const here = stack.use(await Planes.start({ pools, workers }));
        const troubles = await makeTroubles(here, endpoints, index + 1);
        checkArrivals(troubles, Object.keys(pools).length);
        await idle(here.board);
        checkFigures(here, troubles);
        await checkPlaces(here, endpoints, pools.web.endpoints.length);
        await eventually(() => here.totals.listeners[0]?.openConnections === 0 && wheels.running === 0, 'nobody is waited for');
      }
      if (canCountDescriptors) await eventually(() => openDescriptors() <= descriptors, 'every descriptor is closed');
    });
  }
});
