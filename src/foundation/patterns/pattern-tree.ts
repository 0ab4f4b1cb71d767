// What a regular expression says, as a tree. The syntax is that which JavaScript and PCRE share; see pattern-parser.ts for what is left out.

/** Character codes, both ends included; in order, none touches another. */
export type CodeRanges = readonly (readonly [from: number, to: number])[];

export type PatternTree =
  | { readonly kind: 'empty' }
  | { readonly kind: 'codes'; readonly ranges: CodeRanges }
  /** `^`, or `$`. */
  | { readonly kind: 'edge'; readonly atEnd: boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternTree[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternTree[] }
  | { readonly kind: 'group'; readonly index: number; readonly body: PatternTree }
  | { readonly kind: 'repeat'; readonly body: PatternTree; readonly least: number; readonly most: number; readonly greedy: boolean };

export interface ParsedPattern {
  readonly tree: PatternTree;
  /** Names of the groups by their number, from 1; '' for one without a name. The first is the whole match. */
  readonly groups: readonly string[];
}

const highest = 0xffff;

/** Sorted and joined. */
export function codeRanges(ranges: readonly (readonly [number, number])[]): CodeRanges {
  const joined: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** All codes but these. */
export function otherCodes(ranges: CodeRanges): CodeRanges {
  const others: [number, number][] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) others.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= highest) others.push([next, highest]);
  return others;
}

/** With the other case of each letter from A to Z: addresses and names of fields know no other letters. */
export function inAnyCase(ranges: CodeRanges): CodeRanges {
  const both = ranges.flatMap(([from, to]): [number, number][] => [
    [from, to],
    ...shifted(from, to, 0x41, 0x20),
    ...shifted(from, to, 0x61, -0x20),
  ]);
  return codeRanges(both);
}

/** The part of a range within the 26 letters that begin at `first`, moved to the other case. */
function shifted(from: number, to: number, first: number, by: number): [number, number][] {
  const low = Math.max(from, first);
  const high = Math.min(to, first + 25);
  return low > high ? [] : [[low + by, high + by]];
}

/** `\d`, `\w`, `\s`, as JavaScript understands them; in capitals all others. */
export const namedRanges: Readonly<Record<string, CodeRanges>> = withOpposites({
  d: [[0x30, 0x39]],
  w: codeRanges([
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ]),
  s: codeRanges([
    [0x09, 0x0d],
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
    [0x2028, 0x2029],
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
    [0xfeff, 0xfeff],
  ]),
});

/** Everything but the ends of lines. */
export const anyButLineEnds: CodeRanges = otherCodes(
  codeRanges([
    [0x0a, 0x0a],
    [0x0d, 0x0d],
    [0x2028, 0x2029],
  ]),
);

function withOpposites(named: Readonly<Record<string, CodeRanges>>): Readonly<Record<string, CodeRanges>> {
  const opposites = Object.entries(named).map(([letter, ranges]) => [letter.toUpperCase(), otherCodes(ranges)] as const);
  return { ...named, ...Object.fromEntries(opposites) };
}
