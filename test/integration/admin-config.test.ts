// The document changed over the admin server, with whole processes and real sockets: what serves at once, what is refused, what stays.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { AdminError } from '../../src/client.ts';
import { namedEndpoint } from '../support/admin/named-endpoint.ts';
import type { Running } from '../support/admin/running.ts';
import { refusal, running } from '../support/admin/running.ts';

const timeout = 90_000;
type Named = Awaited<ReturnType<typeof namedEndpoint>>;

async function world(history = '') {
  await using stack = new AsyncDisposableStack();
  const [a, b] = [stack.use(await namedEndpoint('a')), stack.use(await namedEndpoint('b'))];
  const rest = `listeners: [{ name: web, bind: "127.0.0.1:0", pool: web }]\npools: { web: { endpoints: ["${a.address}"] } }\n${history}`;
  const here = stack.use(await running(rest));
  const moved = stack.move();
  return { ...here, a, b, rest, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

const web = { pool: 'web' };
const poolPath = '/api/v1/config/pools/{pool}';
const endpointPath = '/api/v1/config/pools/{pool}/endpoints/{endpoint}';

const answered = async (url: string): Promise<string> => (await fetch(url)).text();
async function answeredBy({ url }: Running): Promise<readonly string[]> {
  const names = new Set<string>();
  for (let count = 0; count < 4; count++) names.add(await answered(url));
  return [...names].sort();
}

describe('a change over the API', { timeout }, () => {
  test('serves at once, and what it takes away ends what it has', async () => {
    await using here = await world();
    const { a, b, client } = here;
    assert.deepEqual(await answeredBy(here), ['a']);
    const held = fetch(`${here.url}/held`);
    await a.holding();

    const added = await client.put(endpointPath, { parameters: { ...web, endpoint: b.address }, body: {} });
    assert.deepEqual([added.status, added.body.pools.changed], [201, ['web']]);
    assert.deepEqual(await answeredBy(here), ['a', 'b']);
    const removed = await client.delete(endpointPath, { parameters: { ...web, endpoint: a.address } });
    assert.equal(removed.status, 200);
    assert.deepEqual(await answeredBy(here), ['b']);

    const answer = await held;
    a.finish();
    assert.deepEqual([answer.headers.get('x-endpoint'), await answer.text()], ['a', 'begun, ended']);
    const { body } = await client.get(poolPath, { parameters: web });
    assert.deepEqual(body, { endpoints: [{ address: b.address }] });
  });

  test('is told to those who read events', async () => {
    await using here = await world();
    const events = here.client.events({ since: '0' });
    await here.client.put(poolPath, { parameters: { pool: 'spare' }, body: { endpoints: [here.b.address] } });
    for await (const event of events) {
      if (event.kind !== 'configuration' || event.version === 1) continue;
      assert.deepEqual([event.version, event.origin], [2, 'API']);
      assert.match(event.difference, /added spare/);
      break;
    }
  });

  test('makes listeners, routes and sections, and takes them away', async () => {
    await using here = await world();
    const { client } = here;
    const listener = { listener: 'second' };
    const put = await client.put('/api/v1/config/listeners/{listener}', {
      parameters: listener,
      body: { bind: '127.0.0.1:0', pool: 'web' },
    });
    assert.deepEqual([put.status, put.body.listeners.added], [201, ['second']]);
    const { body: status } = await client.get('/api/v1/status');
    const address = status.listeners.find(({ name }) => name === 'second')?.address;
    assert.equal(await answered(`http://${address}/`), 'a');

    const routes = [{ path: '/teapot', respond: { status: 418 } }, { pool: 'web' }];
    const both = await refusal(client.put('/api/v1/config/listeners/{listener}/routes', { parameters: listener, body: routes }));
    assert.deepEqual([both.status, /either "pool" or "routes"/.test(both.message)], [422, true]);
    await client.put('/api/v1/config/listeners/{listener}', {
      parameters: listener,
      body: { bind: '127.0.0.1:0', routes: [{ pool: 'web' }] },
    });
    await client.put('/api/v1/config/listeners/{listener}/routes', { parameters: listener, body: routes });
    const now = (await client.get('/api/v1/status')).body.listeners.find(({ name }) => name === 'second')?.address;
    assert.equal((await fetch(`http://${now}/teapot`)).status, 418);
    assert.deepEqual((await client.get('/api/v1/config/listeners/{listener}/routes', { parameters: listener })).body, routes);

    assert.equal((await refusal(client.get('/api/v1/config/shutdown'))).status, 404);
    await client.put('/api/v1/config/shutdown', { body: { deadline: '5s' } });
    assert.deepEqual((await client.get('/api/v1/config/shutdown')).body, { deadline: '5s' });
    await client.put('/api/v1/config/overload', { body: 'none' });
    await client.delete('/api/v1/config/overload');

    await client.delete('/api/v1/config/listeners/{listener}', { parameters: listener });
    // On a connection of its own: one that is kept may end its last request.
    await assert.rejects(once(connect(Number(now?.split(':').at(-1)), '127.0.0.1'), 'connect'), /ECONNREFUSED/);
    assert.equal(await answered(here.url), 'a', 'the other one was left alone');
  });
});

interface RawPut {
  readonly path: string;
  readonly field: string;
  readonly value: string;
  readonly body: unknown;
}

/** What the client's types refuse. */
async function rawStatus({ address }: Running, { path, field, value, body }: RawPut): Promise<number> {
  const headers = { 'content-type': 'application/json', [field]: value };
  const asked = httpRequest({ socketPath: address.slice('unix:'.length), method: 'PUT', path, headers, agent: false });
  asked.end(JSON.stringify(body));
  // The one value of the event.
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode ?? 0;
}

describe('conditions', { timeout }, () => {
  let here: Running & { readonly a: Named; readonly b: Named };
  before(
    async () => {
      here = await world();
    },
    { timeout },
  );
  after(() => here[Symbol.asyncDispose]());

  test('of two who read the same, one is told that the other was first, and nothing of what that one did is lost', async () => {
    const { client } = here;
    const first = await client.get(poolPath, { parameters: web });
    const second = await client.get(poolPath, { parameters: web });
    assert.ok(first.etag !== undefined && second.etag !== undefined);
    const done = await client.put(poolPath, { parameters: web, body: { ...first.body, maxRequests: 7 }, ifMatch: first.etag });
    const late = await refusal(
      client.put(poolPath, { parameters: web, body: { ...second.body, balance: 'random' }, ifMatch: second.etag }),
    );
    assert.deepEqual([late.status, late.problem.etag], [412, done.etag]);
    const { body } = await client.get(poolPath, { parameters: web });
    assert.deepEqual(body, { ...first.body, maxRequests: 7 });
  });

  test('of many at once that want the same to be in force, one is made', async () => {
    const { client } = here;
    const { etag = '' } = await client.get('/api/v1/config');
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) =>
        client.put(poolPath, { parameters: { pool: `p${index}` }, body: { endpoints: [here.a.address] }, ifMatch: etag }),
      ),
    );
    assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 1);
    const { body } = await client.get('/api/v1/config');
    assert.equal(Object.keys(body.document.pools).filter((name) => /^p\d$/.test(name)).length, 1);
  });

  test('what is to be new is not put in the place of what is there', async () => {
    const { client } = here;
    const body = { endpoints: [here.b.address] };
    const there = await refusal(client.put(poolPath, { parameters: web, body, ifNoneMatch: '*' }));
    assert.equal(there.status, 412);
    assert.equal((await client.put(poolPath, { parameters: { pool: 'fresh' }, body, ifNoneMatch: '*' })).status, 201);
    assert.equal((await refusal(client.put(poolPath, { parameters: { pool: 'gone' }, body, ifMatch: '*' }))).status, 412);
  });

  test('many at once who each read, decide and try again lose nothing of one another', async () => {
    const { client } = here;
    const parameters = { pool: 'crowd' };
    await client.put(poolPath, { parameters, body: { endpoints: [here.a.address] } });
    const addresses = Array.from({ length: 16 }, (_, index) => `10.9.0.${index + 1}:80`);
    let late = 0;
    const add = async (address: string): Promise<void> => {
      const { body, etag = '' } = await client.get(poolPath, { parameters });
      const endpoints = [...(body.endpoints ?? []), address];
      try {
        await client.put(poolPath, { parameters, body: { ...body, endpoints }, ifMatch: etag });
      } catch (error) {
        if (!(error instanceof AdminError) || error.status !== 412) throw error;
        late++;
        return add(address);
      }
    };
    await Promise.all(addresses.map(add));
    const { body } = await client.get(poolPath, { parameters });
    assert.deepEqual([...(body.endpoints ?? [])].sort(), [...addresses, here.a.address].sort());
    assert.ok(late > 0, 'nobody was late, and nothing was shown');
    await Promise.all(addresses.map((endpoint) => client.delete(endpointPath, { parameters: { ...parameters, endpoint } })));
    assert.deepEqual((await client.get(poolPath, { parameters })).body.endpoints, [here.a.address]);
  });

  test('what is to be new is made, whatever else is changed at the same moment', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
    const put = (pool: string) =>
      here.client.put(poolPath, { parameters: { pool }, body: { endpoints: [here.b.address] }, ifNoneMatch: '*' });
    const all = await Promise.all(names.map(put));
    assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([201]));
    const again = await refusal(put('n1'));
    assert.equal(again.status, 412);
    const { body } = await here.client.get('/api/v1/config');
    assert.deepEqual(
      names.filter((name) => body.document.pools[name] === undefined),
      [],
    );
  });

  test('an ETag that is like what is in force counts where it must not be, and only there', async () => {
    const { etag } = await here.client.get('/api/v1/config');
    const ask = (field: string, value: string) =>
      rawStatus(here, { path: '/api/v1/config/pools/weak?dryRun=true', field, value, body: { endpoints: [here.b.address] } });
    assert.deepEqual([await ask('if-none-match', `W/"${etag}"`), await ask('if-none-match', `"x", "${etag}"`)], [412, 412]);
    assert.deepEqual([await ask('if-match', `W/"${etag}"`), await ask('if-match', `"x", "${etag}"`)], [412, 200]);
    assert.deepEqual([await ask('if-none-match', 'W/"x"'), await ask('if-match', etag ?? '')], [200, 400]);
  });

  test('a word of the query that means nothing, or stands there twice, changes nothing', async () => {
    const before = await here.client.get('/api/v1/config');
    const body = { endpoints: [here.b.address] };
    for (const query of ['dryrun=true', 'dryRun=true&dryRun=false', 'access_token=x'])
      assert.equal(await rawStatus(here, { path: `/api/v1/config/pools/typo?${query}`, field: 'x-a', value: 'b', body }), 400, query);
    assert.deepEqual((await here.client.get('/api/v1/config')).body, before.body);
  });

  test('a dry run tells what would be different, or what is wrong, and changes nothing', async () => {
    const { client } = here;
    const before = await client.get('/api/v1/config');
    const dry = await client.put(poolPath, { parameters: { pool: 'dry' }, body: { endpoints: [here.b.address] }, query: { dryRun: true } });
    assert.deepEqual([dry.status, dry.body.changed, dry.body.dryRun, dry.body.pools.added], [200, false, true, ['dry']]);
    const wrong = await refusal(client.delete(poolPath, { parameters: web, query: { dryRun: true } }));
    assert.match(wrong.message, /no pool is named "web"/);
    assert.deepEqual((await client.get('/api/v1/config')).body, before.body);
  });

  test('a transaction is made whole or not at all', async () => {
    const { client } = here;
    const before = await client.get('/api/v1/config');
    const changes = [
      { op: 'put', path: '/pools/x', value: { endpoints: [here.b.address] } },
      { op: 'put', path: '/pools/web/maxRequests', value: 9 },
      { op: 'put', path: '/pools/y', value: { endpoints: ['nowhere'] } },
    ] as const;
    const refused = await refusal(client.post('/api/v1/config/transactions', { body: { changes } }));
    assert.equal(refused.status, 422);
    assert.match(refused.message, /pools\.y\.endpoints\[0\]/);
    assert.deepEqual((await client.get('/api/v1/config')).body, before.body);
    const made = await client.post('/api/v1/config/transactions', { body: { changes: changes.slice(0, 2) } });
    assert.deepEqual([made.body.pools.added, made.body.pools.changed, made.body.version], [['x'], ['web'], before.body.version + 1]);
  });

  for (const [what, body, expected] of [
    ['no list', {}, /changes: missing; expected a list of changes/],
    ['no change', { changes: [] }, /expected at least one change/],
    [
      'a path to what stands in the file alone',
      { changes: [{ op: 'put', path: '/admin/token', value: 'x' }] },
      /changes\[0\]\.path: expected a path that begins/,
    ],
    [
      'more changes than are looked at',
      { changes: Array.from({ length: 1001 }, (_, index) => ({ op: 'delete', path: `/pools/p${index}` })) },
      /expected 1000 changes at most/,
    ],
    ['no value', { changes: [{ op: 'put', path: '/pools/z' }] }, /changes\[0\]\.value: missing/],
    ['an operation that is none', { changes: [{ op: 'putt', path: '/pools/z' }] }, /did you mean "put"/],
  ] as const) {
    test(`a transaction with ${what} is told so`, async () => {
      // What the client's types refuse.
      const refused = await refusal(here.client.post('/api/v1/config/transactions', { body: body as { changes: [] } }));
      assert.equal(refused.status, 400);
      assert.match(refused.message, expected);
    });
  }

  test('a body nested without end is told so', async () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
    const value = deep(1500);
    const parameters = { pool: 'deep' };
    // What the client's types refuse.
    const put = await refusal(here.client.put(poolPath, { parameters, body: value as { endpoints: [] } }));
    assert.deepEqual([put.status, /nested deeper/.test(put.message)], [400, true]);
    const changes = [{ op: 'put', path: '/pools/deep', value }] as const;
    assert.equal((await refusal(here.client.post('/api/v1/config/transactions', { body: { changes } }))).status, 400);
  });

  test('names that are none are told with the nearest', async () => {
    const { client } = here;
    const body = { weight: 2 };
    const noPool = await refusal(client.put(endpointPath, { parameters: { pool: 'wbe', endpoint: '10.0.0.1:80' }, body }));
    assert.deepEqual([noPool.status, noPool.problem.error], [404, 'There is no pool "wbe". Did you mean "web"?']);
    const noEndpoint = await refusal(client.delete(endpointPath, { parameters: { ...web, endpoint: '10.0.0.1:81' } }));
    assert.equal(noEndpoint.status, 404);
    assert.ok(noEndpoint.problem.endpoints?.includes(here.a.address));
    const noListener = await refusal(client.get('/api/v1/config/listeners/{listener}', { parameters: { listener: 'wbe' } }));
    assert.deepEqual(noListener.problem.listeners, ['web']);
  });
});

