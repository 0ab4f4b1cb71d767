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
  readonly pools: number;
}

/** 128 bytes, two cache lines: processors fetch them together, so nothing nearer can be left to another worker. */
const lineWords = 32;
const lineDoubles = 16;
const padded = (count: number, multiple: number): number => Math.ceil(count / multiple) * multiple;

/** Int32 words of an endpoint's slot. */
const slotWords = lineWords;
/** Where in its slot an endpoint's requests in flight stand, summed over all workers. */
const inFlightWord = 0;
/** Where in its slot its failures in a row stand, three words. */
const streaksWord = 1;
/** Where in its slot failures within a time stand, three words. */
const failuresWord = 4;

/** What the control plane says of an endpoint, and it alone writes. Numbers with fractions, which Atomics do not know: each is whole by itself. */
export const endpointControls = ['state', 'hasWeight', 'weight', 'upSince', 'health', 'maxConnections'] as const;
/** Values of the control `state`, which people set. `draining`: only for sessions that it has. `down`: for nothing. */
export const endpointState = { up: 0, draining: 1, down: 2 } as const;
/**
 * Values of the control `health`, which is judged. `failing`: for nothing, unless the whole pool is in panic. `checking`: for nothing, since nobody
 * knows anything of it yet.
 */
export const endpointHealth = { well: 0, failing: 1, checking: 2 } as const;

/** Words that all workers share for a pool: its revision, then a counter of turns for each tier. */
const revisionWord = 0;
const firstTurnWord = 1;
/** So many tiers have turns that workers take together. */
const turnWords = 16;

/** What a worker counts for a pool, in this order. Only grows. */
export const poolCounters = [
  'policyFaults',
  'sessionsKept',
  'sessionsMoved',
  'saturated',
  'overrides',
  'backupPicks',
  'retriesRefused',
  'hedges',
  'queued',
  'expired',
  'shed',
  'waitSumMicroseconds',
  'noEndpoint',
  'poolSaturated',
  'tooLate',
  'queueTimeout',
  'breakerOpen',
  'deadlineExceeded',
] as const;
export type PoolCounter = (typeof poolCounters)[number];

/**
 * What a worker has of a pool now, in this order; nothing once it is dead: exchanges that wait for a place, those that have one where places are
 * counted, and how many may have one by what the worker learned.
 */
export const poolGauges = ['waiting', 'serving', 'learnedLimit'] as const;
export type PoolGauge = (typeof poolGauges)[number];

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

/**
 * What a worker says of itself, in this order: how late its timers are on average, by when it will say so again (milliseconds of the clock that
 * all share: a worker that hangs says nothing), the share of the memory that is in use, and 1 while it refuses requests for these.
 */
export const workerFigures = ['delay', 'dueAt', 'memory', 'shedding'] as const;

const numbersOf = <Name extends string>(names: readonly Name[], from = 0): { readonly [Key in Name]: number } =>
  // fromEntries forgets the literal names; the cast gives them back.
  Object.fromEntries(names.map((name, index) => [name, from + index])) as { [Key in Name]: number };

/** The place of each counter in its row, for code that writes by index on the way of a request. */
export const endpointCounter = numbersOf(endpointCounters);
export const listenerCounter = numbersOf(listenerCounters);
export const poolCounter = numbersOf(poolCounters);
export const endpointControl = numbersOf(endpointControls);
/** The place of each in a pool's row, behind the counters. */
export const poolGauge = numbersOf(poolGauges, poolCounters.length);
export const workerFigure = numbersOf(workerFigures);

/** Where an endpoint's latency buckets begin in its row. */
export const latencyAt = endpointCounters.length;
/** Where a pool's buckets of how long exchanges waited begin in its row. */
export const waitsAt = poolCounters.length + poolGauges.length;

const endpointRow = latencyAt + latencyBuckets.count;
const listenerRow = listenerCounters.length;
const poolRow = waitsAt + latencyBuckets.count;

/**
 * What one worker looks at again and again, of all endpoints at once: a view for each of them would take more memory than what it shows.
 */
export interface WorkerView {
  readonly board: Scoreboard;
  /** Of all workers, as the controls are. */
  readonly slots: Int32Array;
  readonly controls: Float64Array;
  /** Its own. */
  readonly stripe: Int32Array;
  readonly rows: Float64Array;
}

