// The health service over HTTP/2 as Node.js serves it, in each of its states, and endpoints that serve something else.
import assert from 'node:assert/strict';
import type { Http2Stream, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { createSecureServer, createServer } from 'node:http2';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
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
import { grpc } from './grpc.ts';

type Treat = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, sent: Buffer) => void;

/** Waits for the whole request, and then does this. */
function treating(treat: Treat): (stream: Http2Stream, headers: IncomingHttpHeaders) => void {
  return (stream, headers) => {
    const pieces: Buffer[] = [];
    stream.on('error', () => {});
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    // The server's own streams, which the type of the event does not say.
    stream.on('end', () => treat(stream as ServerHttp2Stream, headers, Buffer.concat(pieces)));
  };
}

const serving = (treat: Treat, where?: { host: string }): Promise<ProbedServer> => {
  const server = createServer()
    .on('stream', treating(treat))
    .on('sessionError', () => {});
  return probed(server, where);
};

const message = (status: number): Buffer => Buffer.from([0, 0, 0, 0, 2, 8, status]);

interface Answer {
  readonly head?: Record<string, string | number>;
  readonly body?: Buffer;
  readonly trailers?: Record<string, string>;
}

const answering =
  ({ head = {}, body = message(1), trailers = { 'grpc-status': '0' } }: Answer): Treat =>
  (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...head }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end(body);
  };

test('SERVING passes, for the server as a whole or a service', async () => {
  await leavesNothingOpen(async () => {
    const seen: unknown[] = [];
    await using server = await serving((stream, headers, sent) => {
      seen.push([
        headers[':method'],
        headers[':path'],
        headers[':authority'],
        headers['content-type'],
        headers['te'],
        sent.toString('hex'),
      ]);
      answering({})(stream, headers, sent);
    });
    assert.deepEqual(await ask(grpc, server.target, { service: '' }), { passed: true });
    assert.deepEqual(await ask(grpc, server.target, { service: 'shop' }), { passed: true });
    const common = ['POST', '/grpc.health.v1.Health/Check', server.target.id, 'application/grpc', 'trailers'];
    assert.deepEqual(seen, [
      [...common, '0000000000'],
      [...common, '00000000060a0473686f70'],
    ]);
    await isLeft(server);
  });
});

test('an endpoint on IPv6 is asked too', async () => {
  await using server = await serving(answering({}), { host: '::1' });
  assert.deepEqual(await ask(grpc, server.target, { service: '' }), { passed: true });
});

describe('an answer that', () => {
  const cases: readonly (readonly [what: string, answer: Answer, reason: string])[] = [
    ['says NOT_SERVING', { body: message(2) }, 'the service is NOT_SERVING'],
    ['says UNKNOWN by saying nothing', { body: Buffer.alloc(5) }, 'the service is UNKNOWN'],
    ['says SERVICE_UNKNOWN', { body: message(3) }, 'the service is SERVICE_UNKNOWN'],
    ['says what nobody knows', { body: message(77) }, 'the service is in a state without a name, 77'],
    [
      'failed',
      { body: Buffer.alloc(0), trailers: { 'grpc-status': '5', 'grpc-message': 'no such service' } },
      'the answer was NOT_FOUND: "no such service"',
    ],
    ['failed after its message', { trailers: { 'grpc-status': '14' } }, 'the answer was UNAVAILABLE'],
    ['has a code that is none', { trailers: { 'grpc-status': 'fine' } }, 'the answer was a code without a name, NaN'],
    ['has no code', { trailers: {} }, 'the answer ended without a status of gRPC'],
    ['has no message', { body: Buffer.alloc(0) }, 'the answer has no message'],
    ['is not 200', { head: { ':status': 503 } }, 'the answer was 503'],
    ['is a page', { head: { 'content-type': 'text/html' } }, 'the answer is not of gRPC'],
    ['is long', { body: Buffer.alloc(9000) }, 'the answer is longer than 4096 bytes'],
  ];
  for (const [what, answer, reason] of cases) {
    test(`${what} does not pass`, async () => {
      await leavesNothingOpen(async () => {
        await using server = await serving(answering(answer));
        assert.equal(await reasonOf(ask(grpc, server.target, { service: '' })), reason);
        await isLeft(server);
      });
    });
  }

  test('has its code in the head, for want of a message, is understood', async () => {
    await using server = await serving((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto', 'grpc-status': '12' }, { endStream: true });
    });
    assert.equal(await reasonOf(ask(grpc, server.target, { service: '' })), 'the answer was UNIMPLEMENTED');
  });
});

test('TLS is spoken where it is wanted, and HTTP/2 must be agreed on in it', async () => {
  await leavesNothingOpen(async () => {
    const verified = { verify: true, authorities: certificate, serverName: 'shop.test' };
    const secured = createSecureServer({ cert: certificate, key }).on('stream', treating(answering({})));
    await using server = await probed(secured.on('sessionError', () => {}));
    assert.deepEqual(await ask(grpc, server.target, { service: '', tls: verified }), { passed: true });
    assert.equal(await reasonOf(ask(grpc, server.target, { service: '', tls: { verify: true } })), 'the certificate is signed by itself');
    await using old = await probed(createTlsServer({ cert: certificate, key }, (socket) => socket.on('error', () => {}).resume()));
    assert.equal(
      await reasonOf(ask(grpc, old.target, { service: '', tls: verified })),
      'none of the protocols h2 was agreed on in the TLS handshake',
    );
  });
});

