// Hot path. How long the requests that this worker has at an endpoint have been waiting by now, on average, smoothed from look to look.
// Requests that are stuck show here long before they end. nginx keeps the same sum in ngx_http_upstream_least_time_module.
import { averageWith } from './sample-average.ts';

export class InFlightAge {
  #count = 0;
  /** The ages of all of them together are `count * now` less this sum of when they began. */
  #begunSum = 0;
  #average = 0;

  begin(at: number): void {
    this.#count++;
    this.#begunSum += at;
  }

  end(begunAt: number): void {
    this.#count--;
    this.#begunSum -= begunAt;
    if (this.#count > 0) return;
    // Nothing is stuck where nothing is, and rounding starts afresh.
    this.#count = 0;
    this.#begunSum = 0;
    this.#average = 0;
  }

  /** Takes one more look. 0 without requests in flight. */
  look(now: number): number {
    if (this.#count === 0) return 0;
    this.#average = averageWith(this.#average, now - this.#begunSum / this.#count);
    return this.#average;
  }
}
