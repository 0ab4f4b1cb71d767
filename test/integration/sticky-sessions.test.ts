// Sessions through the running balancer, over real sockets: a cookie that Evenkeel issues. Over connections and workers; with endpoints that drain, go down, fill up and return.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { poolCounter } from '../../src/domain/endpoints/scoreboard.ts';
import type { BytePeer } from '../support/byte-peer.ts';
import { application, cookieOf, counted, first, issued, placeKept, timeout, withCookie, world } from '../support/live/sticky-world.ts';
import { countOf, exchange, Fleet, placesAsked, ServedPool } from '../support/served-pool.ts';

const secret = 'a-secret-for-tests-only';

describe('a cookie that is issued', { timeout }, () => {
  test('is issued once, and sticks over connections and both workers', async () => {
    await using here = await world({ cookie: 'SERVER' });
    for (const client of here.clients) {
      const answer = await exchange(client);
      const cookie = cookieOf(answer);
      for (const other of [...here.clients, await here.here.connect(), await here.here.connect()]) {
        for (let round = 0; round < 5; round++) assert.equal(await placeKept(other, cookie), Number(answer.body));
      }
    }
    assert.equal(counted(here.here, poolCounter.sessionsKept), 40);
    assert.equal(counted(here.here, poolCounter.sessionsMoved), 0);
  });

  test('is another one for each endpoint, the same in both workers, and names no address', async () => {
    await using here = await world({ cookie: 'SERVER' });
    const cookies = new Map<string, string>();
    for (let round = 0; round < 8; round++) {
      const answer = await exchange(here.clients[round % 2] as BytePeer);
      const cookie = cookieOf(answer);
      assert.equal(cookies.get(answer.body) ?? cookie, cookie);
      cookies.set(answer.body, cookie);
      assert.match(cookie, /^SERVER=[A-Za-z0-9_-]{22}$/);
    }
    assert.equal(new Set(cookies.values()).size, 4);
  });

  test('survives a restart with the same secret, and begins anew without one', async () => {
    await using fleet = await Fleet.open(4, application);
    for (const given of [{ secret }, {}]) {
      const start = (): Promise<ServedPool> =>
        ServedPool.start({ endpoints: fleet.addresses, pool: { sticky: { cookie: 'SERVER', ...given } } });
      let cookie: string;
      let place: number;
      {
        await using here = await start();
        await using client = await here.connect();
        const answer = await exchange(client);
        [cookie, place] = [cookieOf(answer), Number(answer.body)];
      }
      await using again = await start();
      await using client = await again.connect();
      if ('secret' in given) assert.equal(await placeKept(client, cookie), place);
      else assert.notEqual(cookieOf(await exchange(client, withCookie(cookie))), cookie);
    }
  });

  test('has the attributes that are configured', async () => {
    const lines = async (sticky: object): Promise<string> => {
      await using fleet = await Fleet.open(1, application);
      await using here = await ServedPool.start({ endpoints: fleet.addresses, pool: { sticky } });
      await using client = await here.connect();
      return (await exchange(client)).lines
        .filter((line) => line.startsWith('Set-Cookie'))
        .join('\n')
        .replace(/=[\w-]{22};/, '=VALUE;');
    };
    assert.equal(await lines({ cookie: 'SERVER' }), 'Set-Cookie: SERVER=VALUE; Path=/; HttpOnly');
    assert.equal(
      await lines({ cookie: 'a', path: '/shop', domain: 'Example.com', maxAge: '30d', secure: true, httpOnly: false, sameSite: 'none' }),
      'Set-Cookie: a=VALUE; Path=/shop; Domain=example.com; Max-Age=2592000; Secure; SameSite=None',
    );
    assert.equal(
      await lines({ cookie: '__Host-a', secure: true, sameSite: 'strict' }),
      'Set-Cookie: __Host-a=VALUE; Path=/; HttpOnly; Secure; SameSite=Strict',
    );
  });

  test('stands beside the cookies of the application', async () => {
    await using here = await world({ cookie: 'SERVER' });
    const { lines } = await exchange(first(here.clients), { target: '/login/7' });
    assert.ok(lines.includes('Set-Cookie: SID=7; Path=/'));
    assert.equal(lines.filter((line) => line.startsWith('Set-Cookie')).length, 2);
  });

  test('is not given for an answer that says the endpoint failed', async () => {
    await using here = await world({ cookie: 'SERVER' });
    const answer = await exchange(first(here.clients), { target: '/fail' });
    assert.match(answer.startLine, / 500 /);
    assert.deepEqual(issued(answer), []);
  });

  test('goes with an upgrade, which follows it, too', async () => {
    await using here = await world({ cookie: 'SERVER' });
    const upgrade = async (lines: readonly string[]): Promise<{ head: string; place: string }> => {
      await using client = await here.here.connect();
      client.send(`GET /chat HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${lines.join('')}\r\n`);
      const head = await client.until('\r\n\r\n');
      return { head, place: await client.bytes(1) };
    };
    const { head, place } = await upgrade([]);
    assert.match(head, /^HTTP\/1\.1 101 /);
    const cookie = /^Set-Cookie: (SERVER=[^;]+);/m.exec(head)?.[1] ?? '';
    for (let round = 0; round < 6; round++) {
      const next = await upgrade([`Cookie: ${cookie}\r\n`]);
      assert.equal(next.place, place);
      assert.doesNotMatch(next.head, /Set-Cookie/);
    }
    assert.equal(await placeKept(first(here.clients), cookie), Number(place));
  });
});