/** Where an endpoint's counters begin among the rows of a worker. */
export const rowAt = (endpoint: number): number => endpoint * endpointRow;

/** Where an endpoint's controls begin among those of all, and its signals among theirs. */
export const lineAt = (endpoint: number): number => endpoint * lineDoubles;

/** The index in `slots` of an endpoint's requests in flight. */
export const inFlightAt = (endpoint: number): number => endpoint * slotWords + inFlightWord;

export class Scoreboard {
  readonly buffer: SharedArrayBuffer;
  readonly shape: ScoreboardShape;
  /** The slots of all endpoints. Plain reads are good enough for a policy; changes go through Atomics. */
  readonly slots: Int32Array;
  readonly #pools: Int32Array;
  readonly #controls: Float64Array;
  readonly #signals: Float64Array;
  readonly #stripes: readonly Int32Array[];
  readonly #endpointRows: readonly Float64Array[];
  readonly #listenerRows: readonly Float64Array[];
  readonly #poolRows: readonly Float64Array[];
  readonly #workerRows: readonly Float64Array[];
  readonly #views: readonly WorkerView[];

  /** Without a buffer a new block of zeros is made; with one, this is another view of the same block. */
  constructor(shape: ScoreboardShape, buffer?: SharedArrayBuffer) {
    const { workers, endpoints, listeners, pools } = shape;
    const places = new Places();
    const slotsAt = places.words(endpoints * slotWords);
    const poolsAt = places.words(pools * lineWords);
    const controlsAt = places.doubles(endpoints * lineDoubles);
    const signalsAt = places.doubles(endpoints * lineDoubles);
    const ofWorkers = Array.from({ length: workers }, () => ({
      stripe: places.words(endpoints),
      endpoints: places.doubles(endpoints * endpointRow),
      listeners: places.doubles(listeners * listenerRow),
      pools: places.doubles(pools * poolRow),
      figures: places.doubles(workerFigures.length),
    }));
    const block = buffer ?? new SharedArrayBuffer(places.end);

    this.shape = shape;
    this.buffer = block;
    this.slots = new Int32Array(block, slotsAt, endpoints * slotWords);
    this.#pools = new Int32Array(block, poolsAt, pools * lineWords);
    this.#controls = new Float64Array(block, controlsAt, endpoints * lineDoubles);
    this.#signals = new Float64Array(block, signalsAt, endpoints * lineDoubles);
    this.#stripes = ofWorkers.map((at) => new Int32Array(block, at.stripe, endpoints));
    this.#endpointRows = ofWorkers.map((at) => new Float64Array(block, at.endpoints, endpoints * endpointRow));
    this.#listenerRows = ofWorkers.map((at) => new Float64Array(block, at.listeners, listeners * listenerRow));
    this.#poolRows = ofWorkers.map((at) => new Float64Array(block, at.pools, pools * poolRow));
    this.#workerRows = ofWorkers.map((at) => new Float64Array(block, at.figures, workerFigures.length));
    const shared = { board: this, slots: this.slots, controls: this.#controls };
    this.#views = ofWorkers.map((_, worker) => ({
      ...shared,
      stripe: itemAt(this.#stripes, worker),
      rows: itemAt(this.#endpointRows, worker),
    }));
  }

