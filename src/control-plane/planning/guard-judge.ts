// Whether a change made things worse, or chance alone did: what is counted since is held against what was before, by Fisher's exact test. Pure.
// Whoever looks again and again is deceived again and again, so the chance of one look is divided by the number of looks and of questions
// (O. J. Dunn, "Multiple comparisons among means", JASA 56, 1961): a change that makes nothing worse goes back in one of ten thousand guards at
// most, as long as failures do not come in bursts of their own.
import { chanceOfGreater } from '../../foundation/algorithms/fisher-test.ts';
import { latencyBuckets } from '../../foundation/algorithms/latency-buckets.ts';

/** Of a listener or a pool, since some moment. */
export interface Counted {
  readonly whole: number;
  readonly failed: number;
  /** So many of them may have one cause: tries of one exchange fail together. 1 when absent. */
  readonly together?: number;
  /** By the buckets of `latencyBuckets`; absent where it is not measured. */
  readonly latency?: ArrayLike<number>;
}

/** By a name for people: `listener web`. */
export type Watched = ReadonlyMap<string, Counted>;

export type Measure = 'errors' | 'p50' | 'p99';

/** What is worse. Shares of errors are from 0 to 1, times in milliseconds. */
export interface Verdict {
  readonly subject: string;
  readonly measure: Measure;
  readonly before: number;
  readonly after: number;
  /** Exchanges, or tries, that were counted. */
  readonly samplesBefore: number;
  readonly samplesAfter: number;
  /** How likely it is that chance alone shows as much. */
  readonly chance: number;
}

export const guardRules = {
  /** For all looks of a guard together. */
  chance: 1e-4,
  /** Clearly worse is an error rate that is greater by this and by half, or by `plainly`. */
  more: 0.005,
  times: 1.5,
  plainly: 0.1,
  /** Where fewer were counted before, one of so many is supposed to have failed. Latency is not judged then, neither with so few since. */
  fewest: 100,
  p50: { quantile: 0.5, times: 2, more: 25_000 },
  p99: { quantile: 0.99, times: 3, more: 250_000 },
} as const;

export class GuardJudge {
  readonly #before: Watched;
  readonly #level: number;

  /** `looks`: how often `look` is called at most. */
  constructor(before: Watched, looks: number) {
    const questions = [...before.values()].reduce((sum, { latency }) => sum + (latency === undefined ? 1 : 3), 0);
    this.#before = before;
    this.#level = guardRules.chance / Math.max(1, looks * questions);
  }

  /** What is clearly worse than before, and not by chance; of several things the least likely one. */
  look(after: Watched): Verdict | undefined {
    const verdicts = [...after].flatMap(([subject, since]) => {
      const before = this.#before.get(subject);
      return before === undefined ? [] : [errorsOf(subject, before, since), ...latencyOf(subject, before, since)];
    });
    const found = verdicts.filter((verdict) => verdict !== undefined && verdict.chance <= this.#level);
    return found.sort((one, other) => (one?.chance ?? 1) - (other?.chance ?? 1))[0];
  }
}

function errorsOf(subject: string, before: Counted, since: Counted): Verdict | undefined {
  const { more, times, plainly } = guardRules;
  const earlier = supposed(before);
  const later = { part: Math.min(since.failed, since.whole), whole: since.whole };
  if (later.whole === 0) return undefined;
  const [was, is] = [earlier.part / earlier.whole, later.part / later.whole];
  const isClear = is - was >= plainly || (is - was >= more && is >= times * was);
  if (!isClear) return undefined;
  const together = Math.max(before.together ?? 1, since.together ?? 1);
  const chance = chanceOfGreater(
    { part: Math.ceil(earlier.part / together), whole: Math.ceil(earlier.whole / together) },
    { part: Math.floor(later.part / together), whole: Math.ceil(later.whole / together) },
  );
  return { ...{ subject, measure: 'errors', before: was, after: is, chance }, samplesBefore: before.whole, samplesAfter: since.whole };
}

/** One of a hundred fails where nobody knows better. */
function supposed({ whole, failed }: Counted): { readonly part: number; readonly whole: number } {
  const { fewest } = guardRules;
  return whole >= fewest ? { part: Math.min(failed, whole), whole } : { part: Math.min(failed, whole) + 1, whole: fewest };
}

function latencyOf(subject: string, before: Counted, since: Counted): readonly Verdict[] {
  if (before.latency === undefined || since.latency === undefined) return [];
  const [whole, later] = [sumOf(before.latency), sumOf(since.latency)];
  if (whole < guardRules.fewest || later < guardRules.fewest) return [];
  return (['p50', 'p99'] as const).flatMap((measure) => {
    const { quantile, times, more } = guardRules[measure];
    const was = latencyBuckets.quantile(before.latency ?? [], quantile);
    const limit = latencyBuckets.of(Math.max(times * was, was + more));
    const slow = { part: slowerThan(since.latency ?? [], limit), whole: later };
    // As many are slower than the limit as say that the quantile is beyond it.
    if (slow.part <= (1 - quantile) * later) return [];
    const chance = chanceOfGreater({ part: slowerThan(before.latency ?? [], limit), whole }, slow);
    const is = latencyBuckets.quantile(since.latency ?? [], quantile);
    return [{ subject, measure, before: was / 1000, after: is / 1000, samplesBefore: whole, samplesAfter: later, chance }];
  });
}

function sumOf(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) sum += counts[bucket] ?? 0;
  return sum;
}

function slowerThan(counts: ArrayLike<number>, limit: number): number {
  let sum = 0;
  for (let bucket = limit + 1; bucket < counts.length; bucket++) sum += counts[bucket] ?? 0;
  return sum;
}

/** For an operator: `listener web: 31.0 % of 42 failed, 0.4 % of 1250 before`. */
export function verdictText({ subject, measure, before, after, samplesBefore, samplesAfter }: Verdict): string {
  if (measure === 'errors') {
    const earlier = samplesBefore === 0 ? 'nothing is known of the time before' : `${percent(before)} of ${samplesBefore} before`;
    return `${subject}: ${percent(after)} of ${samplesAfter} failed, ${earlier}`;
  }
  const share = measure === 'p50' ? 'half' : '99 %';
  return `${subject}: ${share} of ${samplesAfter} answers came within ${timeText(after)}, of ${samplesBefore} before within ${timeText(before)}`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const timeText = (milliseconds: number): string =>
  milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
