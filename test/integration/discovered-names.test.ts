// Endpoints that are found by DNS, at a real resolver (dnsmasq) that changes its mind, dies and comes back, and at one that never answers.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';
import { endpointCounter } from '../../src/domain/endpoints/scoreboard.ts';
import { freshFolder } from '../support/chaos/fresh-folder.ts';
import { AlikeEndpoints } from '../support/dns/alike-endpoints.ts';
import { Discovered, documentOf } from '../support/dns/discovered.ts';
import { Dnsmasq, noDnsmasq } from '../support/dns/dnsmasq.ts';

const timeout = 120_000;
const options = { skip: noDnsmasq, timeout };
const hasVersionSix = Object.values(networkInterfaces()).some((all = []) => all.some(({ address }) => address === '::1'));

/** Each of them answers in its turn. */
async function answersOf(here: Discovered, count: number, pool = 'web'): Promise<readonly string[]> {
  const answers = new Set<string>();
  for (let left = count; left > 0; left--) answers.add(await here.ask(pool));
  return [...answers].sort();
}

describe('addresses of a name', options, () => {
  test('are endpoints, and others when their TTL is over', async () => {
    await using all = new AsyncDisposableStack();
    const endpoints = all.use(await AlikeEndpoints.open('127.0.0.2', '127.0.0.3', '127.0.0.4'));
    const { port } = endpoints;
    const dns = all.use(await Dnsmasq.start({ hosts: { 'web.test': ['127.0.0.3', '127.0.0.2'] }, ttl: 1 }));
    const here = all.use(await Discovered.start({ web: { discover: { dns: 'web.test', port, server: dns.address } } }));
    assert.deepEqual(await answersOf(here, 4), ['127.0.0.2', '127.0.0.3'], 'from the first request on: the start has waited');
    assert.deepEqual(here.ids(), [`127.0.0.2:${port}`, `127.0.0.3:${port}`]);

    await dns.become({ 'web.test': ['127.0.0.4', '127.0.0.2'] });
    await here.until(() => here.ids().join() === `127.0.0.2:${port},127.0.0.4:${port}`, 'the next answer is in force');
    assert.deepEqual(await answersOf(here, 4), ['127.0.0.2', '127.0.0.4']);
    assert.equal(here.log.matching(/added 127\.0\.0\.4:\d+, removed 127\.0\.0\.3:\d+/).length, 1);
  });

  test('are those of version 6 as well', { skip: hasVersionSix ? false : 'this machine has no IPv6' }, async () => {
    await using all = new AsyncDisposableStack();
    const { port } = all.use(await AlikeEndpoints.open('127.0.0.2', '::1'));
    const dns = all.use(await Dnsmasq.start({ hosts: { 'web.test': ['127.0.0.2', '::1'] } }));
    const discover = { dns: 'web.test', port, server: dns.address } as const;
    const here = all.use(
      await Discovered.start({
        web: { discover },
        six: { discover: { ...discover, family: 'ipv6' } },
        four: { discover: { ...discover, family: 'ipv4' } },
      }),
    );
    assert.deepEqual(await answersOf(here, 4), ['127.0.0.2', '::1']);
    assert.deepEqual([here.ids('six'), here.ids('four')], [[`[::1]:${port}`], [`127.0.0.2:${port}`]]);
  });

  test('stay when the resolver dies, are stale, and fresh when it is back', async () => {
    await using all = new AsyncDisposableStack();
    const { port } = all.use(await AlikeEndpoints.open('127.0.0.2', '127.0.0.3'));
    const dns = all.use(await Dnsmasq.start({ hosts: { 'web.test': ['127.0.0.2'] } }));
    const here = all.use(await Discovered.start({ web: { discover: { dns: 'web.test', port, server: dns.address, timeout: '1s' } } }));
    await dns.kill();
    await here.until(() => here.figures().staleSince !== undefined, 'it is stale');
    assert.match(here.figures().error ?? '', /^A of web\.test: nobody answers at the resolver$/);
    assert.deepEqual(await answersOf(here, 3), ['127.0.0.2']);

    await dns.become({ 'web.test': ['127.0.0.3'] });
    await dns.start();
    await here.until(() => here.figures().staleSince === undefined, 'it is fresh');
    await here.until(() => here.ids().join() === `127.0.0.3:${port}`, 'what it says now is in force');
    assert.deepEqual(await answersOf(here, 3), ['127.0.0.3']);
    assert.equal(here.log.matching(/^info .* answers again/).length, 1);
  });

  test('stay when the name is gone', async () => {
    await using all = new AsyncDisposableStack();
    const { port } = all.use(await AlikeEndpoints.open('127.0.0.2'));
    const dns = all.use(await Dnsmasq.start({ hosts: { 'web.test': ['127.0.0.2'] } }));
    const discover = { dns: 'web.test', port, server: dns.address } as const;
    const here = all.use(await Discovered.start({ web: { discover }, drained: { discover: { ...discover, allowEmpty: true } } }));
    await dns.become({});
    await here.until(() => here.figures().staleSince !== undefined, 'it is stale');
    await here.until(() => here.ids('drained').length === 0, 'where that is allowed the pool is empty');
    assert.deepEqual([await here.ask(), await here.ask('drained')], ['127.0.0.2', '503']);
    assert.match(here.figures().error ?? '', /no endpoints, which is believed only with "allowEmpty: true"/);
  });

  test('stay as somebody set them, through the answers that follow', async () => {
    await using all = new AsyncDisposableStack();
    const { port } = all.use(await AlikeEndpoints.open('127.0.0.2', '127.0.0.3', '127.0.0.4'));
    const dns = all.use(await Dnsmasq.start({ hosts: { 'web.test': ['127.0.0.2', '127.0.0.3'] } }));
    const here = all.use(await Discovered.start({ web: { discover: { dns: 'web.test', port, server: dns.address } } }));
    const { endpoints } = here.supervisor;
    const drained = endpoints.find('web', `127.0.0.2:${port}`);
    assert.ok(drained.ok);
    endpoints.change(drained.value, { state: 'draining', weight: 5 });
    assert.deepEqual(await answersOf(here, 4), ['127.0.0.3']);
    await dns.become({ 'web.test': ['127.0.0.2', '127.0.0.4'] });
    await here.until(() => here.ids().join() === `127.0.0.2:${port},127.0.0.4:${port}`, 'the next answer is in force');
    assert.deepEqual(await answersOf(here, 4), ['127.0.0.4']);
    const after = endpoints.find('web', `127.0.0.2:${port}`);
    assert.ok(after.ok);
    const { state, weight } = endpoints.present(after.value.slot);
    assert.deepEqual([state, weight], ['draining', 5]);
  });

  test('are found behind aliases, also when they hold for no time, are too many for a datagram, or the resolver refuses other names', async () => {
    await using all = new AsyncDisposableStack();
    const { port } = all.use(await AlikeEndpoints.open('127.0.0.2', '127.0.0.3'));
    const many = Array.from({ length: 300 }, (_, index) => `10.9.${Math.floor(index / 200)}.${1 + (index % 200)}`);
    const dns = all.use(
      await Dnsmasq.start({
        hosts: { 'web.test': ['127.0.0.2'], 'many.test': many },
        ttl: 0,
        lines: ['cname=alias.test,other.test', 'cname=other.test,web.test'],
      }),
    );
    const asked = { port, server: dns.address, init: 'empty' } as const;
    const here = all.use(
      await Discovered.start({
        web: { discover: { ...asked, dns: 'alias.test' } },
        many: { discover: { ...asked, dns: 'many.test', init: 'wait' } },
        refused: { discover: { ...asked, dns: 'web.elsewhere' } },
      }),
    );
    assert.deepEqual([...here.ids('many')].sort(), many.map((address) => `${address}:${port}`).sort());
    await here.until(() => here.ids().length === 1, 'the alias is followed');
    await dns.become({ 'web.test': ['127.0.0.3'], 'many.test': many });
    await here.until(() => here.ids().join() === `127.0.0.3:${port}`, 'what it stands for now is in force');
    assert.equal(await here.ask(), '127.0.0.3');
    await here.until(() => here.figures('refused').failures > 0, 'the other name is refused');
    assert.match(here.figures('refused').error ?? '', /^A+ of web\.elsewhere: the resolver refuses to answer \(REFUSED\)$/);
  });

  test('may come and go without a word to those who are served by others', async () => {
    await using all = new AsyncDisposableStack();
    const { port } = all.use(await AlikeEndpoints.open('127.0.0.2', '127.0.0.3'));
    const dns = all.use(await Dnsmasq.start({ hosts: { 'web.test': ['127.0.0.2'] } }));
    const here = all.use(
      await Discovered.start({
        web: { discover: { dns: 'web.test', port, server: dns.address } },
        other: { endpoints: [`127.0.0.2:${port}`] },
      }),
    );
    await here.ask();
    await here.ask('other');
    const before = here.supervisor.places.pools;
    await dns.become({ 'web.test': ['127.0.0.2', '127.0.0.3'] });
    await here.until(() => here.ids().length === 2, 'the second one is there');
    await answersOf(here, 6);
    await here.ask('other');
    // Who stays keeps its row, and with it what is counted: one connection each was enough.
    const { board, places } = here.supervisor;
    const row = (pool: string): Float64Array => board.endpointRow(0, places.pools[pool]?.endpoints[0] ?? assert.fail());
    assert.equal(places.pools['web']?.endpoints[0], before['web']?.endpoints[0]);
    assert.deepEqual([row('web')[endpointCounter.connects], row('other')[endpointCounter.connects]], [1, 1]);
  });
});

