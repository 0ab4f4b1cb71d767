// A real nginx and Evenkeel with the same upstreams spread requests alike: where chance has no part the same endpoint for the same request, else
// the same shares. What only NGINX Plus has (slow_start, least_time, sticky, resolve, queue) cannot be compared; see test/golden/nginx.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BytePeer } from '../support/byte-peer.ts';
import { HeldEndpoints } from '../support/nginx/held-endpoints.ts';
import { noNginx } from '../support/nginx/nginx-server.ts';
import { sameAnswers } from '../support/nginx/same-answers.ts';
import type { Side } from '../support/nginx/side-by-side.ts';
import { SideBySide } from '../support/nginx/side-by-side.ts';

const both: readonly Side[] = ['nginx', 'evenkeel'];

/** Where each of so many requests goes, each sent when the one before is held at an endpoint. All are answered in the end. */
async function placesOfHeld(sides: SideBySide, side: Side, endpoints: HeldEndpoints, count: number): Promise<readonly string[]> {
  const answers: Promise<unknown>[] = [];
  const all = [];
  for (let asked = 0; asked < count; asked++) {
    answers.push(sides.ask(side, { path: '/held' }));
    all.push(await endpoints.next());
  }
  for (const held of all) held.release();
  await Promise.all(answers);
  return all.map(({ endpoint }) => endpoint);
}

const countsOf = (names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...new Set(names)].sort().map((name) => [name, names.filter((each) => each === name).length]));

async function held(endpoints: HeldEndpoints, upstream: string, more = ''): Promise<SideBySide> {
  const filled = [...endpoints.addresses].reduce((text, [name, address]) => text.replaceAll(name, address), upstream);
  return SideBySide.start(`upstream app { ${filled} } server { listen LISTEN; ${more} location / { proxy_pass http://app; ${more} } }`, []);
}

describe('beside nginx, requests are spread', { skip: noNginx, timeout: 120_000 }, () => {
  test('by least_conn to whoever has the fewest for its weight', async () => {
    await using endpoints = await HeldEndpoints.open('A', 'B', 'C');
    await using sides = await held(endpoints, 'least_conn; server A; server B weight=3; server C;');
    for (const side of both) {
      const places = await placesOfHeld(sides, side, endpoints, 10);
      assert.deepEqual(countsOf(places), { A: 2, B: 6, C: 2 }, `${side}: ${places}`);
    }
  });

  test('by random two to the one of two that has fewer', async () => {
    await using endpoints = await HeldEndpoints.open('A', 'B');
    await using sides = await held(endpoints, 'random two least_conn; server A; server B;');
    for (const side of both) assert.deepEqual(countsOf(await placesOfHeld(sides, side, endpoints, 8)), { A: 4, B: 4 }, side);
  });

  test('by random in the shares of the weights', async () => {
    await using sides = await SideBySide.start(
      'upstream app { random; server ONE; server TWO weight=3; } server { listen LISTEN; location / { proxy_pass http://app; } }',
      ['one', 'two'],
    );
    for (const side of both) {
      const names: string[] = [];
      for (let count = 0; count < 200; count++) {
        const { headers } = await sides.ask(side, { path: '/' });
        names.push(headers['x-endpoint'] ?? 'none');
      }
      // A quarter, 50 of 200; five standard deviations are 31.
      const { one = 0, two = 0 } = countsOf(names);
      assert.ok(one >= 19 && one <= 81 && one + two === 200, `${side}: ${one} and ${two}`);
    }
  });

  test('past servers that have max_conns, and to the backup when all have', async () => {
    await using endpoints = await HeldEndpoints.open('A', 'B', 'C');
    await using sides = await held(endpoints, 'server A max_conns=1; server B max_conns=2; server C max_conns=1 backup;');
    for (const side of both) {
      const answers: ReturnType<SideBySide['ask']>[] = [];
      const all = [];
      for (let asked = 0; asked < 4; asked++) {
        answers.push(sides.ask(side, { path: '/held' }));
        all.push(await endpoints.next());
      }
      assert.deepEqual(countsOf(all.slice(0, 3).map(({ endpoint }) => endpoint)), { A: 1, B: 2 }, side);
      assert.equal(all[3]?.endpoint, 'C', side);
      const { status } = await sides.ask(side, { path: '/' });
      assert.equal(status, side === 'nginx' ? 502 : 503, 'nobody is left, which the two tell by statuses of their own');
      for (const each of all) each.release();
      for (const answer of answers) assert.equal((await answer).status, 200);
      assert.equal((await sides.ask(side, { path: '/' })).status, 200);
    }
  });

  test('to nobody who is down, and to a backup only when the others fail', async () => {
    await using sides = await SideBySide.start(
      `upstream down { server ONE down; server TWO; server THREE down; }
       upstream alone { server ONE; server TWO backup; }
       upstream gone { server 127.0.0.1:1; server TWO backup; server THREE backup down; }
       upstream keyed { hash $arg_key consistent; server ONE; server TWO down; server THREE; }
       server {
         listen LISTEN;
         location /down/ { proxy_pass http://down; }
         location /alone/ { proxy_pass http://alone; }
         location /gone/ { proxy_pass http://gone; }
         location /keyed/ { proxy_pass http://keyed; }
       }`,
      ['one', 'two', 'three'],
    );
    const paths = Array.from({ length: 6 }, (_, index) => `${index}`);
    await sameAnswers(
      sides,
      ['down', 'alone', 'gone'].flatMap((place) => paths.map((path) => ({ path: `/${place}/${path}` }))),
    );
    await sameAnswers(
      sides,
      Array.from({ length: 80 }, (_, index) => ({ path: `/keyed/?key=k${index * 7919}` })),
    );
  });
});

describe('beside nginx, connections', { skip: noNginx, timeout: 120_000 }, () => {
  const kept = 'proxy_http_version 1.1; proxy_set_header Connection "";';

  test('to endpoints are kept, and closed after keepalive_requests', async () => {
    await using endpoints = await HeldEndpoints.open('A');
    for (const [words, connections] of [
      ['keepalive 4;', 1],
      ['keepalive 4; keepalive_requests 3;', 4],
    ] as const) {
      await using sides = await held(endpoints, `server A; ${words}`, kept);
      for (const side of both) {
        endpoints.connections.clear();
        for (let count = 0; count < 10; count++) assert.equal((await sides.ask(side, { path: '/' })).status, 200);
        assert.equal(endpoints.connections.get('A'), connections, `${side} with ${words}`);
      }
    }
  });

  test('become tunnels for WebSocket, and carry what both sides say', async () => {
    await using endpoints = await HeldEndpoints.open('A');
    const upgrade = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";';
    await using sides = await held(endpoints, 'server A;', upgrade);
    for (const side of both) {
      await using client = await BytePeer.connect(sides.place(side));
      client.send(
        'GET /chat HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      const { startLine, lines } = await client.answer();
      assert.match(startLine, /^HTTP\/1\.1 101 /, side);
      assert.ok(
        lines.some((line) => /^upgrade: websocket$/i.test(line)),
        side,
      );
      client.send('hello');
      assert.equal(await client.bytes(5), 'hello', side);
    }
  });
});
