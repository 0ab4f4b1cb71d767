// One set of figures from many workers: adds up the rows of the scoreboard. Made only when somebody asks.
import type { EndpointCounter, ListenerCounter, Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { endpointCounters, latencyAt, listenerCounter, listenerCounters } from '../../domain/endpoints/scoreboard.ts';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';

export type ListenerTotals = { readonly [Counter in ListenerCounter]: number };

export type EndpointTotals = { readonly [Counter in EndpointCounter]: number } & {
  readonly inFlight: number;
  /** Attempts by how long the head of their answer took, in the buckets of `latencyBuckets`. */
  readonly latencyCounts: Float64Array;
};

/** In the order of the scoreboard's rows. */
export interface Totals {
  readonly listeners: readonly ListenerTotals[];
  readonly endpoints: readonly EndpointTotals[];
}

/** Workers go on counting meanwhile, so figures may differ by what happened during the reading. */
export function readTotals(board: Scoreboard): Totals {
  const { endpoints, listeners } = board.shape;
  return {
    listeners: Array.from({ length: listeners }, (_, listener) => listenerTotals(board, listener)),
    endpoints: Array.from({ length: endpoints }, (_, endpoint) => endpointTotals(board, endpoint)),
  };
}

/** What one worker has begun and not ended, over all listeners. */
export function inFlightOf(board: Scoreboard, worker: number): number {
  let sum = 0;
  for (let listener = 0; listener < board.shape.listeners; listener++) {
    sum += board.listenerRow(worker, listener)[listenerCounter.exchangesInFlight] ?? 0;
  }
  return sum;
}

/** What all workers have begun and not ended. */
export function inFlightOfAll(board: Scoreboard): number {
  let sum = 0;
  for (let worker = 0; worker < board.shape.workers; worker++) sum += inFlightOf(board, worker);
  return sum;
}

function listenerTotals(board: Scoreboard, listener: number): ListenerTotals {
  return named(
    listenerCounters,
    addRows(board.shape.workers, listenerCounters.length, (worker) => board.listenerRow(worker, listener)),
  );
}

function endpointTotals(board: Scoreboard, endpoint: number): EndpointTotals {
  const sums = addRows(board.shape.workers, latencyAt + latencyBuckets.count, (worker) => board.endpointRow(worker, endpoint));
  return {
    ...named(endpointCounters, sums),
    inFlight: board.inFlight(endpoint),
    latencyCounts: sums.subarray(latencyAt),
  };
}

function addRows(workers: number, length: number, rowOf: (worker: number) => Float64Array): Float64Array {
  const sums = new Float64Array(length);
  for (let worker = 0; worker < workers; worker++) {
    const row = rowOf(worker);
    for (let place = 0; place < length; place++) sums[place] = (sums[place] ?? 0) + (row[place] ?? 0);
  }
  return sums;
}

function named<Name extends string>(names: readonly Name[], sums: Float64Array): { readonly [Key in Name]: number } {
  // fromEntries forgets the literal names; the cast gives them back.
  return Object.fromEntries(names.map((name, place) => [name, sums[place] ?? 0])) as { [Key in Name]: number };
}
