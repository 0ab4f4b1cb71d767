// A client that sends all kinds of requests, fast and slowly, one after another or ahead, and leaves when chance says so. It knows what it asked for:
// an answer that is not whole, of another request or of nobody is found out.
import assert from 'node:assert/strict';
import { setImmediate as soon } from 'node:timers/promises';
import { catalogue } from '../../../src/domain/exceptions/catalogue.ts';
import type { Random } from '../../../src/foundation/basics/random.ts';
import type { BytePeer, PeerMessage } from '../byte-peer.ts';
import { told } from './troubled-endpoint.ts';

export interface Asked {
  readonly id: string;
  readonly method: string;
  /** It may be sent twice. */
  readonly isRepeatable: boolean;
  readonly isUpgrade: boolean;
  readonly head: string;
  readonly body: string;
  /** As it goes over the connection. */
  readonly sent: string;
}

/**
 * How it ended for the client. `broken`: an answer began, and it was plain to see that it did not end. One that was still sending may have lost all of
 * such an answer.
 */
export type Fate = 'answered' | 'refused' | 'broken' | 'left' | 'tunnelled';

export interface Outcome {
  readonly fate: Fate;
  /** The connection takes another request. */
  readonly goesOn: boolean;
}

const failures = new Set(Object.entries(catalogue).flatMap(([kind, { origin }]) => (origin === 'client' ? [] : [kind])));

const oneOf = <Item>(random: Random, items: readonly [Item, ...Item[]]): Item => items[Math.floor(random() * items.length)] ?? items[0];

export function someRequest(id: string, random: Random): Asked {
  const method = oneOf(random, ['GET', 'GET', 'GET', 'HEAD', 'DELETE', 'PUT', 'PUT', 'POST', 'POST', 'PATCH']);
  const isUpgrade = method === 'GET' && random() < 0.1;
  const hasBody = method.startsWith('P');
  const hasKey = method === 'POST' && random() < 0.4;
  const size = hasBody ? Math.floor(oneOf(random, [0, 20, 5000, 30_000, 200_000]) * random()) : 0;
  const body = Array.from({ length: Math.ceil(size / 10) }, (_, line) => `${id}.${line}`.padStart(10, '.')).join('');
  const isChunked = hasBody && random() < 0.4;
  const lines = [
    `X-Id: ${id}`,
    ...(hasKey ? [`Idempotency-Key: "${id}"`] : []),
    ...(isUpgrade ? ['Connection: upgrade', 'Upgrade: chat'] : []),
    ...(hasBody ? [isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`] : []),
    ...(body.length > 0 && random() < 0.2 ? ['Expect: 100-continue'] : []),
    ...(random() < 0.1 ? [`X-Timeout: ${Math.floor(random() * 200)}`] : []),
  ];
  const head = `${method} / HTTP/1.1\r\nHost: a.test\r\n${lines.join('\r\n')}\r\n\r\n`;
  const isRepeatable = !['POST', 'PATCH'].includes(method) || hasKey;
  return { id, method, isRepeatable, isUpgrade, head, body, sent: head + (isChunked ? chunksOf(body, random) : body) };
}

function chunksOf(body: string, random: Random): string {
  let text = '';
  for (let at = 0; at < body.length; ) {
    const size = Math.min(body.length - at, 1 + Math.floor(random() * 20_000));
    text += `${size.toString(16)}\r\n${body.slice(at, at + size)}\r\n`;
    at += size;
  }
  return `${text}0\r\n\r\n`;
}

/** Sends it, whole or in pieces; gives false when it left in the middle. */
export async function sendSomehow(client: BytePeer, { sent }: Asked, random: Random): Promise<boolean> {
  const leaves = random() < 0.05;
  const end = leaves ? Math.floor(random() * sent.length) : sent.length;
  const pieces = random() < 0.3 ? 1 + Math.floor(random() * 4) : 1;
  for (let piece = 0; piece < pieces; piece++) {
    client.send(sent.slice(Math.floor((end * piece) / pieces), Math.floor((end * (piece + 1)) / pieces)));
    for (let turns = pieces > 1 ? Math.floor(random() * 8) : 0; turns > 0; turns--) await soon();
  }
  if (leaves) client.close();
  return !leaves;
}

/** Reads what comes of a request, and sees that it is what may come of it. */
export async function hearOf(client: BytePeer, asked: Asked): Promise<Outcome> {
  for (;;) {
    const head = await client.until('\r\n\r\n').catch(() => undefined);
    if (head === undefined) return { fate: 'broken', goesOn: false };
    if (head.startsWith('HTTP/1.1 101 ')) return await talk(client, asked, head);
    if (!head.startsWith('HTTP/1.1 1')) return judge(await bodyOf(client, asked, head), asked);
  }
}

async function bodyOf(client: BytePeer, { method }: Asked, head: string): Promise<PeerMessage> {
  const [startLine = '', ...lines] = head.slice(0, -4).split('\r\n');
  const message = { head, startLine, lines, body: '', trailers: [] };
  if (method === 'HEAD') return message;
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  if (length !== undefined) return { ...message, body: await client.bytes(Number(length)).catch(() => '') };
  let body = '';
  try {
    for (;;) {
      const size = Number.parseInt(await client.until('\r\n'), 16);
      body += await client.bytes(size);
      await client.until('\r\n');
      if (size === 0) return { ...message, body };
    }
  } catch {
    return message;
  }
}

function judge({ head, startLine, body }: PeerMessage, { id, method, body: sent }: Asked): Outcome {
  const goesOn = !/^connection: close/im.test(head);
  const of = /^X-Of: (.*?)\r$/im.exec(head)?.[1];
  if (of === undefined) return { fate: refusal(startLine, body, method), goesOn };
  assert.equal(of, id, 'an answer is that of its own request');
  if (method === 'HEAD') return { fate: 'answered', goesOn };
  if (body === '') return { fate: 'broken', goesOn: false };
  assert.match(body, /^[^|]*\|-*$/, 'nothing else is in an answer');
  const [text = ''] = body.split('|');
  if (text !== 'early') assert.equal(text, told(sent), 'the endpoint had the whole of the request, once');
  return { fate: 'answered', goesOn };
}

function refusal(startLine: string, body: string, method: string): Fate {
  if (method !== 'HEAD') assert.ok(failures.has(JSON.parse(body).error), `a failure has a name: ${body}`);
  assert.match(startLine, /^HTTP\/1\.1 50[234] /);
  return 'refused';
}

async function talk(client: BytePeer, { id, isUpgrade }: Asked, head: string): Promise<Outcome> {
  assert.ok(isUpgrade, 'who did not ask for another protocol does not get one');
  assert.match(head, new RegExp(`^X-Of: ${id}\r$`, 'm'));
  await client.until('hello');
  client.send('ping');
  await client.until('pong');
  client.close();
  return { fate: 'tunnelled', goesOn: false };
}
