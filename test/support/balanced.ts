// A data plane in this process before the endpoints of a test, one listener and one pool, and its figures to look at.
import type { NetConnectOpts } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WrittenDocument } from '../../src/control-plane/configuration/document.ts';
import { documentSettings } from '../../src/control-plane/configuration/document.ts';
import type { EndpointTotals, ListenerTotals, PoolTotals } from '../../src/control-plane/supervising/totals.ts';
import type { BoundListener, DataPlane } from '../../src/data-plane/serving/data-plane.ts';
import { createDataPlane } from '../../src/data-plane/serving/data-plane.ts';
import type { Abilities } from '../../src/data-plane/sockets/native-stream.ts';
import { Scoreboard } from '../../src/domain/endpoints/scoreboard.ts';
import { BytePeer } from './byte-peer.ts';
import { readTotals } from './totals.ts';

export interface BalancedParts {
  /** Addresses, or endpoints that have one. */
  readonly endpoints: readonly (string | { readonly address: string })[];
  /** Settings of the pool, of the listener. */
  readonly pool?: Partial<WrittenDocument['pools'][string]>;
  readonly listener?: object;
  /** Of the whole document. Never, when absent: a test may keep the process busy. */
  readonly overload?: WrittenDocument['overload'];
  /** The share of the memory that is in use. */
  readonly memory?: () => number;
  readonly abilities?: Abilities | undefined;
}

export interface Balanced extends AsyncDisposable {
  readonly plane: DataPlane;
  readonly bound: BoundListener;
  /** Figures of the listener, of the pool, and of each endpoint. */
  readonly listener: ListenerTotals;
  readonly pool: PoolTotals;
  endpoint(index?: number): EndpointTotals;
  /** A client of the listener. */
  connect(): Promise<BytePeer>;
  /** A client that makes one exchange, and its answer. */
  ask(request: string): Promise<string>;
}

export async function balanced(parts: BalancedParts): Promise<Balanced> {
  const document = documentSettings.parse({
    overload: parts.overload ?? 'none',
    listeners: [{ name: 'web', bind: '127.0.0.1:0', pool: 'web', ...parts.listener }],
    pools: { web: { endpoints: parts.endpoints.map((each) => (typeof each === 'string' ? each : each.address)), ...parts.pool } },
  });
  const board = new Scoreboard({ workers: 1, listeners: 1, endpoints: parts.endpoints.length, pools: 1 });
  const { abilities, memory } = parts;
  const given = { ...(abilities === undefined ? {} : { abilities }), ...(memory === undefined ? {} : { memory }) };
  const plane = createDataPlane({ document, board, worker: 0, workers: 1, ...given });
  const [bound] = await plane.listen();
  if (bound === undefined) throw new Error('The listener is not bound.');
  const connect = (): Promise<BytePeer> => BytePeer.connect(placeOf(bound));
  return {
    plane,
    bound,
    connect,
    get listener() {
      return first(readTotals(board).listeners);
    },
    get pool() {
      return first(readTotals(board).pools);
    },
    endpoint: (index = 0) => first(readTotals(board).endpoints.slice(index)),
    ask: async (request) => {
      await using client = await connect();
      client.send(request);
      const { head, body } = await client.answer(request.startsWith('HEAD'));
      return `${head}\r\n\r\n${body}`;
    },
    [Symbol.asyncDispose]: async () => plane.close(),
  };
}

export function placeOf({ bind }: BoundListener): NetConnectOpts {
  return bind.kind === 'unix' ? { path: bind.path } : { host: '127.0.0.1', port: bind.port };
}

function first<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined) throw new Error('There is none.');
  return item;
}

/** Waits for something that no event tells of, such as a figure on the scoreboard. */
export async function eventually(isSo: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}`);
    await sleep(5);
  }
}
