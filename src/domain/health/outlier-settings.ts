// What may be set for judging endpoints by their traffic: errors in a row, rates beside those of their peers, and for how long one is ejected.
// The defaults are mild: what cannot be reached or says itself that it is not there goes, and errors of an application are left alone.
import * as z from 'zod';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { count, decimal, duration } from '../settings/measures.ts';
import { flag, oneOf, section } from '../settings/written.ts';
import type { CountedStatuses } from './consecutive-failures.ts';
import type { EjectionCap, EjectionRules } from './ejection.ts';
import type { OutlierRules } from './outlier-detection.ts';
import { orTrue } from './short-forms.ts';
import type { StreakLimits } from './streaks.ts';

export interface DetectionSettings {
  readonly kind: 'detection';
  readonly consecutive: StreakLimits;
  /** Rates are judged once in each. */
  readonly interval: Milliseconds;
  readonly rates: OutlierRules;
  readonly ejection: EjectionRules;
  readonly cap: EjectionCap;
  /** An active probe that passes ends an ejection. */
  readonly endOnPass: boolean;
}

/** nginx's way: `max_fails` and `fail_timeout`. */
export interface FailTimeoutSettings {
  readonly kind: 'nginx';
  readonly maxFails: number;
  readonly failTimeout: Milliseconds;
  /** Which statuses count as failures; all from 500 on when absent. */
  readonly statuses?: CountedStatuses;
}

export type OutlierSettings = DetectionSettings | FailTimeoutSettings | { readonly kind: 'none' };

const off = Number.POSITIVE_INFINITY;
const usualMaxEjection = 300_000;
const usualSuccessRate = { minHosts: 5, volume: 100, factor: 1.9 };

const limit = count({ most: 1_000_000, none: true });
const consecutiveSection = section(
  {
    fivexx: limit.exactOptional().describe('Statuses from 500 on, 502, 503 and 504 among them. `none` when absent; 5 with `envoy`.'),
    gateway: limit
      .exactOptional()
      .describe(
        'Statuses 502, 503 and 504, by which an endpoint says that what it needs is not there. 5 when absent; `none` with `envoy`.',
      ),
    local: limit.exactOptional().describe('Tries without a whole answer: refused, unreachable, cut off or out of time. 5 when absent.'),
  },
  { expected: 'a number for all kinds of errors, or a section such as { gateway: 5, local: 3 }' },
);

type WrittenLimit = z.input<typeof limit>;

const consecutive = z.preprocess((input: WrittenLimit | z.input<typeof consecutiveSection>) => {
  if (typeof input !== 'number' && input !== 'none') return input;
  // A number that is wrong is told of once.
  return limit.safeParse(input).success ? { fivexx: input, gateway: input, local: input } : { local: input };
}, consecutiveSection);

const minHosts = count({ least: 2, most: 100_000 });
const volume = count();

const successRateSection = section(
  {
    minHosts: minHosts
      .prefault(usualSuccessRate.minHosts)
      .describe('Endpoints with enough tries that make a mean; with fewer nobody is judged.'),
    volume: volume.prefault(usualSuccessRate.volume).describe('Tries of an endpoint in an interval that make a rate.'),
    factor: decimal({ least: 0.1, most: 10 })
      .prefault(usualSuccessRate.factor)
      .describe('An endpoint goes when its rate is more than so many standard deviations below the mean.'),
  },
  { expected: 'true, or a section such as { factor: 1.9 }' },
);

const failureShareSection = section(
  {
    threshold: decimal({ least: 1, most: 100 }).prefault(85).describe('Percent of its tries that fail, from which on an endpoint goes.'),
    minHosts: minHosts.prefault(5).describe('Endpoints with enough tries; with fewer nobody is judged.'),
    volume: volume.prefault(50).describe('Tries of an endpoint in an interval that make a share.'),
  },
  { expected: 'true, or a section such as { threshold: 85 }' },
);

const detectionShape = {
  consecutive: consecutive
    .exactOptional()
    .describe('Errors in a row that eject an endpoint, or `none`. A number alone is for all kinds.')
    .meta({ short: 'whole number' }),
  interval: duration({ least: '100ms' }).exactOptional().describe('How often rates are judged. `10s` when absent.'),
  successRate: orTrue(successRateSection)
    .exactOptional()
    .describe('Ejects endpoints whose success rate is far below that of their peers. Off when absent; on with `envoy`.')
    .meta({ short: 'true' }),
  failureShare: orTrue(failureShareSection)
    .exactOptional()
    .describe('Ejects endpoints most of whose tries fail, however their peers do. Off when absent.')
    .meta({ short: 'true' }),
  baseEjection: duration()
    .exactOptional()
    .describe('How long the first ejection takes; each one after it takes as much longer. `30s` when absent.'),
  maxEjection: duration()
    .exactOptional()
    .describe('How long one takes at most. `300s` when absent, or `baseEjection` where that is longer.'),
  jitter: duration({ least: '0s' })
    .exactOptional()
    .describe('Up to so much is added by chance, so that endpoints do not all come back at once. `0s` when absent.'),
  maxEjected: decimal({ least: 0.1, most: 100 })
    .exactOptional()
    .describe('Percent of the endpoints that may be ejected at once. 10 when absent. Never the last one that is up.'),
  alwaysOne: flag()
    .exactOptional()
    .describe('One may be ejected even where `maxEjected` is less than one. `true` when absent; `false` with `envoy`.'),
  endOnPass: flag()
    .exactOptional()
    .describe(
      'An active check that passes ends an ejection for tries without a whole answer: the first one at once, a further one no sooner than the one before it could have lasted. `true` when absent.',
    ),
};

