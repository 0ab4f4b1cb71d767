// Rows of boxes: who has which turn.
import type { Tone } from './svg.ts';
import { drawing, element, label } from './svg.ts';

export interface Strip {
  readonly name: string;
  /** For each turn whose it is. */
  readonly turns: readonly number[];
}

export interface Strips {
  readonly title: string;
  readonly description: string;
  readonly heading: string;
  readonly note: string;
  readonly strips: readonly Strip[];
  readonly members: readonly { readonly letter: string; readonly tone: Tone }[];
  /** So many turns make a round: there is a gap after each. */
  readonly round: number;
}

const box = 22;
const step = 25;
const roundGap = 9;
const left = 200;
const top = 58;
const stripHeight = 40;

export function drawStrips({ strips, members, round, heading, note, ...words }: Strips): string {
  const turns = Math.max(...strips.map(({ turns: all }) => all.length));
  const width = left + placeOf(turns - 1, round) + box + 24;
  const height = top + strips.length * stripHeight + 34;
  const parts = strips.flatMap(({ name, turns: all }, index) => {
    const y = top + index * stripHeight;
    return [
      label(left - 14, y + box / 2 + 5, name, { class: 'end' }),
      ...all.flatMap((member, turn) => {
        const x = left + placeOf(turn, round);
        const { letter = '', tone = 'grey' } = members[member] ?? {};
        return [
          element('rect', { class: `fill ${tone}`, x, y, width: box, height: box, rx: 4 }),
          label(x + box / 2, y + box / 2 + 5, letter, { class: 'in-box middle' }),
        ];
      }),
    ];
  });
  const frame = [label(20, 28, heading, { class: 'heading' }), label(left, height - 20, note, { class: 'small soft' })];
  return drawing({ ...words, width, height }, [...frame, ...parts]);
}

const placeOf = (turn: number, round: number): number => turn * step + Math.floor(turn / round) * roundGap;
