// Small pieces of text for a terminal: bars, numbers, colours, and lines cut to a width.

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

const codes: { readonly [Name in Style]: number } = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };
const control = '\u001b';

export type Paint = (style: Style, text: string) => string;

/** A brush that paints, or one that leaves everything plain. */
export const painter = (colour: boolean): Paint =>
  colour ? (style, text) => `${control}[${codes[style]}m${text}${control}[0m` : (_, text) => text;

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of `share` of the width, exact to an eighth of a character, padded to the whole width. */
export function bar(share: number, width: number): string {
  const steps = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  return `${'█'.repeat(Math.floor(steps / 8))}${eighths[steps % 8]}`.padEnd(width);
}

/** `4.2 ms`, `31 ms`, `1.2 s`: two digits that matter. */
export function duration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '–';
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`;
}

/** `0:07`, `12:30`, `1:05:00`. */
export function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const pad = (part: number): string => String(part).padStart(2, '0');
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}

/** 1234567 as `1,234,567`. */
export const grouped = (count: number): string => String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');

const escapeSequence = new RegExp(`${control}\\[[0-9;]*m`, 'y');

/** The first `width` characters that are seen; colours count nothing and end with the line. */
export function cut(line: string, width: number): string {
  let seen = 0;
  let at = 0;
  let painted = false;
  while (at < line.length) {
    escapeSequence.lastIndex = at;
    const sequence = escapeSequence.exec(line)?.[0];
    if (sequence === undefined && seen === width) break;
    if (sequence === undefined) seen++;
    else painted = true;
    at += sequence?.length ?? 1;
  }
  return at < line.length && painted ? `${line.slice(0, at)}${control}[0m` : line.slice(0, at);
}

/** How many characters are seen. */
export const seenLength = (line: string): number => line.replaceAll(new RegExp(escapeSequence.source, 'g'), '').length;
