// Hot path. An average of whole milliseconds that moves by a twentieth towards each sample, and is halved for every window without one.
// The average is nginx's (ngx_http_upstream_response_time_avg), and so is its halving. Unlike there, a sample after a pause is averaged
// with what was left then: one good answer of an endpoint that was slow long ago ends its time in the corner.

/** Where the measure stands in an endpoint's signals: the average, 0 for none; and when it had its last sample. */
const averageAt = 0;
const sampledAt = 1;

export const averageWith = (average: number, sample: number): number =>
  average === 0 ? sample : Math.trunc(0.5 + 0.05 * sample + 0.95 * average);

export class SampleAverage {
  readonly #window: number;

  constructor(window: number) {
    this.#window = window;
  }

  /** 0 while nothing is known. Both indices exist, which the compiler cannot see. */
  read(signals: Float64Array, now: number): number {
    const average = signals[averageAt] as number;
    const windows = Math.floor((now - (signals[sampledAt] as number)) / this.#window);
    return windows > 0 ? Math.floor(average / 2 ** windows) : average;
  }

  add(signals: Float64Array, sample: number, now: number): void {
    signals[averageAt] = averageWith(this.read(signals, now), sample);
    signals[sampledAt] = now;
  }
}
