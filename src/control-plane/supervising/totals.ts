// One set of figures from many workers: adds up the rows of the scoreboard. Made only when somebody asks.
import type { EndpointCounter, ListenerCounter, PoolCounter, PoolGauge, Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import {
  endpointCounters,
  latencyAt,
  listenerCounter,
  listenerCounters,
  poolCounters,
  poolGauges,
  waitsAt,
} from '../../domain/endpoints/scoreboard.ts';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';

export type ListenerTotals = { readonly [Counter in ListenerCounter]: number };

export type EndpointTotals = { readonly [Counter in EndpointCounter]: number } & {
  readonly inFlight: number;
  /** Attempts by how long the head of their answer took, in the buckets of `latencyBuckets`. */
  readonly latencyCounts: Float64Array;
};

export type PoolTotals = { readonly [Counter in PoolCounter | PoolGauge]: number } & {
  /** Exchanges that waited for a place, by how long, in the buckets of `latencyBuckets`. */
  readonly waitCounts: Float64Array;
};

/** What is begun and not ended, and would be lost with its worker. */
export interface OpenWork {
  readonly exchanges: number;
  readonly tunnels: number;
}

/** Of one worker, or of all of them. */
export function openWork(board: Scoreboard, worker?: number): OpenWork {
  const workers = worker === undefined ? Array.from({ length: board.shape.workers }, (_, each) => each) : [worker];
  const rows = workers.flatMap((each) => Array.from({ length: board.shape.listeners }, (_, listener) => board.listenerRow(each, listener)));
  const sum = (counter: number): number => rows.reduce((total, row) => total + (row[counter] ?? 0), 0);
  return { exchanges: sum(listenerCounter.exchangesInFlight), tunnels: sum(listenerCounter.tunnels) };
}

/** `2 exchanges`, `1 exchange and 3 tunnels`. */
export function openWorkText({ exchanges, tunnels }: OpenWork): string {
  const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;
  return tunnels === 0 ? counted(exchanges, 'exchange') : `${counted(exchanges, 'exchange')} and ${counted(tunnels, 'tunnel')}`;
}

/** Of all workers together. They go on counting meanwhile, so figures may differ by what happened during the reading. */
export function listenerTotals(board: Scoreboard, listener: number): ListenerTotals {
  return named(
    listenerCounters,
    addRows(board.shape.workers, listenerCounters.length, (worker) => board.listenerRow(worker, listener)),
  );
}

export function endpointTotals(board: Scoreboard, endpoint: number): EndpointTotals {
  const sums = addRows(board.shape.workers, latencyAt + latencyBuckets.count, (worker) => board.endpointRow(worker, endpoint));
  return {
    ...named(endpointCounters, sums),
    inFlight: board.inFlight(endpoint),
    latencyCounts: sums.subarray(latencyAt),
  };
}

export function poolTotals(board: Scoreboard, pool: number): PoolTotals {
  const sums = addRows(board.shape.workers, waitsAt + latencyBuckets.count, (worker) => board.poolRow(worker, pool));
  return { ...named([...poolCounters, ...poolGauges], sums), waitCounts: sums.subarray(waitsAt) };
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