describe('a cookie that is not right', { timeout }, () => {
  const altered = (cookie: string): string => cookie.slice(0, -1) + (cookie.endsWith('A') ? 'B' : 'A');
  const wrong: Readonly<Record<string, (cookie: string, address: string) => string>> = {
    'altered in one character': altered,
    'cut short': (cookie) => cookie.slice(0, -1),
    'longer than issued': (cookie) => `${cookie}A`,
    'in other letters': (cookie) => `SERVER=${cookie.slice(7).toLowerCase()}-`,
    empty: () => 'SERVER=',
    'the address of an endpoint': (_, address) => `SERVER=${address}`,
    'the place of an endpoint': () => 'SERVER=2',
    'the name of a property': () => 'SERVER=__proto__',
    'of 4 KiB': () => `SERVER=${'x'.repeat(4096)}`,
    'the cookie of another name': (cookie) => cookie.replace('SERVER', 'server'),
  };

  for (const [title, forge] of Object.entries(wrong)) {
    test(`${title}: the exchange is balanced anew and gets a fresh one`, async () => {
      await using here = await world({ cookie: 'SERVER', secret });
      const answer = await exchange(first(here.clients));
      const forged = forge(cookieOf(answer), here.fleet.addresses[2] ?? '');
      const places: number[] = [];
      for (let round = 0; round < 8; round++) {
        const again = await exchange(here.clients[round % 2] as BytePeer, withCookie(forged));
        assert.match(again.startLine, / 200 /);
        places.push(Number(again.body));
        assert.equal(await placeKept(first(here.clients), cookieOf(again)), Number(again.body));
      }
      // By turns, as anything without a session.
      assert.deepEqual(countOf(places, 4), [2, 2, 2, 2]);
      assert.equal(counted(here.here, poolCounter.sessionsMoved), 0);
    });
  }

  test('of another secret, or of another pool with the same secret and endpoints, means nothing', async () => {
    await using fleet = await Fleet.open(4, application);
    const sticky = { cookie: 'SERVER', secret };
    await using here = await ServedPool.start({
      endpoints: fleet.addresses,
      pool: { sticky },
      others: { other: { endpoints: fleet.addresses, sticky } },
      listener: {
        routes: [
          { host: 'other.test', pool: 'other' },
          { host: '*.test', pool: 'web' },
        ],
      },
      threads: 1,
    });
    await using foreign = await ServedPool.start({ endpoints: fleet.addresses, pool: { sticky: { ...sticky, secret: `${secret}!` } } });
    await using client = await here.connect();
    await using abroad = await foreign.connect();
    const strangers = [await exchange(client, { host: 'other.test' }), await exchange(abroad)];
    for (const stranger of strangers) {
      const cookie = cookieOf(stranger);
      assert.notEqual(cookieOf(await exchange(client, withCookie(cookie))), cookie);
    }
  });

  test('twice: the first one counts', async () => {
    await using here = await world({ cookie: 'SERVER' });
    const [one, other] = [await exchange(first(here.clients)), await exchange(first(here.clients))];
    assert.notEqual(one.body, other.body);
    assert.equal(await placeKept(first(here.clients), `${cookieOf(one)}; ${cookieOf(other)}`), Number(one.body));
  });
});

