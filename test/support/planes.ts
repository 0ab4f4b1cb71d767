// Data planes of a whole document in this process, one for each worker, so that a test knows which worker serves a client.
// Whatever a test did, what it began is given back: at the end no endpoint has any load, or the test fails.
import assert from 'node:assert/strict';
import type { WrittenDocument } from '../../src/control-plane/configuration/document.ts';
import { documentSettings } from '../../src/control-plane/configuration/document.ts';
import type { BoundListener, DataPlane, DataPlaneParts } from '../../src/data-plane/serving/data-plane.ts';
import { createDataPlane } from '../../src/data-plane/serving/data-plane.ts';
import { createSharedState } from '../../src/data-plane/serving/shared-state.ts';
import { countNames } from '../../src/domain/endpoints/places.ts';
import { endpointControl, endpointState, Scoreboard } from '../../src/domain/endpoints/scoreboard.ts';
import { eventually, placeOf } from './balanced.ts';
import { BytePeer } from './byte-peer.ts';
import { times } from './endpoints.ts';
import type { Totals } from './totals.ts';
import { readTotals } from './totals.ts';

export interface PlanesParts {
  readonly pools: WrittenDocument['pools'];
  /** Of the one listener; all to the first pool when absent. */
  readonly routes?: readonly object[];
  readonly workers?: number;
  readonly ownPolicies?: DataPlaneParts['ownPolicies'];
}

interface Worker {
  readonly plane: DataPlane;
  readonly bound: BoundListener;
}

export class Planes implements AsyncDisposable {
  readonly board: Scoreboard;
  readonly #workers: readonly Worker[];

  private constructor(board: Scoreboard, workers: readonly Worker[]) {
    this.board = board;
    this.#workers = workers;
  }

  static async start({ pools, routes, workers = 1, ownPolicies }: PlanesParts): Promise<Planes> {
    const all = routes ?? [{ pool: Object.keys(pools)[0] }];
    const document = documentSettings.parse({ overload: 'none', listeners: [{ name: 'web', bind: '127.0.0.1:0', routes: all }], pools });
    const board = new Scoreboard({ workers, ...countNames(document) });
    const shared = createSharedState(document.pools);
    const own = ownPolicies === undefined ? {} : { ownPolicies };
    const planes = times(workers, (worker) => createDataPlane({ document, board, worker, workers, shared, ...own }));
    const started = planes.map(async (plane): Promise<Worker> => {
      const [bound] = await plane.listen();
      assert.ok(bound !== undefined);
      return { plane, bound };
    });
    return new Planes(board, await Promise.all(started));
  }

  /** Over all workers; endpoints in the order of the pools. */
  get totals(): Totals {
    return readTotals(this.board);
  }

  /** Counters of one kind, of all endpoints. */
  each(counter: keyof Omit<Totals['endpoints'][number], 'latencyCounts'>): readonly number[] {
    return this.totals.endpoints.map((endpoint) => endpoint[counter]);
  }

  /** A client of that worker. */
  connect(worker = 0): Promise<BytePeer> {
    const { bound } = this.#workers[worker] ?? assert.fail('There is no such worker.');
    return BytePeer.connect(placeOf(bound));
  }

  /** A client that makes one exchange, and its answer. */
  async ask(request: string, worker = 0): Promise<string> {
    await using client = await this.connect(worker);
    client.send(request);
    const { head, body } = await client.answer(request.startsWith('HEAD'));
    return `${head}\r\n\r\n${body}`;
  }

  /** What an operator would say. In force for the next pick. */
  set(endpoint: number, state: keyof typeof endpointState): void {
    this.board.controls(endpoint)[endpointControl.state] = endpointState[state];
  }

  /** Resolves when nothing is open any more. */
  async drain(): Promise<void> {
    await Promise.all(this.#workers.map(({ plane }) => plane.drain()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await idle(this.board);
    } finally {
      for (const { plane } of this.#workers) plane.close();
    }
  }
}

/** Resolves when no endpoint has any load. Of clients that were just closed nobody has heard yet. */
export function idle(board: Scoreboard): Promise<void> {
  const loads = () => times(board.shape.endpoints, (endpoint) => board.inFlight(endpoint));
  assert.ok(
    loads().every((load) => load >= 0),
    `no load is below zero: ${loads()}`,
  );
  return eventually(() => loads().every((load) => load === 0), 'no endpoint has any load');
}
