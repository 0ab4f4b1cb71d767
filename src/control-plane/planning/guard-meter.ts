// What listeners and pools have counted since a moment, for the judge of a guard. Rows of the scoreboard only grow, but endpoints come and go:
// what each of them adds is summed up from one reading to the next.
import { refusals } from '../../domain/endpoints/refusals.ts';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import type { Supervisor } from '../supervising/supervisor.ts';
import { endpointTotals, listenerTotals, poolTotals } from '../supervising/totals.ts';
import type { Counted, Watched } from './guard-judge.ts';
import type { Touched } from './touched.ts';

export type MeteredSupervisor = Pick<Supervisor, 'document' | 'places' | 'board'>;

/** Numbers that only grow, by whose they are. */
export interface Readings {
  /** Exchanges that began, that were answered, with 5xx, broken off, and those whose client left. */
  readonly listeners: ReadonlyMap<string, readonly number[]>;
  /** Exchanges that the pool refused by itself, and how many tries one may have. */
  readonly pools: ReadonlyMap<string, PoolReading>;
}

export interface PoolReading {
  readonly refused: number;
  readonly together: number;
  /** By id: tries that ended, that failed, and from there on by the buckets of their latency. */
  readonly endpoints: ReadonlyMap<string, Float64Array>;
}

/** undefined stands for everything. */
export function readMeters({ document, places, board }: MeteredSupervisor, touched?: Touched): Readings {
  const listeners = document.listeners.flatMap(({ name }) => {
    const row = places.listeners[name];
    if (row === undefined || touched?.listeners.includes(name) === false) return [];
    const { exchanges, status1xx, status2xx, status3xx, status4xx, status5xx, brokenAnswers, clientsGone } = listenerTotals(board, row);
    const answered = status1xx + status2xx + status3xx + status4xx + status5xx;
    return [[name, [exchanges, answered, status5xx, brokenAnswers, clientsGone]] as const];
  });
  const pools = Object.entries(document.pools).flatMap(([name, settings]) => {
    const place = places.pools[name];
    if (place === undefined || touched?.pools.includes(name) === false) return [];
    const totals = poolTotals(board, place.row);
    const refused = Object.values(refusals).reduce((sum, counter) => sum + totals[counter], 0);
    const endpoints = new Map(
      settings.endpoints.flatMap(({ id }, position) => {
        const row = place.endpoints[position];
        return row === undefined ? [] : [[id, endpointReading(board, row)] as const];
      }),
    );
    return [[name, { refused, together: settings.retry.attempts, endpoints }] as const];
  });
  return { listeners: new Map(listeners), pools: new Map(pools) };
}

const latencyFrom = 2;

function endpointReading(board: MeteredSupervisor['board'], row: number): Float64Array {
  const { succeeded, failed, status5xx, latencyCounts } = endpointTotals(board, row);
  const reading = new Float64Array(latencyFrom + latencyBuckets.count);
  // An answer of 5xx is one that came: what failed otherwise is counted beside it.
  reading.set([succeeded + failed, failed + status5xx]);
  reading.set(latencyCounts, latencyFrom);
  return reading;
}

interface Waiting {
  readonly at: number;
  readonly began: number;
}

export class GuardMeter {
  #last: Readings;
  readonly #listeners = new Map<string, { sums: number[]; began: Waiting[] }>();
  readonly #pools = new Map<string, { refused: number; together: number; sums: Float64Array; latencyBefore: Float64Array }>();

  /** Counts from this reading on. */
  constructor(start: Readings) {
    this.#last = start;
  }

  /** The next reading, at this time in milliseconds. */
  add(next: Readings, now: number): void {
    for (const [name, reading] of next.listeners) {
      const known = this.#listeners.get(name) ?? { sums: reading.map(() => 0), began: [] };
      const grown = growthOf(this.#last.listeners.get(name), reading);
      known.sums = known.sums.map((sum, index) => sum + (grown[index] ?? 0));
      known.began.push({ at: now, began: known.sums[0] ?? 0 });
      this.#listeners.set(name, known);
    }
    for (const [name, reading] of next.pools) this.#addPool(name, reading);
    this.#last = next;
  }

  #addPool(name: string, { refused, together, endpoints }: PoolReading): void {
    const empty = (): Float64Array => new Float64Array(latencyFrom + latencyBuckets.count);
    const known = this.#pools.get(name) ?? { refused: 0, together, sums: empty(), latencyBefore: empty() };
    const last = this.#last.pools.get(name);
    known.refused += growthOf(last && [last.refused], [refused])[0] ?? 0;
    for (const [id, reading] of endpoints) {
      const grown = growthOf(last?.endpoints.get(id), reading);
      for (let index = 0; index < known.sums.length; index++) known.sums[index] = (known.sums[index] ?? 0) + (grown[index] ?? 0);
    }
    this.#pools.set(name, known);
  }

  /** Latency counts from now on: what is new is cold at first. */
  forgetLatency(): void {
    for (const pool of this.#pools.values()) pool.latencyBefore = pool.sums.slice();
  }

  /** Exchanges that wait for their answer longer than `patience` count as failed: where everything hangs, nothing ever ends. */
  counted(now: number, patience: number): Watched {
    const watched = new Map<string, Counted>();
    for (const [name, { sums, began }] of this.#listeners)
      watched.set(`listener ${name}`, ofListener(sums, lateOf(sums, began, now - patience)));
    for (const [name, { refused, together, sums, latencyBefore }] of this.#pools) {
      const latency = sums.subarray(latencyFrom).map((count, bucket) => count - (latencyBefore[latencyFrom + bucket] ?? 0));
      const whole = (sums[0] ?? 0) + refused;
      watched.set(`pool ${name}`, { whole, failed: Math.min(whole, (sums[1] ?? 0) + refused), together, latency });
    }
    return watched;
  }
}

/** At least so many of those that began by then are still without an answer. */
function lateOf([, answered = 0, , , gone = 0]: readonly number[], began: readonly Waiting[], then: number): number {
  const known = began.findLast(({ at }) => at <= then);
  return known === undefined ? 0 : Math.max(0, known.began - answered - gone);
}

function ofListener([, answered = 0, failed = 0, broken = 0, gone = 0]: readonly number[], late: number): Counted {
  const bad = failed + broken + gone + late;
  return { whole: Math.max(answered + late, bad), failed: bad };
}

/** A row that is less than it was belongs to somebody new. */
function growthOf(before: ArrayLike<number> | undefined, after: ArrayLike<number>): readonly number[] {
  const now = Array.from(after);
  if (before === undefined || now.some((value, index) => value < (before[index] ?? 0))) return now;
  return now.map((value, index) => value - (before[index] ?? 0));
}
