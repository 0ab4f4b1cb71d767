// Hot path. Which bucket of a latency histogram a duration falls in: four buckets to a doubling, at most 19 % off.
// The buckets are the same for all histograms, so counts from several workers are added bucket by bucket.

const perDoubling = 4;
/** Durations below 2^6 = 64 µs share the first bucket. */
const smallestPower = 6;
/** 2^26 µs, a little over a minute; what lasts longer falls in the last bucket. */
const largestPower = 26;

export const latencyBuckets = {
  count: (largestPower - smallestPower) * perDoubling + 1,

  /** The bucket of a duration in whole microseconds. */
  of(microseconds: number): number {
    const value = microseconds | 0;
    if (value < 1 << smallestPower) return 0;
    const power = 31 - Math.clz32(value);
    if (power >= largestPower) return this.count - 1;
    // The two bits below the leading one tell the quarter of the doubling.
    const quarter = (value >>> (power - 2)) & 3;
    return (power - smallestPower) * perDoubling + quarter + 1;
  },

  /** The upper end of a bucket in microseconds; the last one has none. */
  upperEnd(bucket: number): number {
    if (bucket >= this.count - 1) return Number.POSITIVE_INFINITY;
    if (bucket === 0) return 1 << smallestPower;
    const power = smallestPower + Math.floor((bucket - 1) / perDoubling);
    return 2 ** power * (1 + (((bucket - 1) % perDoubling) + 1) / perDoubling);
  },

  /** The duration in microseconds that `share` of all counted ones do not pass: the upper end of its bucket. 0 when nothing was counted. */
  quantile(counts: ArrayLike<number>, share: number): number {
    let total = 0;
    for (let bucket = 0; bucket < this.count; bucket++) total += counts[bucket] ?? 0;
    if (total === 0) return 0;

    let left = Math.ceil(total * share);
    for (let bucket = 0; bucket < this.count - 1; bucket++) {
      left -= counts[bucket] ?? 0;
      if (left <= 0) return this.upperEnd(bucket);
    }
    return 2 ** largestPower;
  },
};
