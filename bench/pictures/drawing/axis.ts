// One side of a picture: from numbers to places, with round numbers written beside it.

export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** The number itself unless given. */
  readonly tickText?: (tick: number) => string;
}

/** Where a number lies between two pixels. What is beyond the ends of the axis lies at its end. */
export function placing({ scale, from, to }: Axis, start: number, end: number): (value: number) => number {
  const measure = scale === 'log' ? Math.log : (value: number) => value;
  const [low, high] = [measure(from), measure(to)];
  return (value) => {
    const share = (measure(Math.min(Math.max(value, from), to)) - low) / (high - low);
    return start + share * (end - start);
  };
}

export const textOf = (axis: Axis, tick: number): string => axis.tickText?.(tick) ?? String(tick);

/** Moves heights apart until they are `gap` from each other, and keeps their order. None is below `lowest`, the largest height. */
export function apart(heights: readonly number[], gap: number, lowest: number): number[] {
  const within = (middle: number, count: number) => Math.min(middle, lowest - ((count - 1) / 2) * gap);
  const order = heights.map((height, index) => ({ height, index })).sort((one, other) => one.height - other.height);
  const groups = order.map(({ height, index }) => ({ middle: within(height, 1), members: [index] }));
  for (let at = 1; at < groups.length; ) {
    const [upper, lower] = [groups[at - 1], groups[at]];
    if (upper === undefined || lower === undefined) break;
    if (lower.middle - upper.middle >= (gap * (upper.members.length + lower.members.length)) / 2) {
      at++;
      continue;
    }
    const members = [...upper.members, ...lower.members];
    const middle = (upper.middle * upper.members.length + lower.middle * lower.members.length) / members.length;
    groups.splice(at - 1, 2, { middle: within(middle, members.length), members });
    at = Math.max(1, at - 1);
  }
  const placed = [...heights];
  for (const { middle, members } of groups) {
    members.forEach((index, step) => {
      placed[index] = middle + (step - (members.length - 1) / 2) * gap;
    });
  }
  return placed;
}
