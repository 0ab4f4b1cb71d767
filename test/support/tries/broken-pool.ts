// Pools with breakers, whose endpoints fail, are slow, or answer trials one by one.
import assert from 'node:assert/strict';
import type { WrittenDocument } from '../../../src/control-plane/configuration/document.ts';
import { eventually } from '../balanced.ts';
import type { BytePeer } from '../byte-peer.ts';
import { HoldingEndpoint } from '../holding-endpoint.ts';
import type { PlanesParts } from '../planes.ts';
import { idle, Planes } from '../planes.ts';

export const timeout = 60_000;

export const requestOf = (path: string, lines = ''): string => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n${lines}\r\n`;

export const quick = requestOf('/');

export const held = requestOf('/held');

type PoolParts = Partial<WrittenDocument['pools'][string]>;

/** Opens with the second of two calls that failed, or of four of which half did, and stays open for as long as any test lasts. */
export const forLong = { leastCalls: 4, failures: 50, open: '1h', mostOpen: '1h' } as const;

/** The same, and half open soon. */
export const forShort = { leastCalls: 2, failures: 50, open: '50ms', mostOpen: '1h', trials: 1, rounds: 1 } as const;

export interface World extends AsyncDisposable {
  readonly here: Planes;
  readonly endpoints: readonly HoldingEndpoint[];
  readonly first: HoldingEndpoint;
  /** How many requests each endpoint got. */
  readonly got: readonly number[];
  /** So many requests one after the other, each with its status. */
  statuses(count: number, worker?: number): Promise<readonly number[]>;
}

export async function world(
  pool: PoolParts,
  more: Partial<PlanesParts> & { readonly count?: number; readonly maxConnections?: number } = {},
): Promise<World> {
  const { count = 2, maxConnections, ...others } = more;
  const limit = maxConnections === undefined ? {} : { maxConnections };
  await using stack = new AsyncDisposableStack();
  const endpoints: HoldingEndpoint[] = [];
  for (let place = 0; place < count; place++) endpoints.push(stack.use(await HoldingEndpoint.open(`e${place}`)));
  const web = { ...pool, endpoints: endpoints.map(({ address }) => ({ address, ...limit })) } as WrittenDocument['pools'][string];
  const here = stack.use(await Planes.start({ pools: { web }, ...others }));
  const all = stack.move();
  return {
    here,
    endpoints,
    first: endpoints[0] ?? assert.fail(),
    get got() {
      return endpoints.map(({ requests }) => requests.length);
    },
    async statuses(asked, worker) {
      const statuses: number[] = [];
      for (let sent = 0; sent < asked; sent++) statuses.push(statusOf(await here.ask(quick, worker)));
      return statuses;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

const statusOf = (answer: string): number => Number(answer.split(' ')[1]);

export function failAll({ endpoints }: World, status = 500): void {
  for (const endpoint of endpoints) endpoint.status = status;
}

/** Sends to each worker in turn until so many requests are held as trials; those that were refused meanwhile are forgotten. */
export async function trials(all: World, count: number, workers = 1, request = held): Promise<readonly BytePeer[]> {
  const clients: BytePeer[] = [];
  const isHeld = () => all.endpoints.reduce((sum, { holds }) => sum + holds, 0);
  while (isHeld() < count) {
    const client = await all.here.connect(clients.length % workers);
    const before = isHeld();
    client.send(request);
    await eventually(() => isHeld() > before || client.received.includes('}'), 'a trial or a refusal');
    if (isHeld() > before) clients.push(client);
    else client.close();
  }
  return clients;
}

/** So many clients, one after another, leave while the first endpoint has their request. */
export async function leaveWhileHeld({ here, first }: World, clients: number): Promise<void> {
  for (let turn = 0; turn < clients; turn++) {
    await using client = await here.connect();
    client.send(held);
    const upstream = await first.held();
    client.close();
    await upstream.closed();
  }
  await idle(here.board);
}
