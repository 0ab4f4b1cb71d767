// The coverage report: what became of every directive, for people as text and for programs as JSON.
import type { Entry, Verdict } from './coverage.ts';

const headings: readonly (readonly [Verdict, string])[] = [
  ['translated', 'Translated'],
  ['unneeded', 'Without bearing on where requests go and what is answered'],
  ['default', 'Not in the file, and otherwise than in nginx'],
  ['approximated', 'Approximated, with the difference'],
  ['refused', 'Refused, with the reason'],
];

export type Counts = Readonly<Record<Verdict, number>>;

export function countsOf(entries: readonly Entry[]): Counts {
  const counts = { translated: 0, approximated: 0, refused: 0, unneeded: 0, default: 0 };
  for (const { verdict } of entries) counts[verdict]++;
  return counts;
}

/** Lines under headings, the worst last, and then the count of all. `only` leaves the other kinds to the count. */
export function reportLines(entries: readonly Entry[], only: readonly Verdict[] = headings.map(([verdict]) => verdict)): readonly string[] {
  const parts = headings.flatMap(([verdict, heading]) => {
    const lines = entries.filter((entry) => entry.verdict === verdict).map(entryLine);
    return lines.length === 0 || !only.includes(verdict) ? [] : [`${heading}:`, ...lines, ''];
  });
  return [...parts, summary(countsOf(entries))];
}

const entryLine = ({ place, directive, note, verdict }: Entry): string => {
  if (verdict === 'default') return `  ${note}`;
  return `  ${place.file}:${place.line}: ${directive === undefined ? '' : `${directive}: `}${note}`;
};

function summary({ translated, approximated, refused, unneeded }: Counts): string {
  const all = translated + approximated + refused + unneeded;
  return `${all} ${all === 1 ? 'directive' : 'directives'}: ${translated} translated, ${approximated} approximated, ${refused} refused, ${unneeded} without bearing`;
}

export const reportJson = (file: string, entries: readonly Entry[]): string =>
  JSON.stringify(
    { file, counts: countsOf(entries), entries: entries.map(({ place, ...entry }) => ({ ...entry, ...place })) },
    undefined,
    2,
  );
