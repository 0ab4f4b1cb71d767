// Hot path. One worker's hand on the scoreboard for one endpoint.
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import type { Scoreboard } from './scoreboard.ts';
import { endpointControl, endpointCounter, endpointHealth, endpointState, latencyAt } from './scoreboard.ts';

export class EndpointLoad {
  /** The endpoint's row on the scoreboard. */
  readonly slot: number;
  /** This worker's counters for the endpoint, by `endpointCounter`. */
  readonly counters: Float64Array;
  /**
   * Sixteen numbers for what the policy of the endpoint's pool learns, shared by all workers. Zeros at the start. The last writer wins: what
   * is kept here must bear the loss of one sample now and then.
   */
  readonly signals: Float64Array;
  /** What the control plane says of the endpoint, by `endpointControl`. Not written here. */
  readonly controls: Float64Array;
  /** Words that all workers share; the endpoint's failures in a row stand from `streaksAt` on. */
  readonly words: Int32Array;
  readonly streaksAt: number;
  readonly #slots: Int32Array;
  readonly #inFlightAt: number;
  readonly #stripe: Int32Array;

  constructor(board: Scoreboard, worker: number, slot: number) {
    this.slot = slot;
    this.counters = board.endpointRow(worker, slot);
    this.signals = board.signals(slot);
    this.controls = board.controls(slot);
    this.words = board.slots;
    this.streaksAt = board.streaksAt(slot);
    this.#slots = board.slots;
    this.#inFlightAt = board.inFlightAt(slot);
    this.#stripe = board.stripe(worker);
  }

  /** Requests in flight at the endpoint, from all workers. A few nanoseconds old at worst, which policies tolerate. */
  get inFlight(): number {
    // All indices of this class are in range, which the compiler cannot see.
    return this.#slots[this.#inFlightAt] as number;
  }

  /** An attempt begins. Every call is followed by exactly one `release`. */
  hold(): void {
    Atomics.add(this.#slots, this.#inFlightAt, 1);
    this.#stripe[this.slot] = (this.#stripe[this.slot] as number) + 1;
    this.count(endpointCounter.attempts, 1);
  }

  /**
   * `hold`, unless so many are in flight already. Reserved first and verified then, so that not even all workers at once go beyond. A thread
   * may be ended at any call, also that of an Atomics function: the stripe has what was reserved before the next one, so that it can be taken off.
   */
  tryHold(most: number): boolean {
    const before = Atomics.add(this.#slots, this.#inFlightAt, 1);
    this.#stripe[this.slot] = (this.#stripe[this.slot] as number) + 1;
    if (before >= most) {
      this.release();
      return false;
    }
    this.count(endpointCounter.attempts, 1);
    return true;
  }

  /** New exchanges may go to the endpoint. */
  get isUp(): boolean {
    return this.isWanted && this.isWell;
  }

  /** Whoever operates it lets new exchanges go there. */
  get isWanted(): boolean {
    return this.controls[endpointControl.state] === endpointState.up;
  }

  /** In panic new exchanges may go to the endpoint: it was asked how it is, and whatever it said is not heeded. */
  get isUpInPanic(): boolean {
    return this.isWanted && this.controls[endpointControl.health] !== endpointHealth.checking;
  }

  /** It is not judged to fail. */
  get isWell(): boolean {
    return this.controls[endpointControl.health] === endpointHealth.well;
  }

  /** Exchanges of sessions that it has may go to the endpoint. */
  get isUpForSessions(): boolean {
    return this.controls[endpointControl.state] !== endpointState.down && this.isWell;
  }

  /** An attempt is over. */
  release(): void {
    Atomics.sub(this.#slots, this.#inFlightAt, 1);
    this.#stripe[this.slot] = (this.#stripe[this.slot] as number) - 1;
  }

  /** Adds to one of this worker's counters: an `endpointCounter`. */
  count(counter: number, by: number): void {
    this.counters[counter] = (this.counters[counter] as number) + by;
  }

  /** Records how long the endpoint took from the first byte of the request to the head of its answer. */
  recordLatency(microseconds: number): void {
    this.count(endpointCounter.latencySumMicroseconds, microseconds);
    this.count(latencyAt + latencyBuckets.of(microseconds), 1);
  }
}
