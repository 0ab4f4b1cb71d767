// Requests and answers as they should be, over plain connections and TLS, and endpoints that do everything else.
import assert from 'node:assert/strict';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { eventually } from '../../../../test/support/balanced.ts';
import { certificate, key } from '../../../../test/support/probing/certificate.ts';
import type { ProbedServer } from '../../../../test/support/probing/probed-server.ts';
import {
  ask,
  asking,
  isLeft,
  leavesNothingOpen,
  probed,
  reasonOf,
  rude,
  writeForEver,
} from '../../../../test/support/probing/probed-server.ts';
import type { HttpProbeSettings } from './http.ts';
import { http } from './http.ts';

const usual: HttpProbeSettings = { method: 'GET', path: '/healthz', headers: {}, status: [[200, 399]] };

const serving = (answer: RequestListener, where?: { host: string }): Promise<ProbedServer> => probed(createServer(answer), where);
const saying =
  (text: string): RequestListener =>
  (_, response) =>
    response.end(text);

/** A server that waits for a head and then does this. */
const rudely = (treat: (socket: Socket) => void): Promise<ProbedServer> => rude((socket) => socket.once('data', () => treat(socket)));
const head = 'HTTP/1.1 200 OK\r\n';

test('the status decides, in any of its ranges', async () => {
  await leavesNothingOpen(async () => {
    let status = 200;
    await using server = await serving((_, response) => response.writeHead(status).end());
    for (const [answered, ranges, passes] of [
      [200, [[200, 399]], true],
      [399, [[200, 399]], true],
      [400, [[200, 399]], false],
      [
        503,
        [
          [200, 200],
          [503, 503],
        ],
        true,
      ],
      [
        204,
        [
          [200, 200],
          [503, 503],
        ],
        false,
      ],
    ] as const) {
      status = answered;
      const result = ask(http, server.target, { ...usual, status: ranges });
      assert.equal(await reasonOf(result), passes ? 'passed: true' : `the answer was ${answered}`);
    }
  });
});

test('the request is as the settings say', async () => {
  const seen: IncomingMessage[] = [];
  await using server = await serving((request, response: ServerResponse) => {
    seen.push(request);
    response.end();
  });
  await ask(http, server.target, usual);
  const headers = { 'X-Probe': 'yes', 'User-Agent': 'me' };
  await ask(http, server.target, { ...usual, method: 'HEAD', path: '/up?a=1', host: 'shop.test', headers });
  await ask(http, server.target, { ...usual, method: 'POST' });
  const facts = seen.map(({ method, url, headers: { host, connection } }) => [method, url, host, connection]);
  assert.deepEqual(facts, [
    ['GET', '/healthz', server.target.id, 'close'],
    ['HEAD', '/up?a=1', 'shop.test', 'close'],
    ['POST', '/healthz', server.target.id, 'close'],
  ]);
  assert.deepEqual([seen[1]?.headers['x-probe'], seen[1]?.headers['user-agent']], ['yes', 'me']);
  assert.equal(seen[2]?.headers['content-length'], '0');
});

test('an endpoint on IPv6 is asked by its address in brackets', async () => {
  let host: string | undefined;
  await using server = await serving(
    (request, response) => {
      host = request.headers.host;
      response.end();
    },
    { host: '::1' },
  );
  assert.deepEqual(await ask(http, server.target, usual), { passed: true });
  assert.equal(host, server.target.id);
});

test('a redirect is an answer like others, and is not followed', async () => {
  let asked = 0;
  await using server = await serving((_, response) => {
    asked++;
    response.writeHead(302, { location: '/healthz' }).end();
  });
  assert.deepEqual(await ask(http, server.target, usual), { passed: true });
  assert.equal(await reasonOf(ask(http, server.target, { ...usual, status: [[200, 299]] })), 'the answer was 302');
  assert.equal(asked, 2);
});

