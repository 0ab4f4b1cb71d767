// What a simulated run is judged by: latencies, shares of picks, and how both went over time.

export interface EndpointFigures {
  /** Over the whole run, its warm-up included. */
  readonly picks: number;
  readonly shareOfPicks: number;
  /** Answered well and in time, among requests that arrived after the warm-up. */
  readonly succeeded: number;
  readonly meanLatency: number;
}

/** One piece of the run, by the time of arrival. */
export interface TimelineStep {
  readonly from: number;
  readonly arrivals: number;
  readonly picks: readonly number[];
  readonly succeeded: number;
  readonly meanLatency: number;
  /** Of each endpoint at the end of the piece. */
  readonly inFlight: readonly number[];
}

/** Latencies are milliseconds to the head of the answer, of requests that arrived after the warm-up. */
export interface Figures {
  readonly arrivals: number;
  /** Requests after the warm-up, answered or not; those that no endpoint had room for are among them. */
  readonly measured: number;
  readonly refused: number;
  readonly succeeded: number;
  readonly shareSucceeded: number;
  readonly meanLatency: number;
  /** `quantile(0.99)`: so large a share of latencies is not above it. */
  readonly quantile: (share: number) => number;
  /** The most requests in flight at one endpoint, on average over moments of arrival. */
  readonly meanOfBusiest: number;
  readonly endpoints: readonly EndpointFigures[];
  /** Empty unless the scenario asks for it. */
  readonly timeline: readonly TimelineStep[];
}

interface Tally {
  picks: number;
  succeeded: number;
  answered: number;
  latencySum: number;
}

interface Step extends Tally {
  readonly from: number;
  readonly ofEndpoints: number[];
  inFlight: readonly number[];
}

export class Tallies {
  refused = 0;
  refusedMeasured = 0;
  readonly #warmUp: number;
  readonly #stepLength: number;
  readonly #endpoints: Tally[];
  readonly #latencies: number[] = [];
  readonly #steps: Step[] = [];
  #measured = 0;
  #succeeded = 0;
  #busiestSum = 0;
  #busiestSamples = 0;

  /** `stepLength` is `Infinity` without a timeline. */
  constructor(endpoints: number, warmUp: number, stepLength: number) {
    this.#warmUp = warmUp;
    this.#stepLength = stepLength;
    this.#endpoints = Array.from({ length: endpoints }, emptyTally);
  }

  pick(endpoint: number, arrivedAt: number): void {
    this.#endpointAt(endpoint).picks++;
    if (arrivedAt >= this.#warmUp) this.#measured++;
    const step = this.#stepAt(arrivedAt);
    if (step === undefined) return;
    step.picks++;
    step.ofEndpoints[endpoint] = (step.ofEndpoints[endpoint] ?? 0) + 1;
  }

  refuse(arrivedAt: number): void {
    this.refused++;
    if (arrivedAt >= this.#warmUp) this.refusedMeasured++;
  }

  finish(endpoint: number, arrivedAt: number, latency: number, hasSucceeded: boolean): void {
    const step = this.#stepAt(arrivedAt);
    if (step !== undefined) count(step, latency, hasSucceeded);
    if (arrivedAt < this.#warmUp) return;
    count(this.#endpointAt(endpoint), latency, hasSucceeded);
    this.#latencies.push(latency);
    if (hasSucceeded) this.#succeeded++;
  }

  seeBusiest(inFlight: number): void {
    this.#busiestSum += inFlight;
    this.#busiestSamples++;
  }

  endStep(from: number, inFlight: readonly number[]): void {
    const step = this.#stepAt(from);
    if (step !== undefined) step.inFlight = inFlight;
  }

  figures(): Figures {
    const sorted = Float64Array.from(this.#latencies).sort();
    const picks = this.#endpoints.reduce((sum, endpoint) => sum + endpoint.picks, 0);
    const measured = this.#measured + this.refusedMeasured;
    return {
      arrivals: picks + this.refused,
      measured,
      refused: this.refused,
      succeeded: this.#succeeded,
      shareSucceeded: this.#succeeded / measured,
      meanLatency: sorted.reduce((sum, latency) => sum + latency, 0) / sorted.length,
      quantile: (share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN,
      meanOfBusiest: this.#busiestSum / this.#busiestSamples,
      endpoints: this.#endpoints.map((tally) => ({
        picks: tally.picks,
        shareOfPicks: tally.picks / picks,
        succeeded: tally.succeeded,
        meanLatency: tally.latencySum / tally.answered,
      })),
      timeline: this.#steps.map((step) => ({
        from: step.from,
        arrivals: step.picks,
        picks: step.ofEndpoints,
        succeeded: step.succeeded,
        meanLatency: step.latencySum / step.answered,
        inFlight: step.inFlight,
      })),
    };
  }

  #endpointAt(endpoint: number): Tally {
    // The index is that of an endpoint of the run, which the compiler cannot see.
    return this.#endpoints[endpoint] as Tally;
  }

  #stepAt(time: number): Step | undefined {
    if (this.#stepLength === Number.POSITIVE_INFINITY) return undefined;
    const index = Math.floor(time / this.#stepLength);
    while (this.#steps.length <= index) {
      const from = this.#steps.length * this.#stepLength;
      this.#steps.push({ ...emptyTally(), from, ofEndpoints: this.#endpoints.map(() => 0), inFlight: [] });
    }
    return this.#steps[index];
  }
}

const emptyTally = (): Tally => ({ picks: 0, succeeded: 0, answered: 0, latencySum: 0 });

function count(tally: Tally, latency: number, hasSucceeded: boolean): void {
  tally.answered++;
  tally.latencySum += latency;
  if (hasSucceeded) tally.succeeded++;
}
