// How long answers take as a pool gets busier: twenty equal servers, Poisson arrivals, exponential times of service with a mean of 1.
import { times } from '../../test/support/endpoints.ts';
import { exponential } from '../simulation/draws.ts';
import { queue } from '../simulation/servers.ts';
import type { Scenario } from '../simulation/simulate.ts';
import { simulate } from '../simulation/simulate.ts';
import type { Axis } from './drawing/axis.ts';
import type { Line, Panel } from './drawing/line-chart.ts';
import { drawLines } from './drawing/line-chart.ts';
import { definePicture, rounded } from './picture.ts';
import { tone } from './tones.ts';

const policies = ['random', 'round-robin', 'power-of-two-choices', 'least-connections'] as const;
const servers = 20;
const loads = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

interface Figures {
  readonly mean: number;
  readonly p99: number;
}

export interface LoadData {
  readonly servers: number;
  readonly loads: readonly number[];
  readonly byPolicy: Readonly<Record<string, readonly Figures[]>>;
  /** A hundred servers that are busy for nine tenths of the time: what papers and other simulators have figures for. */
  readonly hundred: Readonly<Record<string, Figures>>;
}

export const loadPicture = definePicture<LoadData>({
  name: 'load',
  measure: (effort) => ({
    servers,
    loads,
    byPolicy: Object.fromEntries(policies.map((policy) => [policy, loads.map((load) => run(policy, servers, load, effort))])),
    hundred: Object.fromEntries(
      policies.map((policy) => {
        // Above 64 endpoints least-connections would draw two as well.
        const settings = policy === 'least-connections' ? ({ policy, scan: 'full' } as const) : policy;
        return [policy, run(settings, 100, 0.9, 2 * effort)];
      }),
    ),
  }),
  draw,
});

/** The busier, the longer it takes until the mean of a run is the mean. */
function run(policy: Scenario['policy'], count: number, load: number, effort: number): Figures {
  const rate = load * count;
  const requests = (effort * 50_000) / (1 - load);
  const { meanLatency, quantile } = simulate({
    policy,
    endpoints: times(count, () => ({ server: queue(exponential(1)) })),
    arrivalsPerSecond: 1000 * rate,
    duration: requests / rate,
    warmUp: requests / rate / 6,
    seed: 1,
  });
  return { mean: rounded(meanLatency), p99: rounded(quantile(0.99)) };
}

function draw({ byPolicy, loads: measured }: LoadData): string {
  const x: Axis = {
    label: 'how busy the pool is, in %',
    scale: 'linear',
    from: 0.5,
    to: 0.95,
    ticks: measured,
    tickText: (tick) => String(Math.round(100 * tick)),
  };
  const panel = (heading: string, what: keyof Figures, y: Pick<Axis, 'from' | 'to' | 'ticks'>): Panel => ({
    heading,
    x,
    y: { label: 'times the time of service', scale: 'log', ...y },
    lines: policies.map(
      (policy): Line => ({
        name: policy,
        tone: tone(policy),
        points: (byPolicy[policy] ?? []).map((figures, index) => [measured[index] ?? 0, figures[what]]),
      }),
    ),
  });
  return drawLines({
    title: 'Response time against load',
    description:
      'Twenty equal servers. With random and round-robin answers take ever longer as the pool gets busier; with power-of-two-choices and least-connections they hardly do.',
    width: 900,
    height: 380,
    room: 180,
    panels: [
      panel('Mean response time', 'mean', { from: 1, to: 25, ticks: [1, 2, 5, 10, 20] }),
      panel('99 of 100 are answered within', 'p99', { from: 4, to: 100, ticks: [5, 10, 20, 50, 100] }),
    ],
  });
}