describe('a text in the body', () => {
  test('passes wherever it is, also in pieces', async () => {
    await using server = await serving((_, response) => {
      response.write('{ "status": "all is w', () => response.end('ell" }'));
    });
    assert.deepEqual(await ask(http, server.target, { ...usual, body: 'all is well' }), { passed: true });
    assert.equal(
      await reasonOf(ask(http, server.target, { ...usual, body: 'all was well' })),
      'the expected text is not in the body, which begins with "{ "status": "all is well" }"',
    );
    assert.deepEqual(await ask(http, server.target, { ...usual, match: '"status": ?"all .* (well|fine)"' }), { passed: true });
    assert.equal(
      await reasonOf(ask(http, server.target, { ...usual, match: '^well' })),
      'the body does not match, which begins with "{ "status": "all is well" }"',
    );
  });

  test('is told to be missing where there is none at all', async () => {
    await using server = await serving(saying(''));
    assert.equal(
      await reasonOf(ask(http, server.target, { ...usual, body: 'ok' })),
      'the expected text is not in the body, which is empty',
    );
  });

  test('passes as soon as it has come, though the body never ends', async () => {
    await leavesNothingOpen(async () => {
      await using server = await serving((_, response) => response.write('all is well, wait'));
      assert.deepEqual(await ask(http, server.target, { ...usual, body: 'all is well' }), { passed: true });
      await isLeft(server);
    });
  });

  test('is looked for in bytes, so that other languages have it too', async () => {
    await using server = await serving(saying('tout va très bien'));
    assert.deepEqual(await ask(http, server.target, { ...usual, body: 'très' }), { passed: true });
    assert.deepEqual(await ask(http, server.target, { ...usual, match: 'tr.s b' }), { passed: true });
  });

  test('is not believed where both are wanted and one is missing', async () => {
    await using server = await serving(saying('all is well'));
    assert.deepEqual(await ask(http, server.target, { ...usual, body: 'all', match: 'well$' }), { passed: true });
    assert.equal(
      await reasonOf(ask(http, server.target, { ...usual, body: 'none', match: 'well$' })),
      'the expected text is not in the body, which begins with "all is well"',
    );
  });

  test('matched by an expression that takes for ever is given up', async () => {
    await using server = await serving(saying(`${'a'.repeat(60)}b`));
    assert.equal(
      await reasonOf(ask(http, server.target, { ...usual, match: '(a+)+$' })),
      'the regular expression took more than 20 ms to match the body',
    );
  });
});

test('TLS is spoken where it is wanted, with a certificate that is valid or any', async () => {
  await leavesNothingOpen(async () => {
    await using server = await probed(createSecureServer({ cert: certificate, key }, saying('all is well')));
    const verified = { verify: true, authorities: certificate };
    assert.deepEqual(await ask(http, server.target, { ...usual, tls: { verify: false }, body: 'well' }), { passed: true });
    assert.deepEqual(await ask(http, server.target, { ...usual, tls: verified }), { passed: true });
    assert.deepEqual(await ask(http, server.target, { ...usual, tls: { ...verified, serverName: 'shop.test' } }), { passed: true });
    assert.equal(await reasonOf(ask(http, server.target, { ...usual, tls: { verify: true } })), 'the certificate is signed by itself');
    assert.equal(
      await reasonOf(ask(http, server.target, { ...usual, tls: { ...verified, serverName: 'other.test' } })),
      'the certificate is for another name',
    );
    assert.equal(await reasonOf(ask(http, server.target, usual)), 'the connection was closed without an answer');
  });
});

test('an endpoint whose TLS handshake stalls is left when the time is up', async () => {
  await leavesNothingOpen(async () => {
    await using server = await rude((socket) => socket.once('data', () => socket.write(Buffer.from([22, 3, 3, 0x40, 0, 2]))));
    const asked = asking(http, server.target, { ...usual, tls: { verify: false } });
    await eventually(() => (server.sockets[0]?.bytesWritten ?? 0) > 0, 'the handshake has begun');
    assert.equal(asked.step(), 'shaking hands for TLS');
    asked.abort();
    assert.equal((await asked.result).passed, false);
    await isLeft(server);
  });
});

