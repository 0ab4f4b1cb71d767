// One block of shared memory in which all workers count: load for each endpoint, figures for each worker and listener.
// Every worker sees the load that all of them make; nothing is locked and nothing is formatted until somebody asks.
// Layout: algorithms of lock-free counting with one stripe per worker, so that a dead worker's load can be taken off again.
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';

/** How many rows of each kind the block holds. Fixed when it is made. */
export interface ScoreboardShape {
  readonly workers: number;
  readonly endpoints: number;
  readonly listeners: number;
}

/** Int32 words of an endpoint's slot: 128 bytes, two cache lines, so that neighbours do not slow each other. */
const slotWords = 32;
/** Where in its slot an endpoint's requests in flight stand, summed over all workers. */
const inFlightWord = 0;

/** What a worker counts for an endpoint, in this order. Only grows. */
export const endpointCounters = [
  'attempts',
  'succeeded',
  'failed',
  'ignored',
  'connects',
  'connectFailures',
  'retries',
  'status1xx',
  'status2xx',
  'status3xx',
  'status4xx',
  'status5xx',
  'bytesSent',
  'bytesReceived',
  'latencySumMicroseconds',
] as const;
export type EndpointCounter = (typeof endpointCounters)[number];

/** What a worker counts for a listener, in this order. `openConnections` and `exchangesInFlight` rise and fall, the rest only grow. */
export const listenerCounters = [
  'accepted',
  'openConnections',
  'rejectedConnections',
  'exchanges',
  'exchangesInFlight',
  'tunnels',
  'status1xx',
  'status2xx',
  'status3xx',
  'status4xx',
  'status5xx',
  'clientsGone',
  'brokenAnswers',
  'bytesReceived',
  'bytesSent',
] as const;
export type ListenerCounter = (typeof listenerCounters)[number];

const numbersOf = <Name extends string>(names: readonly Name[]): { readonly [Key in Name]: number } =>
  // fromEntries forgets the literal names; the cast gives them back.
  Object.fromEntries(names.map((name, index) => [name, index])) as { [Key in Name]: number };

/** The place of each counter in its row, for code that writes by index on the way of a request. */
export const endpointCounter = numbersOf(endpointCounters);
export const listenerCounter = numbersOf(listenerCounters);

const endpointRow = endpointCounters.length + latencyBuckets.count;
const listenerRow = listenerCounters.length;

export class Scoreboard {
  readonly buffer: SharedArrayBuffer;
  readonly shape: ScoreboardShape;
  /** The slots of all endpoints. Plain reads are good enough for a policy; changes go through Atomics. */
  readonly slots: Int32Array;
  readonly #stripes: Int32Array;
  readonly #endpointRows: Float64Array;
  readonly #listenerRows: Float64Array;

  /** Without a buffer a new block of zeros is made; with one, this is another view of the same block. */
  constructor(shape: ScoreboardShape, buffer?: SharedArrayBuffer) {
    const slots = shape.endpoints * slotWords;
    // An even count of words keeps the rows of doubles behind them aligned.
    const stripes = shape.workers * shape.endpoints + ((shape.workers * shape.endpoints) % 2);
    const endpointNumbers = shape.workers * shape.endpoints * endpointRow;
    const listenerNumbers = shape.workers * shape.listeners * listenerRow;

    this.shape = shape;
    this.buffer = buffer ?? new SharedArrayBuffer(4 * (slots + stripes) + 8 * (endpointNumbers + listenerNumbers));
    this.slots = new Int32Array(this.buffer, 0, slots);
    this.#stripes = new Int32Array(this.buffer, 4 * slots, stripes);
    this.#endpointRows = new Float64Array(this.buffer, 4 * (slots + stripes), endpointNumbers);
    this.#listenerRows = new Float64Array(this.buffer, 4 * (slots + stripes) + 8 * endpointNumbers, listenerNumbers);
  }

  /** The index in `slots` of an endpoint's requests in flight. */
  inFlightAt(endpoint: number): number {
    return endpoint * slotWords + inFlightWord;
  }

  inFlight(endpoint: number): number {
    return Atomics.load(this.slots, this.inFlightAt(endpoint));
  }

  /** What one worker has in flight at each endpoint. Written by that worker alone, or by the supervisor once it is dead. */
  stripe(worker: number): Int32Array {
    return this.#stripes.subarray(worker * this.shape.endpoints, (worker + 1) * this.shape.endpoints);
  }

  /** A worker's row for an endpoint: its counters, then its latency buckets. Written by that worker alone. */
  endpointRow(worker: number, endpoint: number): Float64Array {
    const start = (worker * this.shape.endpoints + endpoint) * endpointRow;
    return this.#endpointRows.subarray(start, start + endpointRow);
  }

  /** A worker's row for a listener. Written by that worker alone. */
  listenerRow(worker: number, listener: number): Float64Array {
    const start = (worker * this.shape.listeners + listener) * listenerRow;
    return this.#listenerRows.subarray(start, start + listenerRow);
  }

  /** Takes off what a dead worker held: without this its last requests would stay in flight for ever. What it counted stays. */
  clearWorker(worker: number): void {
    const stripe = this.stripe(worker);
    for (let endpoint = 0; endpoint < stripe.length; endpoint++) {
      Atomics.sub(this.slots, this.inFlightAt(endpoint), stripe[endpoint] ?? 0);
      stripe[endpoint] = 0;
    }
    for (let listener = 0; listener < this.shape.listeners; listener++) {
      const row = this.listenerRow(worker, listener);
      row[listenerCounter.openConnections] = 0;
      row[listenerCounter.exchangesInFlight] = 0;
      row[listenerCounter.tunnels] = 0;
    }
  }
}

/** Where an endpoint's latency buckets begin in its row. */
export const latencyAt = endpointCounters.length;
