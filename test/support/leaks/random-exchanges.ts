// Exchanges of every kind, of which many are broken off at a random moment by one side or the other: what may leave something behind.
import { once } from 'node:events';
import { setImmediate as soon } from 'node:timers/promises';
import { seeded } from '../../../src/foundation/basics/random.ts';
import type { Balanced } from '../balanced.ts';
import type { BytePeer } from '../byte-peer.ts';
import type { Script } from '../scripted-endpoint.ts';
import { answerOf } from '../scripted-endpoint.ts';

type Random = () => number;

const oneOf = <Item>(random: Random, items: readonly [Item, ...Item[]]): Item => items[Math.floor(random() * items.length)] ?? items[0];

const long = 'x'.repeat(100_000);
const upgrade = 'GET /upgrade HTTP/1.1\r\nHost: a.test\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n';

const requests = [
  'GET /short HTTP/1.1\r\nHost: a.test\r\n\r\n',
  'GET /long HTTP/1.1\r\nHost: a.test\r\n\r\n',
  'GET /chunks HTTP/1.1\r\nHost: a.test\r\n\r\n',
  'GET /close HTTP/1.0\r\nHost: a.test\r\n\r\n',
  'HEAD /short HTTP/1.1\r\nHost: a.test\r\n\r\n',
  `POST /short HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${long.length}\r\n\r\n${long}`,
  `POST /long HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: 1\r\n\r\n`,
  'POST /early HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000\r\n\r\nabc',
  'GET /malformed HTTP/1.1\r\nHost: a.test\r\n\r\n',
  'GET /dies HTTP/1.1\r\nHost: a.test\r\n\r\n',
  'GET /resets HTTP/1.1\r\nHost: a.test\r\n\r\n',
  'nonsense\r\n\r\n',
  upgrade,
] as const;

const answers: ReadonlyMap<string, string> = new Map([
  ['/short', answerOf('short')],
  ['/long', answerOf(long)],
  [
    '/chunks',
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n${long.length.toString(16)}\r\n${long}\r\n0\r\nX: 1\r\n\r\n`,
  ],
  ['/early', answerOf('no')],
  ['/malformed', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
]);

/** An endpoint that answers by the path, and breaks connections off at random moments. */
export function fickleEndpoint(seed: number): Script {
  const random = seeded(seed);
  return async (peer) => {
    for (;;) {
      const head = await peer.until('\r\n\r\n');
      const [, path = ''] = head.split(' ', 2);
      if (random() < 0.05) return breakOff(peer, random);
      if (path === '/upgrade') return switchTo(peer, random);
      if (path === '/dies' || path === '/resets') return halfAnswer(peer, path === '/dies');
      if (path !== '/early') await restOf(peer, head);
      peer.send(path === '/close' ? 'HTTP/1.0 200 OK\r\n\r\nuntil the end' : (answers.get(path) ?? answerOf('?')));
      if (path === '/close') return peer.end();
      if (random() < 0.05) return breakOff(peer, random);
    }
  };
}

async function restOf(peer: BytePeer, head: string): Promise<void> {
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) await peer.bytes(Number(length));
  if (/transfer-encoding/i.test(head)) await peer.until(/0\r\n(X: 1\r\n)?\r\n/);
}

function halfAnswer(peer: BytePeer, inOrder: boolean): void {
  peer.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc');
  if (inOrder) peer.end();
  else peer.reset();
}

async function switchTo(peer: BytePeer, random: Random): Promise<void> {
  peer.send('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\nhello');
  if (random() < 0.3) return breakOff(peer, random);
  await peer.over();
  peer.end();
}

function breakOff(peer: BytePeer, random: Random): void {
  oneOf(random, [() => peer.close(), () => peer.reset(), () => peer.end()])();
}

/** One client with one to three requests, of which the last may be broken off. Resolves when its connection is gone. */
export async function randomClient(here: Balanced, random: Random): Promise<number> {
  const client = await here.connect();
  const gone = client.socket.closed ? undefined : once(client.socket, 'close').catch(() => undefined);
  const count = 1 + Math.floor(random() * 3);
  for (let turn = 0; turn < count && !client.isOver; turn++) await randomExchange(client, random);
  breakOff(client, random);
  await client.over();
  client.close();
  await gone;
  return count;
}

async function randomExchange(client: BytePeer, random: Random): Promise<void> {
  const request = oneOf(random, requests);
  if (random() < 0.15) {
    client.send(request.slice(0, Math.floor(random() * request.length)));
    for (let turns = Math.floor(random() * 3); turns > 0; turns--) await soon();
    return client.close();
  }
  client.send(request);
  if (random() < 0.2) {
    for (let turns = Math.floor(random() * 6); turns > 0; turns--) await soon();
    return breakOff(client, random);
  }
  if (request === upgrade) client.end();
  await client.answer(request.startsWith('HEAD')).catch(() => undefined);
  if (request === upgrade) client.close();
}
