// Hot path. How long an endpoint takes to answer when it has so many requests in flight: the median of the recent answers to requests that
// met about as many others there. The server's side of Prequal (B. Wydrowski et al., NSDI 2024), kept by the balancer from what it sees.
import { RecentQuantile } from './recent-quantile.ts';

/** So many answers are remembered, a power of two, of which so many, those nearest in load, make an estimate. */
const remembered = 64;
const nearest = 8;
/** Milliseconds. Older answers tell of an endpoint that was; with fewer young ones than `nearest` the median of all has to do. */
const youngFor = 5_000;
/** After this time without an answer nothing is known of the endpoint any more, and it is tried again. */
const knownFor = 60_000;

/** What is nearest so far, sorted: by distance, and then by age. Distance times `remembered`, and how many are younger. Used within one call only. */
const ranks = new Int32Array(nearest);
const latencies = new Float64Array(nearest);
/** Beyond it all distances are the same, so that ranks stay within 32 bits. */
const farthest = 2 ** 24;

export class LatencyByLoad {
  /** Of each answer: how many requests its own met, how long it took, and when it came. The youngest stands before `#next`. */
  readonly #met = new Int32Array(remembered);
  readonly #took = new Float64Array(remembered);
  readonly #cameAt = new Float64Array(remembered);
  readonly #all = new RecentQuantile(remembered);
  #next = 0;
  #isDoubted = false;

  /** Milliseconds of a clock that does not go back. */
  add(met: number, took: number, now: number): void {
    if (this.#isDoubted) this.#all.clear();
    this.#isDoubted = false;
    const at = this.#next;
    this.#met[at] = met;
    this.#took[at] = took;
    this.#cameAt[at] = now;
    this.#next = (at + 1) % remembered;
    this.#all.addFrom(this.#took, at);
  }

  /**
   * What is known may be wrong by now: an endpoint that is asked too seldom never gets to show that it is fast again. The next request that finds
   * it idle puts it to the test, and the next answer takes the place of all that came before.
   */
  doubt(): void {
    this.#isDoubted = true;
  }

  /**
   * Writes the estimate for so many requests in flight into `into[at]`, at the time in `times[at]`: fractions that are handed over may become
   * objects on the heap. Milliseconds; 0 while nothing is known, so that an endpoint that nobody knows is tried.
   */
  estimateInto(into: Float64Array, times: Float64Array, at: number, inFlight: number): void {
    const { count } = this.#all;
    if (count === 0 || (this.#isDoubted && inFlight === 0)) into[at] = 0;
    else if (this.#gather(inFlight, times, at) === nearest) this.#takeMedian(into, at);
    // The indices are in range, which the compiler cannot see; so below.
    else into[at] = (times[at] as number) - this.#lastCameAt() > knownFor ? 0 : this.#all.quantile(0.5);
  }

  #lastCameAt(): number {
    return this.#cameAt[(this.#next + remembered - 1) % remembered] as number;
  }

  /** Fills in what is nearest among the answers that are young. Of those equally near the younger ones. Gives how many there are. */
  #gather(inFlight: number, times: Float64Array, now: number): number {
    const { count } = this.#all;
    const after = (times[now] as number) - youngFor;
    let found = 0;
    for (let younger = 0; younger < count; younger++) {
      const at = (this.#next - 1 - younger) & (remembered - 1);
      if ((this.#cameAt[at] as number) <= after) break;
      const distance = Math.min(Math.abs((this.#met[at] as number) - inFlight), farthest);
      const rank = distance * remembered + younger;
      if (found < nearest) found++;
      else if (rank >= (ranks[nearest - 1] as number)) continue;
      insert(rank, found - 1);
      // Nothing comes nearer than what was met by as many.
      if (found === nearest && (ranks[nearest - 1] as number) < remembered) break;
    }
    return found;
  }

  /** Of the eight that were gathered, which are sorted by latency for it. */
  #takeMedian(into: Float64Array, target: number): void {
    for (let index = 0; index < nearest; index++) {
      const younger = (ranks[index] as number) & (remembered - 1);
      const value = this.#took[(this.#next - 1 - younger) & (remembered - 1)] as number;
      let place = index;
      for (; place > 0 && (latencies[place - 1] as number) > value; place--) latencies[place] = latencies[place - 1] as number;
      latencies[place] = value;
    }
    into[target] = ((latencies[nearest / 2 - 1] as number) + (latencies[nearest / 2] as number)) / 2;
  }
}

/** Puts a rank where it belongs; what stood at `last` drops out. */
function insert(rank: number, last: number): void {
  let place = last;
  for (; place > 0 && (ranks[place - 1] as number) > rank; place--) ranks[place] = ranks[place - 1] as number;
  ranks[place] = rank;
}
