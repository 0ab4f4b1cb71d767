// Sessions of the application that are learned, and peers that name the endpoint.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { poolCounter } from '../../src/domain/endpoints/scoreboard.ts';
import { both, cookieOf, counted, first, placeKept, timeout, world } from '../support/live/sticky-world.ts';
import type { Asked } from '../support/served-pool.ts';
import { countOf, exchange, placeAsked, placesAsked } from '../support/served-pool.ts';

describe('a session that is learned', { timeout }, () => {
  const forms = {
    'from a cookie': { session: 'cookie:SID', carry: (id: string): Asked => ({ lines: [`Cookie: SID=${id}`] }) },
    'from a header': { session: 'header:X-Session', carry: (id: string): Asked => ({ lines: [`x-session: ${id}`] }) },
  } as const;

  for (const [title, { session, carry }] of Object.entries(forms)) {
    test(`${title} is known to both workers from the answer on, and nothing is added to it`, async () => {
      await using here = await world({ session });
      const [one, two] = both(here);
      for (let nth = 0; nth < 20; nth++) {
        const answer = await exchange(nth % 2 === 0 ? one : two, { target: `/login/s${nth}` });
        assert.deepEqual(
          answer.lines.filter((line) => line.startsWith('Set-Cookie')),
          [`Set-Cookie: SID=s${nth}; Path=/`],
        );
        for (const client of [two, one, two]) assert.equal(await placeAsked(client, carry(`s${nth}`)), Number(answer.body));
      }
      // Begun by turns, as anything without a session.
      assert.equal(counted(here.here, poolCounter.sessionsKept), 60);
    });

    test(`${title} that nobody has heard of stays where its first exchange went`, async () => {
      await using here = await world({ session });
      const [one, two] = both(here);
      for (const id of ['unknown', 'x'.repeat(4096), '__proto__', '"quoted"']) {
        const place = await placeAsked(one, carry(id));
        for (const client of [two, one, two, two]) assert.equal(await placeAsked(client, carry(id)), place);
      }
    });

    test(`${title} that is empty is none`, async () => {
      await using here = await world({ session });
      assert.deepEqual(countOf(await placesAsked(first(here.clients), 8, () => carry('')), 4), [2, 2, 2, 2]);
    });

    test(`${title} stays with an endpoint that drains, and moves once when it is down`, async () => {
      await using here = await world({ session });
      const [one, two] = both(here);
      const place = await placeAsked(one, { target: '/login/s1' });
      here.here.set(place, 'draining');
      for (const client of [one, two]) {
        assert.equal(await placeAsked(client, carry('s1')), place);
        assert.ok(!(await placesAsked(client, 12)).includes(place));
      }
      here.here.set(place, 'down');
      const next = await placeAsked(two, carry('s1'));
      assert.notEqual(next, place);
      here.here.set(place, 'up');
      for (const client of [one, two, one]) assert.equal(await placeAsked(client, carry('s1')), next);
      assert.equal(counted(here.here, poolCounter.sessionsMoved), 1);
    });

    test(`${title} that the application replaces is followed`, async () => {
      await using here = await world({ session });
      const [one, two] = both(here);
      const place = await placeAsked(one, { target: '/login/old' });
      assert.equal(await placeAsked(two, { ...carry('old'), target: '/login/new' }), place);
      for (const client of [one, two]) assert.equal(await placeAsked(client, carry('new')), place);
    });
  }
});

describe('an override', { timeout }, () => {
  const override = { header: 'X-Endpoint', trust: ['127.0.0.0/8'] };
  const naming = (address: string | undefined, more: readonly string[] = []): Asked => ({ lines: [`x-endpoint: ${address}`, ...more] });

  test('by a trusted peer names the endpoint, in both workers', async () => {
    await using here = await world(undefined, { pool: { override } });
    for (const client of here.clients) {
      for (const [place, address] of here.fleet.addresses.entries()) {
        for (let round = 0; round < 3; round++) assert.equal(await placeAsked(client, naming(address)), place);
      }
    }
    assert.equal(counted(here.here, poolCounter.overrides), 24);
  });

  test('by anybody else is not looked at', async () => {
    await using here = await world(undefined, { pool: { override: { ...override, trust: ['192.0.2.0/24', '::1'] } } });
    const address = here.fleet.addresses[1];
    // What a client says of others makes it no one else.
    const asked = naming(address, ['X-Forwarded-For: 192.0.2.1']);
    assert.deepEqual(countOf(await placesAsked(first(here.clients), 8, () => asked), 4), [2, 2, 2, 2]);
    assert.equal(counted(here.here, poolCounter.overrides), 0);
  });

  test('that names nobody of the pool, or one that is down, leaves the choice to the policy', async () => {
    await using here = await world(undefined, { pool: { override } });
    for (const name of ['127.0.0.1:1', '', '__proto__', '1', 'x'.repeat(4096)]) {
      assert.deepEqual(countOf(await placesAsked(first(here.clients), 8, () => naming(name)), 4), [2, 2, 2, 2]);
    }
    here.here.set(1, 'down');
    assert.ok(!(await placesAsked(first(here.clients), 12, () => naming(here.fleet.addresses[1]))).includes(1));
    here.here.set(1, 'draining');
    assert.equal(await placeAsked(first(here.clients), naming(here.fleet.addresses[1])), 1);
  });

  test('goes before a session', async () => {
    await using here = await world({ cookie: 'SERVER' }, { pool: { override } });
    const answer = await exchange(first(here.clients));
    const cookie = cookieOf(answer);
    const place = (Number(answer.body) + 1) % 4;
    const lines = [`Cookie: ${cookie}`];
    assert.equal(await placeAsked(first(here.clients), naming(here.fleet.addresses[place], lines)), place);
    assert.equal(await placeKept(first(here.clients), cookie), Number(answer.body));
  });
});
