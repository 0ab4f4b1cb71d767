// Settings that work as they are written and are hardly meant so: each with what will happen. What cannot work is refused where it is described.
import { firstBackupTier, tiersOf } from '../endpoints/weights.ts';
import { mostEjected } from './ejection.ts';
import type { HealthSettings } from './health-settings.ts';
import type { DetectionSettings, OutlierSettings } from './outlier-settings.ts';
import type { PanicSettings } from './panic-settings.ts';
import { tierLoads } from './priority-loads.ts';
import type { ProbeSettings } from './probe-settings.ts';

export interface JudgementSettings {
  readonly endpoints: readonly JudgedEndpoint[];
  readonly health?: HealthSettings;
  readonly outliers: OutlierSettings;
  readonly panic: PanicSettings;
  /** Further endpoints are found while the pool serves: nothing follows from how many there are now. */
  readonly mayGrow?: boolean;
}

export interface JudgedEndpoint {
  readonly weight: number;
  readonly priority: number;
  readonly backup: boolean;
}

/** Longer than that nobody wants to wait for the news that an endpoint is gone. */
const longestUnnoticed = 60_000;
const aSecond = 1000;
/** What the main thread of most machines can do, and leave time for other things. */
const mostProbesInASecond = 2000;
const mostProgramsInASecond = 20;

/** Sentences for whoever wrote the document, without full stops. Each begins with the key that it is about. */
export function unwise({ endpoints, health, outliers, panic, mayGrow = false }: JudgementSettings): readonly string[] {
  return [
    ...(health === undefined ? [] : [...unwiseTimes(health), ...unwiseProbe(health.probe), ...unwiseNumbers(health, endpoints.length)]),
    ...(outliers.kind === 'detection' ? unwiseDetection(outliers, panic) : []),
    ...(outliers.kind === 'detection' && !mayGrow ? unwiseFor(outliers, endpoints.length) : []),
    ...(mayGrow ? [] : unwisePanic(panic, endpoints)),
  ];
}

function unwiseTimes({ interval, timeout, fastInterval, rise, fall, probe }: HealthSettings): readonly string[] {
  const unnoticed = interval + (fall - 1) * fastInterval + timeout;
  const unbelieved = interval + (rise - 1) * fastInterval + timeout;
  return [
    ...(fall === 1 ? ['health.fall is 1: one lost probe takes an endpoint out'] : []),
    ...(fastInterval < timeout
      ? ['health.fastInterval is shorter than health.timeout: probes that get no answer hold up the next ones']
      : []),
    ...(unnoticed > longestUnnoticed
      ? [`health.interval and health.fall let an endpoint be down for up to ${Math.ceil(unnoticed / 1000)} seconds before that is noticed`]
      : []),
    ...(unbelieved > longestUnnoticed && rise > fall
      ? [
          `health.rise is ${rise}: an endpoint that is well again waits for up to ${Math.ceil(unbelieved / 1000)} seconds until it is believed`,
        ]
      : []),
    ...(probe.kind === 'command' && fastInterval < aSecond
      ? ['health.command starts a program for each endpoint more than once a second']
      : []),
  ];
}

function unwiseProbe(probe: ProbeSettings): readonly string[] {
  if (probe.kind === 'tcp' && probe.send !== undefined && probe.expect === undefined) {
    return ['health.tcp sends something and expects nothing: whatever comes passes'];
  }
  if (probe.kind === 'http' && probe.status.some(([, last]) => last >= 500)) {
    return ['health.http.status holds errors of servers, with which most endpoints say that they are not well'];
  }
  return [];
}

function unwiseNumbers({ interval, probe }: HealthSettings, endpoints: number): readonly string[] {
  const perSecond = Math.round((1000 * endpoints) / interval);
  const [what, most] = probe.kind === 'command' ? ['programs', mostProgramsInASecond] : ['probes', mostProbesInASecond];
  if (perSecond <= most) return [];
  return [`health.interval makes ${perSecond} ${what} a second for ${endpoints} endpoints, more than can be borne; take a longer one`];
}

