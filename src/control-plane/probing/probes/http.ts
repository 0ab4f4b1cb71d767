// One request over HTTP/1.1, with TLS or without: the status decides, and the body where one is expected. Redirects are answers like others.
// Node's own client keeps heads within 16 KiB; of a body 64 KiB are read, and none of it where the status says all.
import { once } from 'node:events';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { BoundedBytes } from '../bounded-bytes.ts';
import { codeOf } from '../failure-text.ts';
import { hostOf } from '../host-of.ts';
import { matchesInTime } from '../match-in-time.ts';
import type { ProbeContext, ProbeTarget } from '../probe.ts';
import { defineProbe, ProbeFailure, pass } from '../probe.ts';
import { mostBytes } from '../probe-socket.ts';
import type { ProbeTls } from '../probe-tls.ts';
import { tlsOptions } from '../probe-tls.ts';
import { quoted } from '../words.ts';

export interface HttpProbeSettings {
  readonly method: string;
  readonly path: string;
  /** For the field `Host`; the endpoint's address when absent. */
  readonly host?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** First and last status of each range that passes. */
  readonly status: readonly (readonly [first: number, last: number])[];
  /** Has to stand in the first 64 KiB of the body. */
  readonly body?: string;
  /** The source of a regular expression that has to match them. */
  readonly match?: string;
  /** Without it, there is no TLS. */
  readonly tls?: ProbeTls;
}

const mostHeadBytes = 16 * 1024;
/** Answers before the answer: 100, 103. */
const mostInterim = 16;

export const http = defineProbe({
  name: 'http',
  summary:
    'Passes when a request over HTTP/1.1 is answered with one of the given statuses, and with the given text in the body if there is one.',
  run: async (target: ProbeTarget, settings: HttpProbeSettings, context: ProbeContext) => {
    const request = open(target, settings, context);
    let broken: unknown;
    // What Node.js tells of a broken body to its reader is no more than that the connection is gone.
    request.on('error', (error) => {
      broken ??= error;
    });
    try {
      request.end();
      const answer = await answerTo(request);
      checkStatus(answer, settings.status);
      if (settings.body !== undefined || settings.match !== undefined) {
        context.step('reading the body of the answer');
        await checkBody(answer, settings);
      }
      return pass;
    } catch (error) {
      throw broken ?? error;
    } finally {
      request.destroy();
    }
  },
});

function open(target: ProbeTarget, { tls, ...settings }: HttpProbeSettings, context: ProbeContext): ClientRequest {
  const { address } = target;
  const options: RequestOptions = {
    ...(address.kind === 'unix' ? { socketPath: address.path } : { host: address.host, port: address.port }),
    agent: false,
    method: settings.method,
    path: settings.path,
    headers: {
      host: settings.host ?? hostOf(target),
      'user-agent': 'evenkeel-probe',
      accept: '*/*',
      connection: 'close',
      ...lowerCased(settings.headers),
    },
    maxHeaderSize: mostHeadBytes,
    signal: context.signal,
  };
  context.step('connecting');
  // The address stands last: `host` of the options for TLS is a name.
  const request = tls === undefined ? plainRequest(options) : tlsRequest({ ...tlsOptions(target, tls), ...options });
  const wait = (): void => context.step('waiting for the head of the answer');
  request.once('socket', (socket) => {
    if (tls === undefined) socket.once('connect', wait);
    else socket.once('connect', () => context.step('shaking hands for TLS')).once('secureConnect', wait);
  });
  return request;
}

async function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  const { promise: refusal, reject } = Promise.withResolvers<never>();
  let interim = 0;
  request.on('information', () => {
    interim++;
    if (interim > mostInterim) reject(new ProbeFailure(`more than ${mostInterim} interim answers came before the answer`));
  });
  // Nobody asked for another protocol. The connection is not the request's any more by then.
  request.on('upgrade', (_, socket) => {
    socket.destroy();
    reject(new ProbeFailure('the answer was 101, and no other protocol was asked for'));
  });
  // An error of the answer that nobody hears would end the process, and may come before what waits here goes on.
  request.on('response', (answer) => answer.on('error', () => {}));
  const [answer] = await Promise.race([once(request, 'response'), refusal]);
  return answer;
}

function checkStatus({ statusCode = 0 }: IncomingMessage, ranges: HttpProbeSettings['status']): void {
  if (!ranges.some(([first, last]) => statusCode >= first && statusCode <= last)) throw new ProbeFailure(`the answer was ${statusCode}`);
}

async function checkBody(answer: IncomingMessage, { body, match }: HttpProbeSettings): Promise<void> {
  const text = body === undefined ? undefined : Buffer.from(body);
  const read = new BoundedBytes(mostBytes);
  const found = await readBody(answer, read, match === undefined ? text : undefined).catch((error: unknown) => {
    throw codeOf(error) === 'ECONNRESET' ? new ProbeFailure('the connection was closed before the body was whole') : error;
  });
  if (text !== undefined && !found && !read.has(text, 0, 0))
    throw new ProbeFailure(`the expected text is not in ${partOf(read)}${begin(read)}`);
  if (match !== undefined && !matchesInTime(match, read.bytes.toString()))
    throw new ProbeFailure(`${partOf(read)} does not match${begin(read)}`);
}

/** Reads to the end, to the bound, or only until the text has come. */
async function readBody(answer: IncomingMessage, read: BoundedBytes, text: Uint8Array | undefined): Promise<boolean> {
  for await (const chunk of answer) {
    const looked = read.length;
    const hasRoom = read.add(chunk);
    if (text !== undefined && read.has(text, 0, looked)) return true;
    if (!hasRoom) return false;
  }
  return false;
}

const partOf = (read: BoundedBytes): string => (read.length === mostBytes ? `the first ${mostBytes} bytes of the body` : 'the body');

/** So that whoever wrote the settings sees what the endpoint says instead. */
const begin = (read: BoundedBytes): string =>
  read.length === 0 ? ', which is empty' : `, which begins with ${quoted(read.bytes.toString())}`;

/** So that a field of the settings takes the place of one that stands there anyway. */
const lowerCased = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
