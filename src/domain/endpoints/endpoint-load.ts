// Hot path. One worker's hand on the scoreboard for one endpoint. There are as many as endpoints and workers, so that it keeps no view of its own of
// what it reads.
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';
import type { Scoreboard, WorkerView } from './scoreboard.ts';
import { endpointControl, endpointCounter, endpointHealth, endpointState, inFlightAt, latencyAt, lineAt, rowAt } from './scoreboard.ts';

export class EndpointLoad {
  /** The endpoint's row on the scoreboard. */
  readonly slot: number;
  readonly #view: WorkerView;
  #signals: Float64Array | undefined = undefined;

  constructor(board: Scoreboard, worker: number, slot: number) {
    this.slot = slot;
    this.#view = board.view(worker);
  }

  /**
   * Sixteen numbers for what the policy of the endpoint's pool learns, shared by all workers. Zeros at the start. The last writer wins: what
   * is kept here must bear the loss of one sample now and then. Most policies learn nothing.
   */
  get signals(): Float64Array {
    this.#signals ??= this.#view.board.signals(this.slot);
    return this.#signals;
  }

  /** What the control plane says of the endpoint, by `endpointControl`. Not written here. */
  control(control: number): number {
    // All indices of this class are in range, which the compiler cannot see.
    return this.#view.controls[lineAt(this.slot) + control] as number;
  }

  /** Words that all workers share; the endpoint's failures in a row stand from `streaksAt` on. */
  get words(): Int32Array {
    return this.#view.slots;
  }

  get streaksAt(): number {
    return this.#view.board.streaksAt(this.slot);
  }

  /** Requests in flight at the endpoint, from all workers. A few nanoseconds old at worst, which policies tolerate. */
  get inFlight(): number {
    return this.#view.slots[inFlightAt(this.slot)] as number;
  }

  /** An attempt begins. Every call is followed by exactly one `release`. */
  hold(): void {
    const { slots, stripe } = this.#view;
    Atomics.add(slots, inFlightAt(this.slot), 1);
    stripe[this.slot] = (stripe[this.slot] as number) + 1;
    this.count(endpointCounter.attempts, 1);
  }

  /**
   * `hold`, unless so many are in flight already. Reserved first and verified then, so that not even all workers at once go beyond. A thread
   * may be ended at any call, also that of an Atomics function: the stripe has what was reserved before the next one, so that it can be taken off.
   */
  tryHold(most: number): boolean {
    const { slots, stripe } = this.#view;
    const before = Atomics.add(slots, inFlightAt(this.slot), 1);
    stripe[this.slot] = (stripe[this.slot] as number) + 1;
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
    return this.control(endpointControl.state) === endpointState.up;
  }

  /** In panic new exchanges may go to the endpoint: it was asked how it is, and whatever it said is not heeded. */
  get isUpInPanic(): boolean {
    return this.isWanted && this.control(endpointControl.health) !== endpointHealth.checking;
  }

  /** It is not judged to fail. */
  get isWell(): boolean {
    return this.control(endpointControl.health) === endpointHealth.well;
  }

  /** Exchanges of sessions that it has may go to the endpoint. */
  get isUpForSessions(): boolean {
    return this.control(endpointControl.state) !== endpointState.down && this.isWell;
  }

  /** An attempt is over. */
  release(): void {
    const { slots, stripe } = this.#view;
    Atomics.sub(slots, inFlightAt(this.slot), 1);
    stripe[this.slot] = (stripe[this.slot] as number) - 1;
  }

  /** Adds to one of this worker's counters: an `endpointCounter`. */
  count(counter: number, by: number): void {
    const { rows } = this.#view;
    const at = rowAt(this.slot) + counter;
    rows[at] = (rows[at] as number) + by;
  }

  /** Records how long the endpoint took from the first byte of the request to the head of its answer. */
  recordLatency(microseconds: number): void {
    this.count(endpointCounter.latencySumMicroseconds, microseconds);
    this.count(latencyAt + latencyBuckets.of(microseconds), 1);
  }
}
