// A pool with sessions before endpoints that say who was asked, and clients of two workers.
import assert from 'node:assert/strict';
import type { BytePeer, PeerMessage } from '../byte-peer.ts';
import type { Script } from '../scripted-endpoint.ts';
import { answerOf } from '../scripted-endpoint.ts';
import type { Asked, ServedParts } from '../served-pool.ts';
import { exchange, Fleet, ServedPool } from '../served-pool.ts';

export const timeout = 120_000;

/** Tells its place; `/login/ID` begins a session of its own, `/fail` fails, and `/chat` switches protocols. */
export const application =
  (place: number): Script =>
  async (peer) => {
    for (;;) {
      const { startLine } = await peer.request();
      const [, target = ''] = startLine.split(' ');
      const id = /^\/login\/(.+)$/.exec(target)?.[1];
      if (target === '/chat')
        return void peer.send(`HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n${place}`);
      if (target === '/fail') peer.send('HTTP/1.1 500 Oh\r\nContent-Length: 1\r\n\r\n!');
      else peer.send(answerOf(String(place), id === undefined ? '' : `Set-Cookie: SID=${id}; Path=/\r\nX-Session: ${id}\r\n`));
    }
  };

interface World extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly here: ServedPool;
  /** Of each worker one. */
  readonly clients: readonly BytePeer[];
}

export async function world(sticky: object | undefined, more: Partial<ServedParts> & { readonly count?: number } = {}): Promise<World> {
  const { count = 4, pool, ...others } = more;
  const fleet = await Fleet.open(count, application);
  const settings = { ...(sticky === undefined ? {} : { sticky }), ...pool };
  const here = await ServedPool.start({ endpoints: fleet.addresses, threads: 2, ...others, pool: settings });
  const clients = await here.connectToEach();
  return {
    fleet,
    here,
    clients,
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.close();
      await here[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

/** The Set-Cookie lines of a cookie. */
export const issued = ({ lines }: PeerMessage, name = 'SERVER'): string[] =>
  lines.filter((line) => line.startsWith(`Set-Cookie: ${name}=`));

/** What a client sends back for the one cookie that it was given. */
export function cookieOf(message: PeerMessage, name = 'SERVER'): string {
  const [line, ...more] = issued(message, name);
  assert.ok(line !== undefined && more.length === 0, message.head);
  return line.slice('Set-Cookie: '.length).split(';')[0] ?? '';
}

export const withCookie = (cookie: string): Asked => ({ lines: [`Cookie: before=1; ${cookie}; behind=2`] });

/** A client of each of the two workers. */
export const both = ({ clients }: World): readonly [BytePeer, BytePeer] => [clients[0] as BytePeer, clients[1] as BytePeer];

export const first = (clients: readonly BytePeer[]): BytePeer => clients[0] as BytePeer;

/** The place of the answer, which must not issue anything. */
export async function placeKept(client: BytePeer, cookie: string): Promise<number> {
  const message = await exchange(client, withCookie(cookie));
  assert.match(message.startLine, / 200 /);
  assert.deepEqual(issued(message), []);
  return Number(message.body);
}

export const counted = ({ board }: ServedPool, counter: number): number =>
  board.shape.workers === 1 ? at(board, 0, counter) : at(board, 0, counter) + at(board, 1, counter);

export const at = (board: ServedPool['board'], worker: number, counter: number): number => board.poolRow(worker, 0)[counter] ?? 0;