describe('targets of a service', options, () => {
  test('have ports, weights and priorities, and addresses that are asked for in turn', async () => {
    await using all = new AsyncDisposableStack();
    const { port } = all.use(await AlikeEndpoints.open('127.0.0.2', '127.0.0.3', '127.0.0.4'));
    const service = '_http._tcp.web.test';
    const dns = all.use(
      await Dnsmasq.start({
        hosts: { 'a.test': ['127.0.0.2'], 'b.test': ['127.0.0.3'], 'spare.test': ['127.0.0.4', '127.0.0.5'] },
        lines: [
          `srv-host=${service},a.test,${port},10,30`,
          `srv-host=${service},b.test,${port},10,0`,
          `srv-host=${service},spare.test,${port},20,8`,
        ],
      }),
    );
    const here = all.use(await Discovered.start({ web: { discover: { srv: service, server: dns.address } } }));
    const found = here.supervisor.document.pools['web']?.endpoints.map(({ id, weight, backup, priority }) => ({
      id,
      weight,
      backup,
      priority,
    }));
    assert.deepEqual(found, [
      { id: `127.0.0.2:${port}`, weight: 30, backup: false, priority: 0 },
      { id: `127.0.0.3:${port}`, weight: 1, backup: false, priority: 0 },
      { id: `127.0.0.4:${port}`, weight: 4, backup: true, priority: 0 },
      { id: `127.0.0.5:${port}`, weight: 4, backup: true, priority: 0 },
    ]);
    assert.equal(await here.ask(), '127.0.0.2');

    await dns.become({ 'a.test': ['127.0.0.4'], 'b.test': ['127.0.0.3'] });
    await here.until(() => here.ids().join() === `127.0.0.3:${port},127.0.0.4:${port}`, 'targets are asked for anew');
    assert.equal(await here.ask(), '127.0.0.4');
  });
});