/** What is never done because the pool is too small. */
function unwiseFor({ rates: { successRate, failureShare }, cap }: DetectionSettings, endpoints: number): readonly string[] {
  if (endpoints > 1 && mostEjected(endpoints, cap) === 0)
    return [
      `outliers.maxEjected is ${cap.maxEjected} percent of ${endpoints} endpoints, which is none: nobody is ever set aside; take more, or alwaysOne: true`,
    ];
  const few = (rules: { readonly minHosts: number } | undefined): rules is { readonly minHosts: number } =>
    rules !== undefined && rules.minHosts > endpoints;
  return [
    ...(few(successRate)
      ? [
          `outliers.successRate wants ${successRate.minHosts} endpoints (minHosts) to compare, and the pool has ${endpoints}: it never judges`,
        ]
      : []),
    ...(few(failureShare)
      ? [`outliers.failureShare wants ${failureShare.minHosts} endpoints (minHosts), and the pool has ${endpoints}: it never judges`]
      : []),
  ];
}

/** A single endpoint is in panic whenever it fails, and there is nobody else whom traffic could go to. */
function unwisePanic(panic: PanicSettings, endpoints: readonly JudgedEndpoint[]): readonly string[] {
  const serving = endpoints.filter(({ weight }) => weight > 0);
  const tiers = tiersOf(serving);
  const first = tiers.filter((tier) => tier === 0).length;
  if (panic.threshold === 0 || first < 2) return [];
  const health = [...new Set(tiers)]
    .sort((one, other) => one - other)
    .map((tier) => {
      const total = tiers.filter((each) => each === tier).length;
      return { healthy: tier === 0 ? total - 1 : total, total };
    });
  if (tierLoads(health, firstBackupTier(serving), panic).inPanic[0] !== true) return [];
  const then = panic.action === 'fail' ? 'nobody gets anything' : 'health is not heeded';
  return [`panic.threshold is ${panic.threshold}: when one of ${first} endpoints fails the pool is in panic, and ${then}`];
}

function unwiseDetection({ consecutive, rates, cap }: DetectionSettings, panic: PanicSettings): readonly string[] {
  const ones = Object.entries(consecutive).filter(([, limit]) => limit === 1);
  return [
    ...ones.map(([kind]) => `outliers.consecutive.${kind} is 1: a single error ejects an endpoint`),
    ...(cap.maxEjected > 100 - panic.threshold && (100 - cap.maxEjected) * panic.overprovisioning < 10_000
      ? [`outliers.maxEjected is ${cap.maxEjected}: ejections alone can bring the pool into panic, in which they are not heeded`]
      : []),
    ...(panic.threshold === 0 && cap.maxEjected > 50
      ? [`outliers.maxEjected is ${cap.maxEjected}: a few endpoints may be left with the traffic of all`]
      : []),
    ...unwiseSuccessRate(rates),
    ...(rates.failureShare !== undefined && rates.failureShare.threshold < 10
      ? [
          `outliers.failureShare.threshold is ${rates.failureShare.threshold}: a few errors in a hundred eject an endpoint, of an application too`,
        ]
      : []),
  ];
}

/** Of n values none lies more than √(n - 1) standard deviations of the population from their mean (P. A. Samuelson, 1968). */
function unwiseSuccessRate({ successRate }: DetectionSettings['rates']): readonly string[] {
  if (successRate !== undefined && successRate.factor < 1)
    return [
      `outliers.successRate.factor is ${successRate.factor}: in each interval many endpoints are so little worse than the mean, however good all are`,
    ];
  if (successRate === undefined || successRate.factor < Math.sqrt(successRate.minHosts - 1)) return [];
  const { factor, minHosts } = successRate;
  const needed = Math.floor(factor ** 2 + 1) + 1;
  return [`outliers.successRate.minHosts is ${minHosts}: fewer than ${needed} rates never differ by ${factor} standard deviations`];
}
