// Hot path. Which bucket of a latency histogram a duration falls in: four buckets to a doubling, whose ends are at most 25 % apart.
// The buckets are the same for all histograms, so counts from several workers are added bucket by bucket.

const perDoubling = 4;
/** Durations below 2^6 = 64 µs share the first bucket. */
const smallestPower = 6;
/** 2^26 µs, a little over a minute; what lasts longer falls in the last bucket. */
const largestPower = 26;
/** The quarters of every doubling, with one bucket below and one above them. */
const bucketCount = (largestPower - smallestPower) * perDoubling + 2;

export const latencyBuckets = {
  count: bucketCount,

  /** The bucket of a duration in microseconds. */
  of(microseconds: number): number {
    // Compared before it is cut to 32 bits, where half an hour would come out negative.
    if (microseconds >= 2 ** largestPower) return bucketCount - 1;
    const value = microseconds | 0;
    if (value < 1 << smallestPower) return 0;
    const power = 31 - Math.clz32(value);
    // The two bits below the leading one tell the quarter of the doubling.
    const quarter = (value >>> (power - 2)) & 3;
    return (power - smallestPower) * perDoubling + quarter + 1;
  },

  /** The upper end of a bucket in microseconds; the last one has none. */
  upperEnd(bucket: number): number {
    if (bucket >= bucketCount - 1) return Number.POSITIVE_INFINITY;
    if (bucket === 0) return 1 << smallestPower;
    const power = smallestPower + Math.floor((bucket - 1) / perDoubling);
    return 2 ** power * (1 + (((bucket - 1) % perDoubling) + 1) / perDoubling);
  },

  /** The duration in microseconds that `share` of all counted ones do not pass: the upper end of its bucket. 0 when nothing was counted. */
  quantile(counts: ArrayLike<number>, share: number): number {
    let total = 0;
    for (let bucket = 0; bucket < bucketCount; bucket++) total += counts[bucket] ?? 0;
    if (total === 0) return 0;

    let left = Math.max(1, Math.ceil(total * share));
    for (let bucket = 0; bucket < bucketCount - 1; bucket++) {
      // Nothing is left behind the last count, however short the list is.
      left -= counts[bucket] as number;
      if (left <= 0) return latencyBuckets.upperEnd(bucket);
    }
    return 2 ** largestPower;
  },
};
