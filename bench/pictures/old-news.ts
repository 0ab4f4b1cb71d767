// What is left of the shortest queue when nobody knows how long queues are now, only how long they were some time ago.
// After M. Mitzenmacher, "How Useful Is Old Information?", IEEE TPDS 11(1), 2000.
import { times } from '../../test/support/endpoints.ts';
import { exponential } from '../simulation/draws.ts';
import { queue } from '../simulation/servers.ts';
import type { Scenario } from '../simulation/simulate.ts';
import { simulate } from '../simulation/simulate.ts';
import { drawLines } from './drawing/line-chart.ts';
import { definePicture, rounded } from './picture.ts';
import { tone } from './tones.ts';

const policies: Readonly<Record<string, Scenario['policy']>> = {
  random: 'random',
  'power-of-two-choices': 'power-of-two-choices',
  'least-connections': { policy: 'least-connections', scan: 'full' },
};
const servers = 100;
const load = 0.9;
/** In times of service. */
const ages = [0, 0.5, 1, 2, 5, 10];

export interface OldNewsData {
  readonly ages: readonly number[];
  readonly means: Readonly<Record<string, readonly number[]>>;
}

export const oldNewsPicture = definePicture<OldNewsData>({
  name: 'old-news',
  measure: (effort) => ({
    ages,
    means: Object.fromEntries(
      Object.entries(policies).map(([name, policy]) => {
        // Random choice looks at no count, old or new.
        if (policy !== 'random') return [name, ages.map((age) => mean(policy, age, effort))];
        const always = mean(policy, 0, effort);
        return [name, ages.map(() => always)];
      }),
    ),
  }),
  draw,
});

function mean(policy: Scenario['policy'], age: number, effort: number): number {
  const rate = load * servers;
  // Whoever looks at nothing makes long queues, which take long to average.
  const duration = (effort * (policy === 'random' ? 1_200_000 : 300_000)) / rate;
  const { meanLatency } = simulate({
    policy,
    endpoints: times(servers, () => ({ server: queue(exponential(1)) })),
    arrivalsPerSecond: 1000 * rate,
    duration,
    warmUp: duration / 6,
    seed: 1,
    ...(age === 0 ? {} : { loadSeenEvery: age }),
  });
  return rounded(meanLatency);
}

function draw({ means }: OldNewsData): string {
  return drawLines({
    title: 'What old news about load is worth',
    description:
      'With fresh counts least-connections is best. As counts get older all requests run to the same endpoints, and it becomes worse than power-of-two-choices and then worse than random.',
    width: 760,
    height: 360,
    room: 180,
    panels: [
      {
        heading: 'Mean response time, when counts of requests in flight are old (100 servers, 90 % load)',
        x: { label: 'counts are renewed so often, in times of service', scale: 'linear', from: 0, to: 10, ticks: [0, 1, 2, 5, 10] },
        y: { label: 'times the time of service', scale: 'log', from: 1, to: 30, ticks: [1, 2, 5, 10, 20] },
        lines: Object.keys(policies).map((policy) => ({
          name: policy,
          tone: tone(policy),
          points: (means[policy] ?? []).map((value, index) => [ages[index] ?? 0, value] as const),
        })),
      },
    ],
  });
}
