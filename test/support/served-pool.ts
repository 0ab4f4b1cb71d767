// A pool of endpoints that answer with their place, behind workers that serve real sockets: a test knows with which worker its connections are.
import { documentSettings } from '../../src/control-plane/configuration/document.ts';
import { Supervisor } from '../../src/control-plane/supervising/supervisor.ts';
import type { BoundListener } from '../../src/data-plane/serving/data-plane.ts';
import { createDataPlane } from '../../src/data-plane/serving/data-plane.ts';
import { endpointControl, endpointState, listenerCounter, Scoreboard } from '../../src/domain/endpoints/scoreboard.ts';
import { placeOf } from './balanced.ts';
import type { PeerMessage } from './byte-peer.ts';
import { BytePeer } from './byte-peer.ts';
import { times } from './endpoints.ts';
import { RecordedLog } from './recorded-log.ts';
import type { Script } from './scripted-endpoint.ts';
import { answerOf, ScriptedEndpoint } from './scripted-endpoint.ts';

/** Endpoints of which each answers with its place, unless a test has another script for them. */
export class Fleet implements AsyncDisposable {
  readonly endpoints: readonly ScriptedEndpoint[];

  private constructor(endpoints: readonly ScriptedEndpoint[]) {
    this.endpoints = endpoints;
  }

  static async open(count: number, script: (place: number) => Script = tellPlace): Promise<Fleet> {
    return new Fleet(await Promise.all(times(count, (place) => ScriptedEndpoint.open(script(place)))));
  }

  get addresses(): readonly string[] {
    return this.endpoints.map(({ address }) => address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const endpoint of this.endpoints) await endpoint[Symbol.asyncDispose]();
  }
}

const tellPlace =
  (place: number): Script =>
  async (peer) => {
    for (;;) {
      await peer.request();
      peer.send(answerOf(String(place)));
    }
  };

export interface ServedParts {
  /** Addresses, or endpoints with more than that. */
  readonly endpoints: readonly (string | object)[];
  /** Settings of the pool, of the listener. */
  readonly pool?: object;
  readonly listener?: object;
  /** Other pools, behind this one. For these it takes threads. */
  readonly others?: object;
  /** Threads under a supervisor; without it there is one data plane in this process. */
  readonly threads?: number;
}

/** A pool of its own beside the others, by which `look` finds out what workers have seen. */
const sentinel = 'sentinel';
const routes = [
  { host: `${sentinel}.test`, pool: sentinel },
  { host: '*.test', pool: 'web' },
];

export interface Asked {
  readonly target?: string;
  /** Below `.test`: for any other host there is no route. */
  readonly host?: string;
  /** Whole lines. */
  readonly lines?: readonly string[];
}

export class ServedPool implements AsyncDisposable {
  readonly board: Scoreboard;
  /** Where the sentinel's endpoint stands on the scoreboard: behind those of the pool. */
  readonly #sentinel: number;
  #isSentinelOut = false;
  readonly #bound: BoundListener;
  readonly #stop: () => Promise<void> | void;

  private constructor(board: Scoreboard, sentinelAt: number, bound: readonly BoundListener[], stop: () => Promise<void> | void) {
    const [only] = bound;
    if (only === undefined) throw new Error('The listener is not bound.');
    this.board = board;
    this.#sentinel = sentinelAt;
    this.#bound = only;
    this.#stop = stop;
  }

  static async start({ endpoints, pool, listener, others, threads }: ServedParts): Promise<ServedPool> {
    const document = documentSettings.parse({
      // In this process a test may keep the worker waiting.
      overload: 'none',
      ...(threads === undefined ? {} : { workers: threads }),
      listeners: [{ name: 'web', bind: '127.0.0.1:0', routes, ...listener }],
      pools: { web: { endpoints, ...pool }, [sentinel]: { endpoints: endpoints.slice(0, 1) }, ...others },
    });
    const count = endpoints.length;
    if (threads !== undefined) {
      const supervisor = new Supervisor({ document, log: new RecordedLog() });
      return new ServedPool(supervisor.board, count, await supervisor.start(), () => supervisor.stop());
    }
    const board = new Scoreboard({ workers: 1, listeners: 1, endpoints: count + 1, pools: 2 });
    const plane = createDataPlane({ document, board, worker: 0, workers: 1 });
    return new ServedPool(board, count, await plane.listen(), () => plane.close());
  }

  /** A client, of whichever worker. */
  connect(): Promise<BytePeer> {
    return BytePeer.connect(placeOf(this.#bound));
  }

  /** A client of each worker, in their order. The system chooses whose a connection is, so that many may be needed. */
  async connectToEach(): Promise<readonly BytePeer[]> {
    const clients = new Map<number, BytePeer>();
    while (clients.size < this.board.shape.workers) {
      const client = await this.connect();
      const before = this.#exchanges();
      // No route goes there: it is counted, and no endpoint is picked.
      client.send('GET / HTTP/1.1\r\nHost: nobody\r\n\r\n');
      await client.answer();
      const worker = this.#exchanges().findIndex((count, each) => count !== before[each]);
      if (clients.has(worker)) client.close();
      else clients.set(worker, client);
    }
    return times(clients.size, (worker) => clients.get(worker) as BytePeer);
  }

  /** What the control plane would say. In force for picks that begin after it. */
  set(place: number, state: keyof typeof endpointState): void {
    this.board.controls(place)[endpointControl.state] = endpointState[state];
    this.board.raiseRevision(0);
  }

  /** The same of a weight. In force once the worker has looked. */
  weigh(place: number, weight: number, pool = 0): void {
    const controls = this.board.controls(place);
    controls[endpointControl.weight] = weight;
    controls[endpointControl.hasWeight] = 1;
    this.board.raiseRevision(pool);
  }

  /** Resolves when the workers of these clients have seen all that was set before: they look at all pools one after the other, from time to time. */
  async look(...clients: readonly BytePeer[]): Promise<void> {
    this.#isSentinelOut = !this.#isSentinelOut;
    this.weigh(this.#sentinel, this.#isSentinelOut ? 0 : 1, 1);
    for (const client of clients) {
      const isSeen = async (): Promise<boolean> => {
        const { startLine } = await exchange(client, { host: `${sentinel}.test` });
        return startLine.includes(' 503 ') === this.#isSentinelOut;
      };
      while (!(await isSeen()));
    }
  }

  #exchanges(): readonly number[] {
    return times(this.board.shape.workers, (worker) => this.board.listenerRow(worker, 0)[listenerCounter.exchanges] ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}

/** One exchange on a connection that is open. */
export function exchange(client: BytePeer, { target = '/', host = 'a.test', lines = [] }: Asked = {}): Promise<PeerMessage> {
  client.send(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`);
  return client.answer();
}

/** The place of the endpoint that answered. Throws for any other answer. */
export async function placeAsked(client: BytePeer, asked: Asked = {}): Promise<number> {
  const { startLine, body } = await exchange(client, asked);
  if (!startLine.includes(' 200 ')) throw new Error(`${startLine}: ${body}`);
  return Number(body);
}

/** The places that answer so many requests on one connection. */
export async function placesAsked(client: BytePeer, count: number, asked: (index: number) => Asked = () => ({})): Promise<number[]> {
  const places: number[] = [];
  for (let index = 0; index < count; index++) places.push(await placeAsked(client, asked(index)));
  return places;
}

/** How often each place is among those. */
export const countOf = (places: readonly number[], endpoints: number): number[] =>
  times(endpoints, (place) => places.filter((each) => each === place).length);
