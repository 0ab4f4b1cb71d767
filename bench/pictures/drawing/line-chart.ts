// Lines over a number, in one panel or in several beside each other. Each line has its name written on it.
import type { Axis } from './axis.ts';
import { apart, placing, textOf } from './axis.ts';
import type { Tone } from './svg.ts';
import { drawing, element, label, place, segment } from './svg.ts';

export interface Line {
  readonly name: string;
  readonly tone: Tone;
  readonly points: readonly (readonly [number, number])[];
  /** The place of the name: at the right end of the line unless given. It is around x, or ends there. */
  readonly nameAt?: { readonly x: number; readonly above: number; readonly isBefore?: true };
  /** It holds each value until the next, as stairs do. */
  readonly isStairs?: boolean;
}

export interface Panel {
  readonly heading: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  /** A piece of the x axis with something to say about it. */
  readonly band?: { readonly from: number; readonly to: number; readonly text: string };
}

export interface LineChart {
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
  readonly width: number;
  readonly height: number;
  /** Pixels for names at the right end of each panel. */
  readonly room: number;
}

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const margin = { left: 58, top: 58, bottom: 52, between: 10 };
const nameGap = 16;

export function drawLines({ panels, room, ...sheet }: LineChart): string {
  const wide = (sheet.width - (panels.length - 1) * margin.between) / panels.length;
  const parts = panels.flatMap((panel, index) => {
    const start = index * (wide + margin.between);
    const frame = { left: start + margin.left, right: start + wide - room, top: margin.top, bottom: sheet.height - margin.bottom };
    return drawPanel(panel, frame);
  });
  return drawing(sheet, parts);
}

function drawPanel(panel: Panel, frame: Frame): string[] {
  return [
    label(frame.left - 38, 26, panel.heading, { class: 'heading' }),
    ...band(panel, frame),
    ...axes(panel, frame),
    ...lines(panel, frame),
  ];
}

function band({ band: given, x }: Panel, { left, right, top, bottom }: Frame): string[] {
  if (given === undefined) return [];
  const across = placing(x, left, right);
  const [from, to] = [across(given.from), across(given.to)];
  return [
    element('rect', { class: 'band', x: from, y: top, width: to - from, height: bottom - top }),
    label((from + to) / 2, top + 16, given.text, { class: 'small soft middle' }),
  ];
}

function axes({ x, y }: Panel, { left, right, top, bottom }: Frame): string[] {
  const across = placing(x, left, right);
  const up = placing(y, bottom, top);
  return [
    ...y.ticks.flatMap((tick) => [
      segment([left, up(tick)], [right, up(tick)], { class: 'grid' }),
      label(left - 7, up(tick) + 4, textOf(y, tick), { class: 'small soft end' }),
    ]),
    ...x.ticks.flatMap((tick) => [
      segment([across(tick), bottom], [across(tick), bottom + 5], { class: 'grid' }),
      label(across(tick), bottom + 19, textOf(x, tick), { class: 'small soft middle' }),
    ]),
    label((left + right) / 2, bottom + 40, x.label, { class: 'small soft middle' }),
    label(left - 38, top - 12, y.label, { class: 'small soft' }),
  ];
}

function lines({ x, y, lines: all }: Panel, { left, right, top, bottom }: Frame): string[] {
  const across = placing(x, left, right);
  const up = placing(y, bottom, top);
  const atEnd = all.filter(({ nameAt }) => nameAt === undefined);
  const heights = apart(
    atEnd.map(({ points }) => up(points.at(-1)?.[1] ?? 0)),
    nameGap,
    bottom,
  );
  return [
    ...all.map((line) => element('path', { class: `line ${line.tone}`, d: pathOf(line, across, up) })),
    ...atEnd.map(({ name, tone, points }, index) =>
      label(across(points.at(-1)?.[0] ?? 0) + 8, (heights[index] ?? 0) + 4, name, { class: `on ${tone}` }),
    ),
    ...all.flatMap(({ name, tone, points, nameAt }) =>
      nameAt === undefined
        ? []
        : [
            label(across(nameAt.x), up(valueAt(points, nameAt.x)) - nameAt.above, name, {
              class: `on ${nameAt.isBefore ? 'end' : 'middle'} ${tone}`,
            }),
          ],
    ),
  ];
}

function pathOf({ points, isStairs }: Line, across: (x: number) => number, up: (y: number) => number): string {
  return points
    .map(([x, y], index) => {
      if (index === 0) return `M${place(across(x))} ${place(up(y))}`;
      return isStairs ? `H${place(across(x))}V${place(up(y))}` : `L${place(across(x))} ${place(up(y))}`;
    })
    .join('');
}

/** Of the point that is nearest. */
function valueAt(points: readonly (readonly [number, number])[], x: number): number {
  const nearest = points.reduce((best, point) => (Math.abs(point[0] - x) < Math.abs(best[0] - x) ? point : best), points[0] ?? [0, 0]);
  return nearest[1];
}
