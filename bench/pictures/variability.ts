// What it does when requests are not alike: the same mean time of service, always the same, exponential, or a few that take very long.
import { times } from '../../test/support/endpoints.ts';
import type { Draw } from '../simulation/draws.ts';
import { constant, exponential, hyperexponential } from '../simulation/draws.ts';
import { queue } from '../simulation/servers.ts';
import { simulate } from '../simulation/simulate.ts';
import { drawLines } from './drawing/line-chart.ts';
import { definePicture, meanOf, rounded } from './picture.ts';
import { tone } from './tones.ts';

const policies = ['random', 'round-robin', 'power-of-two-choices', 'least-connections'] as const;
const servers = 20;
const load = 0.9;
/** The variation is the squared coefficient of it. */
const kinds: readonly { readonly name: string; readonly variation: number; readonly work: Draw }[] = [
  { name: 'all alike', variation: 0, work: constant(1) },
  { name: 'exponential', variation: 1, work: exponential(1) },
  { name: 'a few very long', variation: 10, work: hyperexponential(1, 10) },
];

export interface VariabilityData {
  readonly servers: number;
  readonly load: number;
  readonly variations: readonly number[];
  readonly means: Readonly<Record<string, readonly number[]>>;
}

export const variabilityPicture = definePicture<VariabilityData>({
  name: 'variability',
  measure: (effort) => ({
    servers,
    load,
    variations: kinds.map(({ variation }) => variation),
    means: Object.fromEntries(
      policies.map((policy) => [policy, kinds.map(({ work, variation }) => mean(policy, work, effort * 200_000 * (1 + variation / 2)))]),
    ),
  }),
  draw,
});

function mean(policy: (typeof policies)[number], work: Draw, requests: number): number {
  const rate = load * servers;
  const seeds = [1, 2];
  return rounded(
    meanOf(
      seeds.map((seed) => {
        const duration = requests / seeds.length / rate;
        const endpoints = times(servers, () => ({ server: queue(work) }));
        return simulate({ policy, endpoints, arrivalsPerSecond: 1000 * rate, duration, warmUp: duration / 6, seed }).meanLatency;
      }),
    ),
  );
}

function draw({ means }: VariabilityData): string {
  return drawLines({
    title: 'Response time against how different requests are',
    description:
      'With requests that are all alike round-robin is best. With a few that take very long it is hardly better than random, while least-connections stays nearly flat.',
    width: 760,
    height: 380,
    room: 180,
    panels: [
      {
        heading: 'Mean response time at 90 % load, by what the requests are like',
        x: {
          label: 'times of service, with the same mean',
          scale: 'linear',
          from: -0.15,
          to: 2,
          ticks: [0, 1, 2],
          tickText: (tick) => kinds[tick]?.name ?? '',
        },
        y: { label: 'times the time of service', scale: 'log', from: 1, to: 70, ticks: [1, 2, 5, 10, 20, 50] },
        lines: policies.map((policy) => ({
          name: policy,
          tone: tone(policy),
          points: (means[policy] ?? []).map((value, index) => [index, value] as const),
        })),
      },
    ],
  });
}
