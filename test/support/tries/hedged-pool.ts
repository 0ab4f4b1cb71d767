// A pool with hedging, and what is late in it.
import assert from 'node:assert/strict';
import type { WrittenDocument } from '../../../src/control-plane/configuration/document.ts';
import type { BytePeer } from '../byte-peer.ts';
import { HeldTimers } from '../held-timers.ts';
import { HoldingEndpoint } from '../holding-endpoint.ts';
import type { PlanesParts } from '../planes.ts';
import { Planes } from '../planes.ts';

export const timeout = 60_000;

export const hour = 3_600_000;

export const requestOf = (method: string, path: string, lines = ''): string => `${method} ${path} HTTP/1.1\r\nHost: a.test\r\n${lines}\r\n`;

export const quick = requestOf('GET', '/');

export const held = requestOf('GET', '/held');

type PoolParts = Partial<WrittenDocument['pools'][string]>;

/** The timer of a second request would run for an hour: it runs when the test says so. With a quantile of a half, two answers are enough to know. */
export const hedge = { quantile: 0.5, least: '1h', share: 100 } as const;

export interface World extends AsyncDisposable {
  readonly here: Planes;
  readonly endpoints: readonly HoldingEndpoint[];
  readonly first: HoldingEndpoint;
  readonly second: HoldingEndpoint;
  readonly timers: HeldTimers;
  /** A client whose request the first endpoint has, and is late with. */
  late(request?: string): Promise<Late>;
}

export interface Late extends AsyncDisposable {
  readonly client: BytePeer;
  /** The endpoint's side of the first try. */
  readonly slow: BytePeer;
  /** That of the second one. */
  readonly rival: BytePeer;
}

/** Endpoints of which the first is asked first, and two answers of the past. */
export async function world(
  pool: PoolParts = {},
  more: Partial<PlanesParts> & { readonly count?: number; readonly known?: number } = {},
): Promise<World> {
  const { count = 2, known = 2, ...others } = more;
  await using stack = new AsyncDisposableStack();
  const timers = stack.use(new HeldTimers(hour));
  const endpoints: HoldingEndpoint[] = [];
  for (let place = 0; place < count; place++) endpoints.push(stack.use(await HoldingEndpoint.open(`e${place}`)));
  // A connection that was kept may be closed at any time, for which the same endpoint is asked again.
  const connections = { idle: 0 };
  const settings = { balance: 'first-available', connections, hedge, ...pool, endpoints: endpoints.map(({ address }) => address) } as const;
  const here = stack.use(await Planes.start({ pools: { web: settings as WrittenDocument['pools'][string] }, ...others }));
  for (let answer = 0; answer < known; answer++) assert.match(await here.ask(quick), /^HTTP\/1\.1 200 /);
  const [first, second] = endpoints;
  assert.ok(first !== undefined && second !== undefined);
  const all = stack.move();
  return {
    here,
    endpoints,
    first,
    second,
    timers,
    async late(request = held) {
      await using parts = new AsyncDisposableStack();
      const client = parts.use(await here.connect());
      client.send(request);
      const slow = await first.held();
      timers.run();
      const rival = await second.held();
      const clients = parts.move();
      return { client, slow, rival, [Symbol.asyncDispose]: () => clients.disposeAsync() };
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
