// Shares through the running balancer, over real sockets: who gets how much, with every policy, by weight and by capacity, over one worker
// and over two.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allPolicies } from '../../src/domain/balancing/policy-settings.ts';
import type { BytePeer } from '../support/byte-peer.ts';
import { times } from '../support/endpoints.ts';
import { answerOf } from '../support/scripted-endpoint.ts';
import { countOf, Fleet, placeAsked, placesAsked, ServedPool } from '../support/served-pool.ts';

const timeout = 120_000;

const first = (clients: readonly BytePeer[]): BytePeer => clients[0] as BytePeer;
const last = (clients: readonly BytePeer[]): BytePeer => clients.at(-1) as BytePeer;

/** Each asked in turn, so that both workers have a part in whatever it is. */
async function inTurns(clients: readonly BytePeer[], count: number): Promise<number[]> {
  const places: number[] = [];
  for (let index = 0; index < count; index++) places.push(await placeAsked(clients[index % clients.length] as BytePeer));
  return places;
}

/** Independent draws: not even one run in a hundred million is seven standard deviations away. */
function assertDrawn(counts: readonly number[], shares: readonly number[], what: string): void {
  const total = counts.reduce((sum, count) => sum + count, 0);
  counts.forEach((count, place) => {
    const share = shares[place] ?? 0;
    const far = Math.abs(count - total * share) / Math.sqrt(total * share * (1 - share));
    assert.ok(far < 7, `${what}: ${counts} of ${total} with shares ${shares}`);
  });
}

const weights = [1, 2, 5];
const shares = weights.map((weight) => weight / 8);
const weighted = (fleet: Fleet): readonly object[] => fleet.addresses.map((address, place) => ({ address, weight: weights[place] }));

describe('every policy', { timeout }, () => {
  for (const { name, keyedOn } of allPolicies) {
    test(`${name} has all requests answered by endpoints of the pool`, async () => {
      await using fleet = await Fleet.open(4);
      await using here = await ServedPool.start({ endpoints: fleet.addresses, pool: { balance: name } });
      const clients = await Promise.all(times(4, () => here.connect()));
      const places = (await Promise.all(clients.map((client) => placesAsked(client, 50)))).flat();
      assert.equal(
        countOf(places, 4).reduce((sum, count) => sum + count, 0),
        200,
      );
      // One client, so one key.
      if (keyedOn !== undefined) assert.equal(new Set(places).size, 1);
      for (const client of clients) client.close();
    });
  }
});

describe('a pool with little to choose from, under every policy', { timeout }, () => {
  for (const { name } of allPolicies) {
    test(`${name} sends all to the one endpoint that is there, and says so when nobody is up`, async () => {
      await using fleet = await Fleet.open(2);
      await using here = await ServedPool.start({ endpoints: fleet.addresses, pool: { balance: name } });
      await using client = await here.connect();
      here.set(0, 'down');
      assert.deepEqual(countOf(await placesAsked(client, 20), 2), [0, 20]);
      here.set(1, 'draining');
      for (let round = 0; round < 5; round++) await assert.rejects(placeAsked(client), /503/);
      here.set(0, 'up');
      await here.look(client);
      assert.deepEqual(countOf(await placesAsked(client, 20), 2), [20, 0]);

      here.weigh(0, 0);
      here.weigh(1, 0);
      await here.look(client);
      await assert.rejects(placeAsked(client), /503/);
      await using alone = await ServedPool.start({ endpoints: fleet.addresses.slice(1), pool: { balance: name } });
      await using other = await alone.connect();
      assert.deepEqual(countOf(await placesAsked(other, 20), 2), [0, 20]);
    });
  }
});

