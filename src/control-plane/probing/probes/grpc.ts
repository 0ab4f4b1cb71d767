// Asks the health service of gRPC (grpc.health.v1) over HTTP/2, with TLS or without: SERVING passes.
import { once } from 'node:events';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { connect } from 'node:http2';
import type { Socket } from 'node:net';
import { BoundedBytes } from '../bounded-bytes.ts';
import { hostOf } from '../host-of.ts';
import type { ProbeContext, ProbeTarget } from '../probe.ts';
import { defineProbe, ProbeFailure, pass } from '../probe.ts';
import { mostBytes, ProbeSocket } from '../probe-socket.ts';
import type { ProbeTls } from '../probe-tls.ts';
import { codeName, healthRequest, servingStatus, servingStatuses } from '../wire/grpc-messages.ts';
import { quoted } from '../words.ts';

export interface GrpcProbeSettings {
  /** Empty for the server as a whole. */
  readonly service: string;
  /** Without it, there is no TLS. */
  readonly tls?: ProbeTls;
}

/** A message that says SERVING has two bytes, and five before them. */
const mostMessage = 4096;
const mostAsides = 16;
const mostHead = 16 * 1024;
/** Milliseconds between two looks at how much has come. */
const look = 10;

export const grpc = defineProbe({
  name: 'grpc',
  summary: 'Passes when the health service of gRPC says SERVING.',
  run: async (target: ProbeTarget, { service, tls }: GrpcProbeSettings, context: ProbeContext) => {
    using socket = await ProbeSocket.connect(target, context);
    if (tls !== undefined) await socket.secure(tls, ['h2']);
    const session = connect(`${tls === undefined ? 'http' : 'https'}://${hostOf(target)}`, {
      createConnection: () => socket.stream,
      settings: { enablePush: false, maxHeaderListSize: mostHead },
      maxSessionMemory: 1,
    });
    const flood = floodOf(socket.stream);
    try {
      context.step('waiting for the health service');
      checkAnswer(await Promise.race([ask(session, service), flood.promise]));
      return pass;
    } finally {
      flood.end();
      session.destroy();
    }
  },
});

interface Answer {
  readonly head: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly message: Buffer;
}

async function ask(session: ClientHttp2Session, service: string): Promise<Answer> {
  // The error of the session is that of the stream too.
  session.on('error', () => {});
  const stream = session.request({
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Check',
    'content-type': 'application/grpc',
    'user-agent': 'evenkeel-probe',
    te: 'trailers',
  });
  stream.on('error', () => {});
  let trailers: IncomingHttpHeaders = {};
  stream.on('trailers', (fields) => {
    trailers = fields;
  });
  const flood = flooding(session, stream);
  stream.end(healthRequest(service));
  const [head] = await Promise.race([once(stream, 'response'), closing(stream), flood]);
  return { head, message: await Promise.race([readMessage(stream), flood]), trailers };
}

/** A connection that ends without a word ends its streams without an error. */
async function closing(stream: ClientHttp2Stream): Promise<never> {
  await once(stream, 'close');
  throw new ProbeFailure('the connection was closed without an answer');
}

/** Rejects when more comes beside the answer than any server has reason to send. */
function flooding(session: ClientHttp2Session, stream: ClientHttp2Stream): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  let asides = 0;
  const count = (): void => {
    asides++;
    if (asides > mostAsides) reject(new ProbeFailure('pings, settings or interim answers came without end'));
  };
  session.on('ping', count).on('remoteSettings', count);
  stream.on('headers', count);
  return promise;
}

/**
 * Rejects when so much has come as no answer has. There are frames that HTTP/2 reads and tells nobody of, such as those that widen a window:
 * sent without end, they would keep this thread at work for as long as a probe may take.
 */
function floodOf(stream: Socket): { readonly promise: Promise<never>; readonly end: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const looking = setInterval(() => {
    if (stream.bytesRead > mostBytes) reject(new ProbeFailure(`the answer is longer than ${mostBytes} bytes`));
  }, look);
  return { promise, end: () => clearInterval(looking) };
}

async function readMessage(stream: ClientHttp2Stream): Promise<Buffer> {
  const read = new BoundedBytes(mostMessage);
  for await (const chunk of stream) if (!read.add(chunk)) throw new ProbeFailure(`the answer is longer than ${mostMessage} bytes`);
  return read.bytes;
}

function checkAnswer({ head, trailers, message }: Answer): void {
  const status = head[':status'];
  if (Number(status) !== 200) throw new ProbeFailure(`the answer was ${status}`);
  if (!/^application\/grpc(?:\+proto)?(?:;|$)/i.test(head['content-type'] ?? '')) throw new ProbeFailure('the answer is not of gRPC');
  // An answer without a message says in its head how it went.
  const written = trailers['grpc-status'] ?? head['grpc-status'];
  if (written === undefined) throw new ProbeFailure('the answer ended without a status of gRPC');
  if (written !== '0') {
    const said = trailers['grpc-message'] ?? head['grpc-message'];
    throw new ProbeFailure(`the answer was ${codeName(Number(written))}${said === undefined ? '' : `: ${quoted(String(said))}`}`);
  }
  const health = servingStatus(message);
  if (servingStatuses[health] !== 'SERVING')
    throw new ProbeFailure(`the service is ${servingStatuses[health] ?? `in a state without a name, ${health}`}`);
}