describe('the endpoint of a session', { timeout }, () => {
  for (const how of ['draining', 'weight 0'] as const) {
    test(`keeps it while it is ${how === 'draining' ? how : `of ${how}`}, and gets nothing new`, async () => {
      const weights = how === 'draining' ? {} : { weight: 0 };
      await using fleet = await Fleet.open(3, application);
      const sticky = { cookie: 'SERVER', secret };
      let cookie: string;
      {
        await using before = await ServedPool.start({ endpoints: fleet.addresses.slice(0, 1), pool: { sticky } });
        await using client = await before.connect();
        cookie = cookieOf(await exchange(client));
      }
      const endpoints = fleet.addresses.map((address, place) => (place === 0 ? { address, ...weights } : address));
      await using here = await ServedPool.start({ endpoints, pool: { sticky }, threads: 2 });
      if (how === 'draining') here.set(0, 'draining');
      const clients = await here.connectToEach();
      for (const client of clients) {
        for (let round = 0; round < 5; round++) assert.equal(await placeKept(client, cookie), 0);
        assert.ok(!(await placesAsked(client, 30)).includes(0));
      }
      for (const client of clients) client.close();
    });
  }

  test('is changed exactly once when it is down, and not back when it returns', async () => {
    await using here = await world({ cookie: 'SERVER' });
    const answer = await exchange(first(here.clients));
    const gone = Number(answer.body);
    here.here.set(gone, 'down');
    const moved = await exchange(first(here.clients), withCookie(cookieOf(answer)));
    assert.notEqual(Number(moved.body), gone);
    const cookie = cookieOf(moved);
    for (const client of here.clients) assert.equal(await placeKept(client, cookie), Number(moved.body));
    here.here.set(gone, 'up');
    for (const client of here.clients) assert.equal(await placeKept(client, cookie), Number(moved.body));
    assert.equal(counted(here.here, poolCounter.sessionsMoved), 1);
    assert.equal(counted(here.here, poolCounter.sessionsKept), 4);
  });

  test('is changed exactly once when nobody listens there any more', async () => {
    await using here = await world({ cookie: 'SERVER' });
    const answer = await exchange(first(here.clients));
    await here.fleet.endpoints[Number(answer.body)]?.[Symbol.asyncDispose]();
    const moved = await exchange(first(here.clients), withCookie(cookieOf(answer)));
    assert.match(moved.startLine, / 200 /);
    assert.notEqual(moved.body, answer.body);
    for (const client of here.clients) assert.equal(await placeKept(client, cookieOf(moved)), Number(moved.body));
    assert.equal(counted(here.here, poolCounter.sessionsMoved), 1);
  });

  test('is another one for what it has no place for', async () => {
    await using fleet = await Fleet.open(2, application);
    const endpoints = fleet.addresses.map((address) => ({ address, maxConnections: 1 }));
    await using here = await ServedPool.start({ endpoints, pool: { sticky: { cookie: 'SERVER' } } });
    await using busy = await here.connect();
    busy.send('GET /chat HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const cookie = /^Set-Cookie: (SERVER=[^;]+);/m.exec(await busy.until('\r\n\r\n'))?.[1] ?? '';
    const place = Number(await busy.bytes(1));
    await using client = await here.connect();
    const moved = await exchange(client, withCookie(cookie));
    assert.equal(Number(moved.body), 1 - place);
    assert.equal(await placeKept(client, cookieOf(moved)), 1 - place);
  });
});