describe('what the API put over the file', { timeout }, () => {
  test('lies over it, is shown, outlives a reload, and is forgotten', async () => {
    await using here = await world();
    const { client } = here;
    const file = await here.file();
    await client.put(endpointPath, { parameters: { ...web, endpoint: here.b.address }, body: { weight: 3 } });
    assert.equal(await here.file(), file, "the file is its owner's");
    const { body } = await client.get('/api/v1/config');
    assert.deepEqual(
      body.layer.map(({ path, value, origin, persist }) => ({ path, value, origin, persist })),
      [{ path: `/pools/web/endpoints/${here.b.address}`, value: { weight: 3 }, origin: 'API', persist: false }],
    );
    assert.deepEqual(body.drift?.pools.changed, ['web']);

    await here.write(`${here.rest}\noverload: none`);
    await client.post('/api/v1/reload', { body: {} });
    assert.deepEqual(await answeredBy(here), ['a', 'b']);
    const forgotten = await client.delete('/api/v1/config/layer', {});
    assert.deepEqual(forgotten.body.pools.changed, ['web']);
    assert.deepEqual(await answeredBy(here), ['a']);
    const now = (await client.get('/api/v1/config')).body;
    assert.deepEqual([now.layer, now.drift], [[], null]);
    assert.equal((await refusal(client.delete('/api/v1/config/layer', { query: { path: '/pools/web' } }))).status, 422);
  });

  test('outlives the program when it is asked to, and where there is a folder for it', async () => {
    await using here = await world('history: { folder: ./state }');
    const put = (endpoint: string, persist: boolean) =>
      here.client.put(endpointPath, { parameters: { ...web, endpoint }, body: {}, query: { persist } });
    await put(here.b.address, true);
    await put('127.0.0.1:9', false);
    await using again = await here.restarted();
    const { body } = await again.client.get(poolPath, { parameters: web });
    assert.deepEqual(body.endpoints, [here.a.address, { address: here.b.address }]);
    assert.deepEqual(await answeredBy(again), ['a', 'b']);
  });

  test('cannot outlive it without one, and then nothing is changed', async () => {
    await using here = await world();
    const refused = await refusal(
      here.client.put(poolPath, { parameters: { pool: 'x' }, body: { endpoints: [] }, query: { persist: true } }),
    );
    assert.deepEqual([refused.status, /history: \{ folder/.test(refused.message)], [409, true]);
    assert.equal((await here.client.get('/api/v1/config')).body.version, 1);
  });
});
