// One of ten endpoints answers every request with 503 at once, and nothing takes it out of the pool: who sends it how much?
import type { WrittenPolicySettings } from '../../src/domain/balancing/policy-settings.ts';
import { times } from '../../test/support/endpoints.ts';
import { constant, gamma } from '../simulation/draws.ts';
import { delay } from '../simulation/servers.ts';
import { simulate } from '../simulation/simulate.ts';
import { drawRows } from './drawing/row-chart.ts';
import { definePicture, meanOf, percent, rounded } from './picture.ts';
import { tone } from './tones.ts';

const policies: Readonly<Record<string, WrittenPolicySettings>> = {
  'round-robin': 'round-robin',
  'power-of-two-choices': 'power-of-two-choices',
  'least-connections': 'least-connections',
  'least-time': 'least-time',
  'peak-ewma': 'peak-ewma',
  prequal: 'prequal',
};
const seeds = [1, 2, 3];
const members = 10;

export interface FailingFastData {
  /** The share of requests that fail. */
  readonly failed: Readonly<Record<string, number>>;
}

export const failingFastPicture = definePicture<FailingFastData>({
  name: 'failing-fast',
  measure: (effort) => ({
    failed: Object.fromEntries(Object.entries(policies).map(([name, policy]) => [name, failures(policy, effort)])),
  }),
  draw,
});

function failures(policy: WrittenPolicySettings, effort: number): number {
  const shares = seeds.map((seed) => {
    const { shareSucceeded } = simulate({
      policy,
      endpoints: times(members, (index) =>
        index === members - 1 ? { server: delay(constant(1)), status: () => 503 } : { server: delay(gamma(4, 75)) },
      ),
      arrivalsPerSecond: 1000,
      duration: effort * 90_000,
      warmUp: effort * 30_000,
      seed,
    });
    return 1 - shareSucceeded;
  });
  return rounded(meanOf(shares));
}

function draw({ failed }: FailingFastData): string {
  return drawRows({
    title: 'One endpoint fails at once, and nothing takes it out',
    description:
      'One of ten endpoints answers 503 within a millisecond. round-robin sends it a tenth; least-connections takes it for idle and sends it three quarters of all requests; least-time, peak-ewma and prequal count a failure as slow and send it next to nothing.',
    heading: 'Share of requests that fail when one of ten endpoints answers 503 at once',
    width: 760,
    marks: 'bars',
    series: ['failed'],
    axis: { label: 'of all requests', scale: 'linear', from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1], tickText: (tick) => percent(tick) },
    room: { left: 200, right: 80 },
    rows: Object.keys(policies).map((name) => {
      const value = failed[name] ?? 0;
      return { name, tone: tone(name), marks: [{ value, text: percent(value, value < 0.01 ? 2 : 0) }] };
    }),
  });
}
