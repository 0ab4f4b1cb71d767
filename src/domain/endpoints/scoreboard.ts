// One block of shared memory in which all workers count: load for each endpoint, figures for each worker and listener.
// Every worker sees the load that all of them make; nothing is locked and nothing is formatted until somebody asks.
// Each worker writes down what it holds in a stripe of its own, so that a dead worker's load can be taken off again. What two workers
// write shares no cache line, but for the requests in flight that all of them sum up.
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';

/** How many rows of each kind the block holds. Fixed when it is made. */
export interface ScoreboardShape {
  readonly workers: number;
  readonly endpoints: number;
  readonly listeners: number;
}

/** 128 bytes, two cache lines: processors fetch them together, so nothing nearer can be left to another worker. */
const lineWords = 32;
const lineDoubles = 16;
const padded = (count: number, multiple: number): number => Math.ceil(count / multiple) * multiple;

/** Int32 words of an endpoint's slot. */
const slotWords = lineWords;
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

/** What a worker counts for a listener, in this order. `openConnections`, `exchangesInFlight` and `tunnels` rise and fall, the rest only grow. */
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

/** Where an endpoint's latency buckets begin in its row. */
export const latencyAt = endpointCounters.length;

const endpointRow = latencyAt + latencyBuckets.count;
const listenerRow = listenerCounters.length;

export class Scoreboard {
  readonly buffer: SharedArrayBuffer;
  readonly shape: ScoreboardShape;
  /** The slots of all endpoints. Plain reads are good enough for a policy; changes go through Atomics. */
  readonly slots: Int32Array;
  readonly #stripes: readonly Int32Array[];
  readonly #endpointRows: readonly Float64Array[];
  readonly #listenerRows: readonly Float64Array[];

  /** Without a buffer a new block of zeros is made; with one, this is another view of the same block. */
  constructor(shape: ScoreboardShape, buffer?: SharedArrayBuffer) {
    const slotsBytes = 4 * shape.endpoints * slotWords;
    const stripeBytes = 4 * padded(shape.endpoints, lineWords);
    const endpointsBytes = 8 * padded(shape.endpoints * endpointRow, lineDoubles);
    const listenersBytes = 8 * padded(shape.listeners * listenerRow, lineDoubles);
    const workerBytes = stripeBytes + endpointsBytes + listenersBytes;

    const block = buffer ?? new SharedArrayBuffer(slotsBytes + shape.workers * workerBytes);
    const starts = Array.from({ length: shape.workers }, (_, worker) => slotsBytes + worker * workerBytes);
    const endpointNumbers = shape.endpoints * endpointRow;
    const listenerNumbers = shape.listeners * listenerRow;

    this.shape = shape;
    this.buffer = block;
    this.slots = new Int32Array(block, 0, shape.endpoints * slotWords);
    this.#stripes = starts.map((start) => new Int32Array(block, start, shape.endpoints));
    this.#endpointRows = starts.map((start) => new Float64Array(block, start + stripeBytes, endpointNumbers));
    this.#listenerRows = starts.map((start) => new Float64Array(block, start + stripeBytes + endpointsBytes, listenerNumbers));
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
    return itemAt(this.#stripes, worker);
  }

  /** A worker's row for an endpoint: its counters, then its latency buckets. Written by that worker alone. */
  endpointRow(worker: number, endpoint: number): Float64Array {
    return itemAt(this.#endpointRows, worker).subarray(endpoint * endpointRow, (endpoint + 1) * endpointRow);
  }

  /** A worker's row for a listener. Written by that worker alone. */
  listenerRow(worker: number, listener: number): Float64Array {
    return itemAt(this.#listenerRows, worker).subarray(listener * listenerRow, (listener + 1) * listenerRow);
  }

  /** Takes off what a dead worker held: without this its last requests would stay in flight for ever. What it counted stays. */
  clearWorker(worker: number): void {
    const stripe = this.stripe(worker);
    for (const [endpoint, held] of stripe.entries()) Atomics.sub(this.slots, this.inFlightAt(endpoint), held);
    stripe.fill(0);
    for (let listener = 0; listener < this.shape.listeners; listener++) {
      const row = this.listenerRow(worker, listener);
      row[listenerCounter.openConnections] = 0;
      row[listenerCounter.exchangesInFlight] = 0;
      row[listenerCounter.tunnels] = 0;
    }
  }
}
