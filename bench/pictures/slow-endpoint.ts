// One of eleven endpoints takes two seconds longer for a minute. After Buoyant's experiment of 2016 ("Beyond Round Robin").
import { times } from '../../test/support/endpoints.ts';
import { addedBetween, gamma } from '../simulation/draws.ts';
import { delay } from '../simulation/servers.ts';
import { simulate } from '../simulation/simulate.ts';
import { drawLines } from './drawing/line-chart.ts';
import { definePicture, meanOf, rounded } from './picture.ts';
import { tone } from './tones.ts';

const policies = ['round-robin', 'power-of-two-choices', 'least-connections', 'peak-ewma', 'least-time', 'prequal'] as const;
const slowFrom = 30_000;
const slowUntil = 90_000;
const step = 3_000;
const duration = 150_000;
const seedsAtFullEffort = 8;

export interface SlowEndpointData {
  readonly stepSeconds: number;
  readonly byPolicy: Readonly<Record<string, { readonly late: number; readonly sentToSlow: readonly number[] }>>;
}

export const slowEndpointPicture = definePicture<SlowEndpointData>({
  name: 'slow-endpoint',
  measure: (effort) => ({
    stepSeconds: step / 1000,
    byPolicy: Object.fromEntries(policies.map((policy) => [policy, runs(policy, effort)])),
  }),
  draw,
});

/** `late` is the share of requests that arrived in the bad minute and were not answered within a second. */
function runs(policy: (typeof policies)[number], effort: number) {
  const seeds = Math.max(1, Math.round(effort * seedsAtFullEffort));
  const all = times(seeds, (seed) =>
    simulate({
      policy,
      endpoints: times(11, (index) => ({
        server: delay(index === 10 ? addedBetween(slowFrom, slowUntil, 2_000, gamma(4, 75)) : gamma(4, 75)),
      })),
      arrivalsPerSecond: 1000 * Math.min(1, effort * seedsAtFullEffort),
      duration,
      goodWithin: 1_000,
      timelineEvery: step,
      seed: seed + 1,
    }).timeline.filter(({ from }) => from < duration),
  );
  const bad = all.flatMap((timeline) => timeline.filter(({ from }) => from >= slowFrom && from < slowUntil));
  const arrivals = bad.reduce((sum, piece) => sum + piece.arrivals, 0);
  const succeeded = bad.reduce((sum, piece) => sum + piece.succeeded, 0);
  const sentToSlow = times(duration / step, (index) =>
    rounded(meanOf(all.map((timeline) => (timeline[index]?.picks[10] ?? 0) / (timeline[index]?.arrivals ?? 1)))),
  );
  return { late: rounded(1 - succeeded / arrivals), sentToSlow };
}

/** Where there is room on each line for its name. */
const names: Readonly<Record<string, { readonly x: number; readonly above: number }>> = {
  'round-robin': { x: 61, above: 9 },
  'power-of-two-choices': { x: 61, above: 12 },
  'least-connections': { x: 61, above: 10 },
  'peak-ewma': { x: 120, above: -24 },
  'least-time': { x: 61, above: 10 },
  prequal: { x: 122, above: 14 },
};

function draw({ byPolicy, stepSeconds }: SlowEndpointData): string {
  return drawLines({
    title: 'What a slow endpoint gets',
    description:
      'One of eleven endpoints is slow from second 30 to 90. round-robin goes on sending it one request in eleven; policies that count requests in flight send it less than one in a hundred; policies that measure time send it next to nothing, and give it its share again within half a minute.',
    width: 860,
    height: 420,
    room: 24,
    panels: [
      {
        heading: 'Share of requests that go to the endpoint that is slow for a minute',
        x: { label: 'seconds', scale: 'linear', from: 0, to: 150, ticks: [0, 30, 60, 90, 120, 150] },
        y: {
          label: 'of all requests',
          scale: 'log',
          from: 0.0001,
          to: 0.4,
          ticks: [0.0001, 0.001, 0.01, 0.1],
          tickText: (tick) => `${Number((100 * tick).toPrecision(1))} %`,
        },
        band: { from: 30, to: 90, text: 'two seconds slower' },
        lines: policies.map((policy) => ({
          name: policy,
          tone: tone(policy),
          points: (byPolicy[policy]?.sentToSlow ?? []).map((share, index) => [(index + 0.5) * stepSeconds, share] as const),
          nameAt: names[policy] ?? { x: 60, above: 8 },
        })),
      },
    ],
  });
}
