// Machines whose strength changes under the balancer's hands, since other programs run on them: the experiment of B. Wydrowski et al., "Load is
// not what you should balance", NSDI 2024, in small. A hundred machines; a fifth of them have one core left, the others two to four.
import { times } from '../../test/support/endpoints.ts';
import { exponential, normalFromZero, uniform } from '../simulation/draws.ts';
import type { Capacities } from '../simulation/servers.ts';
import { sharing } from '../simulation/servers.ts';
import type { Scenario } from '../simulation/simulate.ts';
import { simulate } from '../simulation/simulate.ts';
import type { Axis } from './drawing/axis.ts';
import type { Panel } from './drawing/line-chart.ts';
import { drawLines } from './drawing/line-chart.ts';
import { definePicture, meanOf, rounded } from './picture.ts';
import { tone } from './tones.ts';

const policies: Readonly<Record<string, Scenario['policy']>> = {
  'round-robin': 'round-robin',
  'power-of-two-choices': 'power-of-two-choices',
  'least-connections': { policy: 'least-connections', scan: 'full' },
  prequal: 'prequal',
};
const machines = 100;
const meanCores = 2.6;
/** Work that arrives, in cores for each machine. */
const loads = [0.75, 1.03, 1.27, 1.41, 1.57, 1.74];
const meanWork = 81.2;
const timeout = 5_000;
const seeds = [1, 2];

const contended: Capacities = (random, now) => ({
  cores: random() < 0.2 ? 1 : uniform(2, 4)(random, now),
  until: now + exponential(20_000)(random, now),
});

interface Found {
  readonly p99: number;
  readonly failed: number;
}

export interface ContendedData {
  /** The share of all cores that is in use. */
  readonly used: readonly number[];
  readonly byPolicy: Readonly<Record<string, readonly Found[]>>;
}

export const contendedPicture = definePicture<ContendedData>({
  name: 'contended',
  measure: (effort) => ({
    used: loads.map((load) => rounded(load / meanCores)),
    byPolicy: Object.fromEntries(Object.entries(policies).map(([name, policy]) => [name, loads.map((load) => run(policy, load, effort))])),
  }),
  draw,
});

function run(policy: Scenario['policy'], load: number, effort: number): Found {
  const all = seeds.map((seed) =>
    simulate({
      policy,
      endpoints: times(machines, () => ({ server: sharing(normalFromZero(75, 75), contended) })),
      arrivalsPerSecond: (load * machines * 1000) / meanWork,
      duration: effort * 75_000,
      warmUp: effort * 15_000,
      timeout,
      seed,
    }),
  );
  return {
    p99: rounded(meanOf(all.map(({ quantile }) => quantile(0.99)))),
    failed: rounded(1 - meanOf(all.map(({ shareSucceeded }) => shareSucceeded))),
  };
}

function draw({ used, byPolicy }: ContendedData): string {
  const x: Axis = {
    label: 'of all cores in use, in %',
    scale: 'linear',
    from: used[0] ?? 0,
    to: used.at(-1) ?? 1,
    ticks: used,
    tickText: (tick) => String(Math.round(100 * tick)),
  };
  const panel = (heading: string, what: keyof Found, y: Axis): Panel => ({
    heading,
    x,
    y,
    lines: Object.keys(policies).map((policy) => ({
      name: policy,
      tone: tone(policy),
      points: (byPolicy[policy] ?? []).map((found, index) => [used[index] ?? 0, found[what]] as const),
    })),
  });
  const time = { label: 'milliseconds', scale: 'log', from: 200, to: 5_000, ticks: [200, 500, 1000, 2000, 5000] } as const;
  const failed = {
    label: 'of all requests',
    scale: 'linear',
    from: 0,
    to: 0.1,
    ticks: [0, 0.02, 0.04, 0.06, 0.08, 0.1],
    tickText: (tick: number) => `${Math.round(100 * tick)} %`,
  } as const;
  return drawLines({
    title: 'Machines that others use too',
    description:
      'A hundred machines whose free cores change. round-robin fails requests from half of the capacity on; policies that follow load fail none.',
    width: 900,
    height: 380,
    room: 180,
    panels: [
      panel('99 of 100 are answered within', 'p99', { ...time, tickText: (tick) => tick.toLocaleString('en-GB') }),
      panel('Given up after 5 seconds', 'failed', failed),
    ],
  });
}