describe('an endpoint that', () => {
  const lies: readonly (readonly [what: string, treat: (socket: Socket) => void, reason: RegExp, settings?: Partial<HttpProbeSettings>])[] =
    [
      ['closes the connection', (socket) => socket.end(), /^the connection was closed without an answer$/],
      ['resets the connection', (socket) => socket.resetAndDestroy(), /^the connection was reset$/],
      ['speaks another protocol', (socket) => socket.write('220 smtp.test\r\n'), /^the answer is not HTTP\/1.1/],
      [
        'closes in the middle of a body',
        (socket) => socket.end(`${head}content-length: 9\r\n\r\nall`),
        /^the connection was closed before the body was whole$/,
        { body: 'well' },
      ],
      [
        'breaks its chunks',
        (socket) => socket.write(`${head}transfer-encoding: chunked\r\n\r\nnone\r\n`),
        /^the answer is not HTTP\/1.1/,
        { body: 'well' },
      ],
      [
        'sends a field without end',
        (socket) => writeForEver(socket, `${head}x: ${'y'.repeat(9000)}`),
        /^the head of the answer is too long$/,
      ],
      [
        'sends fields without end',
        (socket) => {
          socket.write(head);
          writeForEver(socket, 'x: y\r\n'.repeat(999));
        },
        /^the head of the answer is too long$/,
      ],
      [
        'sends a body without end',
        (socket) => {
          socket.write(`${head}\r\n`);
          writeForEver(socket, 'x'.repeat(9000));
        },
        /^the expected text is not in the first 65536 bytes/,
        { body: 'well' },
      ],
      [
        'sends chunks of a byte without end',
        (socket) => {
          socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
          writeForEver(socket, '1\r\nx\r\n'.repeat(999));
        },
        /^the first 65536 bytes of the body does not match/,
        { match: 'well' },
      ],
      [
        'sends a chunk extension without end',
        (socket) => {
          socket.write(`${head}transfer-encoding: chunked\r\n\r\n1;`);
          writeForEver(socket, 'x'.repeat(9000));
        },
        /^the body of the answer has chunks with far too much/,
        { body: 'well' },
      ],
      [
        'sends trailers without end',
        (socket) => {
          socket.write(`${head}transfer-encoding: chunked\r\n\r\n0\r\n`);
          writeForEver(socket, 'x: y\r\n'.repeat(999));
        },
        /^the head of the answer is too long$/,
        { body: 'well' },
      ],
      ['answers 100 without end', (socket) => writeForEver(socket, 'HTTP/1.1 100 Continue\r\n\r\n'), /^more than 16 interim answers/],
      [
        'changes the protocol',
        (socket) => socket.write('HTTP/1.1 101 Switching\r\nupgrade: chat\r\nconnection: upgrade\r\n\r\n'),
        /^the answer was 101/,
      ],
    ];
  for (const [what, treat, reason, settings] of lies) {
    test(`${what} fails and is left`, async () => {
      await leavesNothingOpen(async () => {
        await using server = await rudely(treat);
        assert.match(await reasonOf(ask(http, server.target, { ...usual, ...settings })), reason);
        await isLeft(server);
      });
    });
  }

  const slow: readonly (readonly [what: string, said: string, step: string])[] = [
    ['says nothing', '', 'waiting for the head of the answer'],
    ['stops in the middle of its head', `${head}x:`, 'waiting for the head of the answer'],
    ['stops in the middle of its body', `${head}content-length: 9\r\n\r\nall`, 'reading the body of the answer'],
  ];
  for (const [what, said, step] of slow) {
    test(`${what} is left when the time is up`, async () => {
      await leavesNothingOpen(async () => {
        let isAsked = false;
        await using server = await rudely((socket) => {
          socket.write(said);
          isAsked = true;
        });
        const asked = asking(http, server.target, { ...usual, body: 'well' });
        await eventually(() => isAsked && asked.step() === step, 'the probe waits');
        asked.abort();
        assert.equal((await asked.result).passed, false);
        await isLeft(server);
      });
    });
  }
});