const nginxShape = {
  maxFails: count({ most: 1_000_000 }).exactOptional().describe('With `nginx`: failures that make an endpoint unavailable. 1 when absent.'),
  failTimeout: duration({ least: '100ms' })
    .exactOptional()
    .describe('With `nginx`: for how long, and in which time; one try is made in each. `10s` when absent.'),
  statuses: oneOf(['gateway', 'none'])
    .exactOptional()
    .describe(
      'With `nginx`: statuses that are failures too, beside tries without a whole answer: `gateway` for 502, 503 and 504, `none`, or all from 500 on when absent. In nginx those that `proxy_next_upstream` names.',
    ),
};

const outlierSection = section(
  {
    preset: oneOf(['mild', 'envoy', 'nginx', 'none'])
      .prefault('mild')
      .describe(
        'Where the defaults come from: `mild` and `envoy` eject outliers, `nginx` goes by max_fails and fail_timeout, `none` judges nothing.',
      ),
    ...detectionShape,
    ...nginxShape,
  },
  { expected: 'a preset such as nginx or none, or a section such as { consecutive: 5, maxEjected: 20 }' },
).check(({ value, issues }) => {
  const complain = (message: string, key?: string): void => {
    const path = key === undefined ? [] : [key];
    issues.push({ code: 'custom', message, params: { bare: true }, input: value, path, continue: true });
  };
  // One that was refused already is no text.
  if (typeof value.preset !== 'string') return;
  checkKeys(value, complain);
  if (isDetection(value)) checkDetection(value, complain);
});

type Section = z.output<typeof outlierSection>;
type Complain = (message: string, key?: string) => void;

const isDetection = ({ preset }: Section): boolean => preset === 'mild' || preset === 'envoy';

function checkKeys(value: Section, complain: Complain): void {
  for (const key of strangersTo(value.preset)) {
    if (key in value) complain(`"${key}" says nothing with the preset "${value.preset}"; take it out, or choose another preset`, key);
  }
}

function strangersTo(preset: Section['preset']): readonly string[] {
  const [detection, nginx] = [Object.keys(detectionShape), Object.keys(nginxShape)];
  if (preset === 'none') return [...detection, ...nginx];
  return preset === 'nginx' ? detection : nginx;
}

function checkDetection(value: Section, complain: Complain): void {
  const { baseEjection, maxEjection } = value;
  if (maxEjection !== undefined && maxEjection < (baseEjection ?? 30_000)) {
    complain('expected a maxEjection of at least baseEjection, which is 30s when absent', 'maxEjection');
  }
  const { consecutive: limits, rates } = detectionOf(value);
  const isIdle = Math.min(limits.fivexx, limits.gateway, limits.local) === off && Object.keys(rates).length === 0;
  if (isIdle) complain('with these settings nothing is judged; say so by the preset "none"', 'consecutive');
}

function detectionOf(value: Section): DetectionSettings {
  const isEnvoy = value.preset === 'envoy';
  const baseEjection = value.baseEjection ?? milliseconds(30_000);
  const successRate = value.successRate ?? (isEnvoy ? usualSuccessRate : undefined);
  const { failureShare } = value;
  return {
    kind: 'detection',
    consecutive: { fivexx: isEnvoy ? 5 : off, gateway: isEnvoy ? off : 5, local: 5, ...value.consecutive },
    interval: value.interval ?? milliseconds(10_000),
    rates: { ...(successRate === undefined ? {} : { successRate }), ...(failureShare === undefined ? {} : { failureShare }) },
    ejection: {
      baseEjection,
      maxEjection: value.maxEjection ?? milliseconds(Math.max(usualMaxEjection, baseEjection)),
      jitter: value.jitter ?? milliseconds(0),
    },
    cap: { maxEjected: value.maxEjected ?? 10, alwaysOne: value.alwaysOne ?? !isEnvoy },
    endOnPass: value.endOnPass ?? true,
  };
}

function complete(value: Section): OutlierSettings {
  if (value.preset === 'none') return { kind: 'none' };
  if (value.preset !== 'nginx') return detectionOf(value);
  const { maxFails = 1, failTimeout = milliseconds(10_000), statuses } = value;
  return { kind: 'nginx', maxFails, failTimeout, ...(statuses === undefined ? {} : { statuses }) };
}

/** A preset's name is short for a section with nothing else. */
export const outlierSettings = z
  .preprocess(
    (input: Section['preset'] | z.input<typeof outlierSection>) => (typeof input === 'string' ? { preset: input } : input),
    outlierSection,
  )
  .transform(complete)
  .meta({ short: 'preset' });
