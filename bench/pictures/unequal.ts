// Machines of different strength: with all weights at 1, and with weights that say how many cores a machine has.
import type { WrittenPolicySettings } from '../../src/domain/balancing/policy-settings.ts';
import { exponential } from '../simulation/draws.ts';
import { sharing } from '../simulation/servers.ts';
import { simulate } from '../simulation/simulate.ts';
import type { SimulatedEndpoint } from '../simulation/simulated-endpoint.ts';
import { drawRows } from './drawing/row-chart.ts';
import { definePicture, meanOf, rounded } from './picture.ts';
import { tone } from './tones.ts';

const policies = [
  'round-robin',
  'power-of-two-choices',
  'least-connections',
  'peak-ewma',
  'least-time',
  'prequal',
  'utilisation',
] as const satisfies WrittenPolicySettings[];
/** Nineteen cores in all. */
const cores = [1, 1, 1, 1, 1, 2, 2, 2, 4, 4];
const meanWork = 50;
const load = 0.75;
const timeout = 5_000;
const seeds = [1, 2, 3, 4];

interface Found {
  readonly p99: number;
  readonly failed: number;
}

export interface UnequalData {
  readonly cores: readonly number[];
  readonly load: number;
  readonly byPolicy: Readonly<Record<string, { readonly equalWeights: Found; readonly rightWeights: Found }>>;
}

export const unequalPicture = definePicture<UnequalData>({
  name: 'unequal',
  measure: (effort) => ({
    cores,
    load,
    byPolicy: Object.fromEntries(
      policies.map((policy) => [policy, { equalWeights: run(policy, false, effort), rightWeights: run(policy, true, effort) }]),
    ),
  }),
  draw,
});

function run(policy: (typeof policies)[number], isWeighted: boolean, effort: number): Found {
  const total = cores.reduce((sum, count) => sum + count, 0);
  const all = seeds.map((seed) =>
    simulate({
      policy,
      endpoints: cores.map((count) => machine(count, isWeighted ? count : 1)),
      arrivalsPerSecond: (load * total * 1000) / meanWork,
      duration: effort * 180_000,
      warmUp: effort * 60_000,
      timeout,
      seed,
    }),
  );
  return {
    p99: rounded(meanOf(all.map(({ quantile }) => quantile(0.99)))),
    failed: rounded(1 - meanOf(all.map(({ shareSucceeded }) => shareSucceeded))),
  };
}

/** It reports its load, for whoever reads that: how busy its cores were and how many requests it answered, over the last seconds. */
function machine(count: number, weight: number): SimulatedEndpoint {
  const memory = 2_000;
  let busy = 0;
  let rate = 0;
  let last = 0;
  return {
    server: sharing(exponential(meanWork), count),
    weight,
    fields: (inFlight, now) => {
      const kept = Math.exp((last - now) / memory);
      busy = kept * busy + (1 - kept) * Math.min(1, inFlight / count);
      rate = kept * rate + 1000 / memory;
      last = now;
      return `endpoint-load-metrics: TEXT cpu=${busy.toFixed(4)},rps_fractional=${rate.toFixed(2)}\r\n`;
    },
  };
}

function draw({ byPolicy }: UnequalData): string {
  const mark = ({ p99 }: Found) => ({ value: p99, text: p99 >= timeout ? 'after 5 s' : `${Math.round(p99)} ms` });
  return drawRows({
    title: 'Machines of different strength',
    description:
      'Ten machines with one, two or four cores at three quarters of what they can do. With equal weights round-robin overloads the small ones; policies that follow load do not. With weights by cores all are close together.',
    heading: '99 of 100 requests are answered within, on machines with 1, 2 and 4 cores',
    width: 760,
    marks: 'dots',
    series: ['all weights 1', 'weights by cores'],
    axis: {
      label: 'milliseconds',
      scale: 'log',
      from: 120,
      to: 5_000,
      ticks: [200, 500, 1000, 2000, 5000],
      tickText: (tick) => tick.toLocaleString('en-GB'),
    },
    room: { left: 190, right: 100 },
    rows: policies.map((policy) => {
      const figures = byPolicy[policy];
      return {
        name: policy,
        tone: tone(policy),
        marks: figures === undefined ? [] : [mark(figures.equalWeights), mark(figures.rightWeights)],
      };
    }),
  });
}
