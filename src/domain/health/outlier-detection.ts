// Endpoints that do worse than their peers in one interval: by how far a success rate lies below the mean, or by the share of failures alone.
// Envoy's outlier detection (outlier_detection_impl.cc, processSuccessRateEjections) and gRFC A50, which compares as Envoy does.

export interface SuccessRateRules {
  /** Rates of at least so many endpoints make a mean. */
  readonly minHosts: number;
  /** Tries of an endpoint in an interval that make a rate. */
  readonly volume: number;
  /** So many standard deviations below the mean is too far. */
  readonly factor: number;
}

export interface FailureShareRules {
  readonly minHosts: number;
  readonly volume: number;
  /** Percent of an endpoint's tries that fail. */
  readonly threshold: number;
}

/** What is absent is not judged. */
export interface OutlierRules {
  readonly successRate?: SuccessRateRules;
  readonly failureShare?: FailureShareRules;
}

/** What one endpoint did in the interval that is over. */
export interface IntervalFigures {
  readonly endpoint: string;
  readonly succeeded: number;
  readonly total: number;
}

export interface Suspect {
  readonly endpoint: string;
  readonly reason: 'success-rate' | 'failure-share';
  /** Its successes in percent. */
  readonly rate: number;
  /** What the rate had to be: at least for `success-rate`, more than that for `failure-share`. */
  readonly limit: number;
}

interface Rated {
  readonly endpoint: string;
  readonly rate: number;
}

/** Rates that differ by less are the same ones, rounded differently on the way to a mean. */
const sameness = 1e-9;

/** Judges endpoints that are not ejected. Each is suspected once, and the worst come first: a cap may stop the rest. */
export function judge(figures: readonly IntervalFigures[], { successRate, failureShare }: OutlierRules): readonly Suspect[] {
  const byRate = successRate === undefined ? [] : judgeRates(ratesOf(figures, successRate), successRate.factor);
  const byShare = failureShare === undefined ? [] : judgeShares(ratesOf(figures, failureShare), failureShare.threshold);
  const known = new Set(byRate.map(({ endpoint }) => endpoint));
  return [...byRate, ...byShare.filter(({ endpoint }) => !known.has(endpoint))].sort((one, other) => one.rate - other.rate);
}

/** Below it a success rate is too far from the others. Never above their mean. */
export function successRateThreshold(rates: readonly number[], factor: number): number {
  const mean = meanOf(rates);
  // Of all that there are, not of a sample of them: the population's deviation.
  const deviation = Math.sqrt(meanOf(rates.map((rate) => (rate - mean) ** 2)));
  return deviation < sameness ? Number.NEGATIVE_INFINITY : mean - factor * deviation;
}

function judgeRates(rated: readonly Rated[], factor: number): readonly Suspect[] {
  const limit = successRateThreshold(
    rated.map(({ rate }) => rate),
    factor,
  );
  return suspects(rated, 'success-rate', limit, (rate) => rate < limit);
}

function judgeShares(rated: readonly Rated[], threshold: number): readonly Suspect[] {
  return suspects(rated, 'failure-share', 100 - threshold, (rate) => 100 - rate >= threshold);
}

function suspects(rated: readonly Rated[], reason: Suspect['reason'], limit: number, isSuspect: (rate: number) => boolean) {
  return rated.filter(({ rate }) => isSuspect(rate)).map(({ endpoint, rate }): Suspect => ({ endpoint, reason, rate, limit }));
}

/** Of endpoints with enough tries; none when too few have them. */
function ratesOf(figures: readonly IntervalFigures[], { volume, minHosts }: { readonly volume: number; readonly minHosts: number }) {
  const rated = figures
    .filter(({ total }) => total > 0 && total >= volume)
    .map(({ endpoint, succeeded, total }): Rated => ({ endpoint, rate: (100 * succeeded) / total }));
  return rated.length >= minHosts ? rated : [];
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