describe('what was found before the last start', options, () => {
  test('is served when nobody answers at this one', async () => {
    await using all = new AsyncDisposableStack();
    const folder = all.use(await freshFolder());
    const { port } = all.use(await AlikeEndpoints.open('127.0.0.2'));
    const dns = all.use(await Dnsmasq.start({ hosts: { 'web.test': ['127.0.0.2'] } }));
    const pools = {
      web: { discover: { dns: 'web.test', port, server: dns.address, init: 'last', timeout: '1s', initTimeout: '30s' } },
    } as const;
    const kept = `${folder.path}/discovery.json`;
    {
      await using first = await Discovered.start(pools, kept);
      assert.equal(await first.ask(), '127.0.0.2');
    }
    await dns.kill();
    const second = all.use(await Discovered.start(pools, kept));
    assert.equal(await second.ask(), '127.0.0.2');
    await second.until(() => second.figures().failures > 0, 'nobody answers');
    assert.notEqual(second.figures().staleSince, undefined);
    assert.equal(second.figures().answeredAt, undefined);
  });
});

describe('a resolver that never answers', { timeout }, () => {
  async function silent() {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return { address: `127.0.0.1:${socket.address().port}`, [Symbol.dispose]: () => socket.close() };
  }

  test('holds back the start for as long as it may, and no longer', async () => {
    using resolver = await silent();
    const discover = { dns: 'web.test', port: 80, server: resolver.address, timeout: '200ms', initTimeout: '500ms' } as const;
    await using here = await Discovered.start({ web: { discover }, more: { discover, endpoints: ['127.0.0.1:9'] } });
    assert.equal(
      here.log.matching(
        /^warn Pool web: dns web\.test:80 gave no endpoints within 0\.5 s \(.*does not answer in time\); it goes on with none/,
      ).length,
      1,
    );
    assert.equal(await here.ask(), '503');
    assert.deepEqual(here.ids('more'), ['127.0.0.1:9'], 'what the document names is there all the same');
    const { failures } = here.figures();
    await here.until(() => here.figures().failures > failures, 'it is asked again');
  });

  test('does not take endpoints from a pool that had some before the document changed', async () => {
    using resolver = await silent();
    await using folder = await freshFolder();
    const file = `${folder.path}/web.endpoints`;
    await writeFile(file, '127.0.0.1:9\n');
    await using here = await Discovered.start({ web: { discover: { file } } });
    // It has not failed by then: a change is held up no longer than this.
    const discover = { dns: 'web.test', port: 80, server: resolver.address, timeout: '1m', initTimeout: '300ms' } as const;
    assert.ok((await here.discovery.change(documentOf({ web: { discover } }))).ok);
    assert.deepEqual(here.ids(), ['127.0.0.1:9']);
    assert.match(here.log.lines.join('\n'), /goes on with the 1 endpoint from before/);
  });
});
