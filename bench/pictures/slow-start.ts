// How much of its weight an endpoint has after it came back. Nothing is simulated: the function that the balancer asks.

import type { SlowStartRules } from '../../src/domain/balancing/warm-up.ts';
import { warmth } from '../../src/domain/balancing/warm-up.ts';
import { milliseconds } from '../../src/foundation/basics/units.ts';
import { times } from '../../test/support/endpoints.ts';
import type { Line } from './drawing/line-chart.ts';
import { drawLines } from './drawing/line-chart.ts';
import type { Tone } from './drawing/svg.ts';
import { definePicture, percent, rounded } from './picture.ts';

const window = milliseconds(30_000);
const step = 100;
const curves: readonly { readonly aggression: number; readonly tone: Tone; readonly nameAt: NonNullable<Line['nameAt']> }[] = [
  { aggression: 2, tone: 'blue', nameAt: { x: 5.2, above: 8, isBefore: true } },
  { aggression: 1, tone: 'green', nameAt: { x: 14.9, above: -6, isBefore: true } },
  { aggression: 0.5, tone: 'red', nameAt: { x: 23, above: -50 } },
];

export interface SlowStartData {
  readonly windowSeconds: number;
  /** By aggression: second and share of the weight, wherever it changes. */
  readonly curves: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

export const slowStartPicture = definePicture<SlowStartData>({
  name: 'slow-start',
  measure: () => ({
    windowSeconds: window / 1000,
    curves: Object.fromEntries(curves.map(({ aggression }) => [String(aggression), changes(aggression)])),
  }),
  draw,
});

function changes(aggression: number): (readonly [number, number])[] {
  const rules: SlowStartRules = { shape: 'curve', window, aggression, least: 0.1 };
  // 0 would be an endpoint that was up from the start.
  const start = 1;
  const all = times(window / step + 1, (index) => [rounded((index * step) / 1000), warmth(start, start + index * step, rules)] as const);
  return all.filter(([, share], index) => index === 0 || index === all.length - 1 || share !== all[index - 1]?.[1]);
}

function draw({ curves: measured, windowSeconds }: SlowStartData): string {
  return drawLines({
    title: 'Slow start',
    description:
      'The share of its weight that an endpoint has in the thirty seconds after it came back: a straight line with aggression 1, more at the beginning with 2, less with 0.5.',
    width: 760,
    height: 360,
    room: 40,
    panels: [
      {
        heading: 'Share of its weight that an endpoint has after it came back',
        x: {
          label: 'seconds since it came back (window: 30s)',
          scale: 'linear',
          from: 0,
          to: windowSeconds,
          ticks: [0, 5, 10, 15, 20, 25, 30],
        },
        y: { label: 'of its weight', scale: 'linear', from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1], tickText: (tick) => percent(tick) },
        lines: curves.map(({ aggression, tone, nameAt }) => ({
          name: `aggression: ${aggression}`,
          tone,
          points: measured[aggression] ?? [],
          isStairs: true,
          nameAt,
        })),
      },
    ],
  });
}