describe('turns by weight', { timeout }, () => {
  for (const threads of [1, 2]) {
    test(`are exact over ${threads} worker${threads > 1 ? 's' : ''}, whoever gets the requests`, async () => {
      await using fleet = await Fleet.open(3);
      await using here = await ServedPool.start({ endpoints: weighted(fleet), threads });
      const clients = await here.connectToEach();
      assert.equal(clients.length, threads);
      assert.deepEqual(countOf(await inTurns(clients, 160), 3), [20, 40, 100]);
      // Not a whole number of cycles through each of the workers, but through both together.
      for (let round = 0; round < 12; round++) {
        const some = 1 + (round % 15);
        const places = [...(await placesAsked(first(clients), some)), ...(await placesAsked(last(clients), 16 - some))];
        assert.deepEqual(countOf(places, 3), [2, 4, 10]);
      }
      for (const client of clients) client.close();
    });
  }

  test('of equal weights follow each other whichever worker is asked', async () => {
    await using fleet = await Fleet.open(5);
    await using here = await ServedPool.start({ endpoints: fleet.addresses, threads: 2 });
    const clients = await here.connectToEach();
    const places: number[] = [];
    for (let index = 0; index < 60; index++) places.push(await placeAsked(index % 7 < 3 ? first(clients) : last(clients)));
    places.forEach((place, index) => {
      if (index > 0) assert.equal(place, ((places[index - 1] ?? 0) + 1) % 5);
    });
    for (const client of clients) client.close();
  });

  test('follow from capacities; an endpoint without one counts as an average machine', async () => {
    await using fleet = await Fleet.open(4);
    const capacities = [100, 300, undefined, 200];
    const endpoints = fleet.addresses.map((address, place) => {
      const capacity = capacities[place];
      return capacity === undefined ? { address } : { address, capacity };
    });
    await using here = await ServedPool.start({ endpoints, threads: 2 });
    const clients = await here.connectToEach();
    assert.deepEqual(countOf(await inTurns(clients, 80), 4), [10, 30, 20, 20]);
    for (const client of clients) client.close();
  });

  test('of a huge weight are practically all', async () => {
    await using fleet = await Fleet.open(3);
    const endpoints = fleet.addresses.map((address, place) => ({ address, weight: [1_000_000, 0.5, 0.25][place] }));
    await using here = await ServedPool.start({ endpoints });
    await using client = await here.connect();
    const [huge = 0] = countOf(await placesAsked(client, 200), 3);
    // The others have one turn in a million together, and a cycle may begin with any.
    assert.ok(huge >= 198, `${huge} of 200`);
  });

  test('of fractions are exact', async () => {
    await using fleet = await Fleet.open(3);
    const endpoints = fleet.addresses.map((address, place) => ({ address, weight: [0.5, 1.5, 2][place] }));
    await using here = await ServedPool.start({ endpoints });
    await using client = await here.connect();
    assert.deepEqual(countOf(await placesAsked(client, 160), 3), [20, 60, 80]);
  });

  test('give nothing to an endpoint of weight 0', async () => {
    await using fleet = await Fleet.open(3);
    const endpoints = fleet.addresses.map((address, place) => ({ address, weight: place }));
    await using here = await ServedPool.start({ endpoints, threads: 2 });
    const clients = await here.connectToEach();
    assert.deepEqual(countOf(await inTurns(clients, 60), 3), [0, 20, 40]);
    for (const client of clients) client.close();
  });
});

describe('shares by weight', { timeout }, () => {
  // Policies that learn from answers see how long these take on this machine, and keyed ones see keys.
  for (const name of ['weighted-random', 'least-connections', 'power-of-two-choices', 'utilisation'] as const) {
    for (const threads of [1, 2]) {
      test(`${name} keeps to them over ${threads} worker${threads > 1 ? 's' : ''} of an idle pool`, async () => {
        await using fleet = await Fleet.open(3);
        await using here = await ServedPool.start({ endpoints: weighted(fleet), pool: { balance: name }, threads });
        const clients = await here.connectToEach();
        assertDrawn(countOf(await inTurns(clients, 800), 3), shares, name);
        for (const client of clients) client.close();
      });
    }
  }

  test('random heeds none', async () => {
    await using fleet = await Fleet.open(3);
    await using here = await ServedPool.start({ endpoints: weighted(fleet), pool: { balance: 'random' } });
    await using client = await here.connect();
    assertDrawn(countOf(await placesAsked(client, 600), 3), [1 / 3, 1 / 3, 1 / 3], 'random');
  });
});

describe('least connections', { timeout }, () => {
  test('counts what both workers have in flight: held requests stand in proportion to weights', async () => {
    let arrived: () => void = () => undefined;
    let held = 0;
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: all, resolve: allAreHeld } = Promise.withResolvers<void>();
    await using fleet = await Fleet.open(3, (place) => async (peer) => {
      await peer.request();
      if (++held === 32) allAreHeld();
      arrived();
      await released;
      peer.send(answerOf(String(place)));
    });
    await using here = await ServedPool.start({ endpoints: weighted(fleet), pool: { balance: 'least-connections' }, threads: 2 });
    const clients: BytePeer[] = [];
    while (clients.length < 32) {
      const next = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const client = await here.connect();
      client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
      clients.push(client);
      await next;
    }
    await all;
    assert.deepEqual(
      weights.map((_, place) => here.board.inFlight(place)),
      [4, 8, 20],
    );
    release();
    const places = await Promise.all(clients.map(async (client) => Number((await client.answer()).body)));
    assert.deepEqual(countOf(places, 3), [4, 8, 20]);
    for (const client of clients) client.close();
  });
});
