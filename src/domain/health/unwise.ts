// Settings that work as they are written and are hardly meant so: each with what will happen. What cannot work is refused where it is described.
import type { HealthSettings } from './health-settings.ts';
import type { DetectionSettings, OutlierSettings } from './outlier-settings.ts';
import type { PanicSettings } from './panic-settings.ts';
import type { ProbeSettings } from './probe-settings.ts';

export interface JudgementSettings {
  readonly health?: HealthSettings;
  readonly outliers: OutlierSettings;
  readonly panic: PanicSettings;
}

/** Longer than that nobody wants to wait for the news that an endpoint is gone. */
const longestUnnoticed = 60_000;
const aSecond = 1000;

/** Sentences for whoever wrote the document, without full stops. */
export function unwise({ health, outliers, panic }: JudgementSettings): readonly string[] {
  return [
    ...(health === undefined ? [] : [...unwiseTimes(health), ...unwiseProbe(health.probe)]),
    ...(outliers.kind === 'detection' ? unwiseDetection(outliers, panic) : []),
  ];
}

function unwiseTimes({ interval, timeout, fastInterval, fall, probe }: HealthSettings): readonly string[] {
  const unnoticed = interval + (fall - 1) * fastInterval + timeout;
  return [
    ...(fall === 1 ? ['health.fall is 1: one lost probe takes an endpoint out'] : []),
    ...(fastInterval < timeout
      ? ['health.fastInterval is shorter than health.timeout: probes that get no answer hold up the next ones']
      : []),
    ...(unnoticed > longestUnnoticed
      ? [`health.interval and health.fall let an endpoint be down for up to ${Math.ceil(unnoticed / 1000)} seconds before that is noticed`]
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

function unwiseDetection({ consecutive, rates, cap }: DetectionSettings, panic: PanicSettings): readonly string[] {
  const ones = Object.entries(consecutive).filter(([, limit]) => limit === 1);
  return [
    ...ones.map(([kind]) => `outliers.consecutive.${kind} is 1: a single error ejects an endpoint`),
    ...(cap.maxEjected > 100 - panic.threshold
      ? [`outliers.maxEjected is ${cap.maxEjected}: ejections alone can bring the pool into panic, in which they are not heeded`]
      : []),
    ...(panic.threshold === 0 && cap.maxEjected > 50
      ? [`outliers.maxEjected is ${cap.maxEjected}: a few endpoints may be left with the traffic of all`]
      : []),
    ...unwiseSuccessRate(rates),
  ];
}

/** Of n values none lies more than √(n - 1) standard deviations of the population from their mean (P. A. Samuelson, 1968). */
function unwiseSuccessRate({ successRate }: DetectionSettings['rates']): readonly string[] {
  if (successRate === undefined || successRate.factor < Math.sqrt(successRate.minHosts - 1)) return [];
  const { factor, minHosts } = successRate;
  const needed = Math.floor(factor ** 2 + 1) + 1;
  return [`outliers.successRate.minHosts is ${minHosts}: fewer than ${needed} rates never differ by ${factor} standard deviations`];
}