  /** The same for all endpoints of one worker. */
  view(worker: number): WorkerView {
    return itemAt(this.#views, worker);
  }

  /** The index in `slots` of an endpoint's failures in a row: `streakWords` of them. */
  streaksAt(endpoint: number): number {
    return endpoint * slotWords + streaksWord;
  }

  /** The index in `slots` of an endpoint's failures within a time: `failureWords` of them. */
  failuresAt(endpoint: number): number {
    return endpoint * slotWords + failuresWord;
  }

  inFlight(endpoint: number): number {
    return Atomics.load(this.slots, inFlightAt(endpoint));
  }

  /** What the control plane says of an endpoint, by `endpointControl`. Written by the control plane alone. */
  controls(endpoint: number): Float64Array {
    const at = lineAt(endpoint);
    return this.#controls.subarray(at, at + endpointControls.length);
  }

  /** What the policy of its pool learned of an endpoint. Written by all workers. */
  signals(endpoint: number): Float64Array {
    const at = lineAt(endpoint);
    return this.#signals.subarray(at, at + lineDoubles);
  }

  /** Grows by one with every change of the controls of a pool's endpoints. */
  revision(pool: number): number {
    return Atomics.load(this.#pools, pool * lineWords + revisionWord);
  }

  /** To be called when controls of the pool's endpoints were written: workers look at them when they see another revision. */
  raiseRevision(pool: number): void {
    Atomics.add(this.#pools, pool * lineWords + revisionWord, 1);
  }

  /** The counter of turns that all workers take together in one tier of a pool: one word. */
  turns(pool: number, tier: number): Int32Array {
    const at = pool * lineWords + firstTurnWord + (tier % turnWords);
    return this.#pools.subarray(at, at + 1);
  }

  /** What one worker has in flight at each endpoint. Written by that worker alone, or by the supervisor once it is dead. */
  stripe(worker: number): Int32Array {
    return itemAt(this.#stripes, worker);
  }

  /** A worker's row for an endpoint: its counters, then its latency buckets. Written by that worker alone. */
  endpointRow(worker: number, endpoint: number): Float64Array {
    return itemAt(this.#endpointRows, worker).subarray(rowAt(endpoint), rowAt(endpoint + 1));
  }

  /** A worker's row for a listener. Written by that worker alone. */
  listenerRow(worker: number, listener: number): Float64Array {
    return itemAt(this.#listenerRows, worker).subarray(listener * listenerRow, (listener + 1) * listenerRow);
  }

  /** A worker's row for a pool: its counters, its gauges, then its buckets of waits. Written by that worker alone. */
  poolRow(worker: number, pool: number): Float64Array {
    return itemAt(this.#poolRows, worker).subarray(pool * poolRow, (pool + 1) * poolRow);
  }

  /** What a worker says of itself, by `workerFigure`. Written by that worker alone. */
  workerRow(worker: number): Float64Array {
    return itemAt(this.#workerRows, worker);
  }

  /** Takes off what a dead worker held: without this its last requests would stay in flight for ever. What it counted stays. */
  clearWorker(worker: number): void {
    const stripe = this.stripe(worker);
    for (const [endpoint, held] of stripe.entries()) if (held !== 0) Atomics.sub(this.slots, inFlightAt(endpoint), held);
    stripe.fill(0);
    this.workerRow(worker).fill(0);
    for (let listener = 0; listener < this.shape.listeners; listener++) {
      const row = this.listenerRow(worker, listener);
      row[listenerCounter.openConnections] = 0;
      row[listenerCounter.exchangesInFlight] = 0;
      row[listenerCounter.tunnels] = 0;
    }
    for (let pool = 0; pool < this.shape.pools; pool++) this.poolRow(worker, pool).fill(0, poolCounters.length, waitsAt);
  }

  /** Makes a row what it was at first, so that another endpoint may have it. Nobody may have anything to do with it any more. */
  clearEndpoint(endpoint: number): void {
    this.slots.fill(0, endpoint * slotWords, (endpoint + 1) * slotWords);
    this.#controls.fill(0, endpoint * lineDoubles, (endpoint + 1) * lineDoubles);
    this.signals(endpoint).fill(0);
    for (let worker = 0; worker < this.shape.workers; worker++) this.endpointRow(worker, endpoint).fill(0);
  }

  clearPool(pool: number): void {
    this.#pools.fill(0, pool * lineWords, (pool + 1) * lineWords);
    for (let worker = 0; worker < this.shape.workers; worker++) this.poolRow(worker, pool).fill(0);
  }

  clearListener(listener: number): void {
    for (let worker = 0; worker < this.shape.workers; worker++) this.listenerRow(worker, listener).fill(0);
  }
}

/** Hands out places in the block, each beginning on lines of its own. */
class Places {
  end = 0;

  words(count: number): number {
    return this.#next(4 * padded(count, lineWords));
  }

  doubles(count: number): number {
    return this.#next(8 * padded(count, lineDoubles));
  }

  #next(bytes: number): number {
    const start = this.end;
    this.end += bytes;
    return start;
  }
}
