// A row for each thing, with bars or dots that say how much. The first row says what its marks are; nothing has to be looked up in a corner.
import type { Axis } from './axis.ts';
import { placing, textOf } from './axis.ts';
import type { Tone } from './svg.ts';
import { drawing, element, label, segment } from './svg.ts';

export interface Mark {
  readonly value: number;
  readonly text: string;
}

export interface Row {
  readonly name: string;
  readonly tone: Tone;
  /** One for each series; undefined where there is nothing to measure. */
  readonly marks: readonly (Mark | undefined)[];
}

export interface RowChart {
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly heading: string;
  readonly axis: Axis;
  readonly marks: 'bars' | 'dots';
  readonly series: readonly string[];
  readonly rows: readonly Row[];
  /** Pixels for the names of rows, and for what is written after the longest bar. */
  readonly room: { readonly left: number; readonly right: number };
  /** A line across all rows. */
  readonly guide?: { readonly at: number; readonly text: string };
}

const top = 62;
const bottom = 52;
const barHeight = 17;
const between = 13;
const dotRow = 36;

export function drawRows(chart: RowChart): string {
  const rowHeight = chart.marks === 'dots' ? dotRow : chart.series.length * barHeight + between;
  // Dots have the names of their series above the first row.
  const start = top + (chart.marks === 'dots' ? 24 : 0);
  const end = start + chart.rows.length * rowHeight;
  const across = placing(chart.axis, chart.room.left, chart.width - chart.room.right);
  const place = { across, start, rowHeight };
  const parts = [
    label(20, 26, chart.heading, { class: 'heading' }),
    ...axisParts(chart, across, end),
    ...chart.rows.flatMap((row, index) => [
      label(chart.room.left - 12, start + (index + 0.5) * rowHeight + 4, row.name, { class: 'end' }),
      ...(chart.marks === 'dots' ? dots(chart, row, { ...place, index }) : bars(chart, row, { ...place, index })),
    ]),
  ];
  return drawing({ title: chart.title, description: chart.description, width: chart.width, height: end + bottom }, parts);
}

interface Place {
  readonly across: (value: number) => number;
  readonly start: number;
  readonly rowHeight: number;
  readonly index: number;
}

function axisParts({ axis, guide, room, width }: RowChart, across: (value: number) => number, end: number): string[] {
  return [
    ...axis.ticks.flatMap((tick) => [
      segment([across(tick), top - 4], [across(tick), end], { class: 'grid' }),
      label(across(tick), end + 17, textOf(axis, tick), { class: 'small soft middle' }),
    ]),
    label((room.left + width - room.right) / 2, end + 38, axis.label, { class: 'small soft middle' }),
    ...(guide === undefined
      ? []
      : [
          segment([across(guide.at), top - 4], [across(guide.at), end], { class: 'guide' }),
          label(across(guide.at), top - 12, guide.text, { class: 'small soft middle' }),
        ]),
  ];
}

const shades = ['fill', 'fill pale', 'fill faint'];

function bars({ series, room }: RowChart, row: Row, { across, start, rowHeight, index }: Place): string[] {
  return row.marks.flatMap((mark, number) => {
    if (mark === undefined) return [];
    const y = start + index * rowHeight + between / 2 + number * barHeight;
    const written = index === 0 && series.length > 1 ? `${mark.text} ${series[number]}` : mark.text;
    return [
      element('rect', {
        class: `${shades[number]} ${row.tone}`,
        x: room.left,
        y,
        width: Math.max(1, across(mark.value) - room.left),
        height: barHeight - 3,
        rx: 2,
      }),
      label(across(mark.value) + 7, y + barHeight - 6, written, { class: 'small on' }),
    ];
  });
}

function dots({ series }: RowChart, row: Row, { across, start, rowHeight, index }: Place): string[] {
  const y = start + (index + 0.5) * rowHeight;
  const marks = row.marks.flatMap((mark, number) => (mark === undefined ? [] : [{ ...mark, number, x: across(mark.value) }]));
  const ordered = [...marks].sort((one, other) => one.x - other.x);
  const [least, most] = [ordered[0], ordered.at(-1)];
  if (least === undefined || most === undefined) return [];
  return [
    segment([least.x, y], [most.x, y], { class: `pair ${row.tone}` }),
    ...marks.map(({ x, number }) => element('circle', { class: `${number === 0 ? 'hollow' : 'fill'} ${row.tone}`, cx: x, cy: y, r: 6 })),
    ...marks.map((mark) => {
      const isRight = mark === most;
      return label(mark.x + (isRight ? 12 : -12), y + 4, mark.text, { class: isRight ? 'small on' : 'small on end' });
    }),
    ...(index === 0 ? marks.map(({ x, number }) => label(x, y - 16, series[number] ?? '', { class: 'small soft middle' })) : []),
  ];
}