describe('an endpoint that', () => {
  const frame = (kind: number, flags: number, stream: number, payload: Buffer): Buffer => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(kind, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
  };
  const settings = frame(4, 0, 0, Buffer.alloc(0));
  // ":status: 200" of the static table.
  const headOf200 = frame(1, 4, 1, Buffer.from([0x88]));
  // A field that is not kept in the table: "x" with a value of 100 bytes.
  const field = Buffer.concat([Buffer.from([0, 1, 0x78, 100]), Buffer.alloc(100, 'y')]);

  const lies: readonly (readonly [what: string, expected: RegExp, treat: (socket: Socket) => void])[] = [
    ['closes the connection', /^the connection was closed without an answer$/, (socket) => socket.end()],
    ['resets the connection', /^the connection was (reset|closed without an answer)$/, (socket) => socket.resetAndDestroy()],
    ['speaks HTTP/1.1', /^the answer is not HTTP\/2$/, (socket) => socket.write('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n')],
    ['greets and closes', /^the connection was closed without an answer$/, (socket) => socket.end(settings)],
    [
      'goes away',
      /^the stream was closed with REFUSED_STREAM$/,
      (socket) => socket.write(Buffer.concat([settings, frame(7, 0, 0, Buffer.alloc(8))])),
    ],
    [
      'resets the stream',
      /^the stream was closed with REFUSED_STREAM$/,
      (socket) => socket.write(Buffer.concat([settings, frame(3, 0, 1, Buffer.from([0, 0, 0, 7]))])),
    ],
    ['breaks a frame', /^the answer is not HTTP\/2$/, (socket) => socket.write(Buffer.concat([settings, frame(6, 0, 0, Buffer.alloc(3))]))],
    [
      'announces a frame of 16 MiB',
      /^the answer is not HTTP\/2$/,
      (socket) => {
        socket.write(Buffer.concat([settings, Buffer.from('ffffff000000000001', 'hex')]));
        writeForEver(socket, Buffer.alloc(9000));
      },
    ],
    [
      'sends fields without end',
      /^the stream was closed with ENHANCE_YOUR_CALM$/,
      (socket) => {
        socket.write(Buffer.concat([settings, frame(1, 0, 1, Buffer.from([0x88]))]));
        writeForEver(socket, frame(9, 0, 1, Buffer.concat(new Array(100).fill(field))));
      },
    ],
    [
      'pings without end',
      /^pings, settings or interim answers came without end$/,
      (socket) => {
        socket.write(settings);
        writeForEver(socket, frame(6, 0, 0, Buffer.alloc(8)));
      },
    ],
    ['sends settings without end', /^pings, settings or interim answers came without end$/, (socket) => writeForEver(socket, settings)],
    [
      'sends interim answers without end',
      /^pings, settings or interim answers came without end$/,
      (socket) => {
        socket.write(settings);
        writeForEver(socket, frame(1, 4, 1, Buffer.from('0803313030', 'hex')));
      },
    ],
    ...(
      [
        ['widens its window without end', 8, 1, Buffer.from([0, 0, 0, 1])],
        ['names other hosts without end', 10, 1, Buffer.from('\0\0h2=":1"')],
        ['sends bytes of padding without end', 0, 1, Buffer.concat([Buffer.from([254]), Buffer.alloc(254)])],
      ] as const
    ).map(([what, kind, stream, payload]): readonly [string, RegExp, (socket: Socket) => void] => [
      what,
      /^the answer is longer than 65536 bytes$/,
      (socket) => {
        socket.write(Buffer.concat([settings, headOf200]));
        writeForEver(socket, Buffer.concat(new Array(500).fill(frame(kind, kind === 0 ? 8 : 0, stream, payload))));
      },
    ]),
    [
      'sends empty pieces without end',
      /^the answer is not HTTP\/2$/,
      (socket) => {
        socket.write(Buffer.concat([settings, headOf200]));
        writeForEver(socket, Buffer.concat(new Array(500).fill(frame(0, 0, 1, Buffer.alloc(0)))));
      },
    ],
    [
      'sends more of the body than it may',
      /^the answer is longer than 4096 bytes$/,
      (socket) => {
        socket.write(Buffer.concat([settings, headOf200]));
        writeForEver(socket, frame(0, 0, 1, Buffer.alloc(9000)));
      },
    ],
  ];
  for (const [what, expected, treat] of lies) {
    test(`${what} fails and is left`, async () => {
      await leavesNothingOpen(async () => {
        await using server = await rude((socket) => socket.once('data', () => treat(socket)));
        const reason = await reasonOf(ask(grpc, server.target, { service: '' }));
        assert.match(reason, expected);
        await isLeft(server);
      });
    });
  }

  const slow: readonly (readonly [what: string, treat: (socket: Socket) => void])[] = [
    ['says nothing', () => {}],
    ['greets and says no more', (socket) => socket.write(settings)],
    ['stops in the middle of its answer', (socket) => socket.write(Buffer.concat([settings, headOf200]))],
  ];
  for (const [what, treat] of slow) {
    test(`${what} is left when the time is up`, async () => {
      await leavesNothingOpen(async () => {
        let isAsked = false;
        await using server = await rude((socket) =>
          socket.once('data', () => {
            isAsked = true;
            treat(socket);
          }),
        );
        const asked = asking(grpc, server.target, { service: '' });
        await eventually(() => isAsked, 'the probe waits');
        asked.abort();
        assert.equal((await asked.result).passed, false);
        await isLeft(server);
      });
    });
  }
});
