// Sets figures in tables: with markdown's bars and dashes, which read well in a terminal too.

export interface Column {
  readonly title: string;
  readonly alignRight: boolean;
}

export function table(columns: readonly Column[], lines: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) => Math.max(3, column.title.length, ...lines.map((cells) => cells[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${columns.map((column, index) => pad(cells[index] ?? '', widths[index] ?? 0, column.alignRight)).join(' | ')} |`;
  const rule = columns.map((column, index) =>
    column.alignRight ? `${'-'.repeat((widths[index] ?? 3) - 1)}:` : '-'.repeat(widths[index] ?? 3),
  );
  return [line(columns.map((column) => column.title)), `| ${rule.join(' | ')} |`, ...lines.map(line)].join('\n');
}

export const left = (title: string): Column => ({ title, alignRight: false });
export const right = (title: string): Column => ({ title, alignRight: true });

function pad(text: string, width: number, alignRight: boolean): string {
  return alignRight ? text.padStart(width) : text.padEnd(width);
}

/** 1234.5 → '1,235'; 12.34 → '12.3' */
export function number(value: number, digits = value < 100 ? 1 : 0): string {
  return Number.isFinite(value) ? value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }) : '–';
}

/** Microseconds, as milliseconds with the digits that mean something. */
export function milliseconds(microseconds: number): string {
  return number(microseconds / 1_000, microseconds < 10_000 ? 2 : microseconds < 100_000 ? 1 : 0);
}
