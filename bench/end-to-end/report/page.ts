// Writes what was measured into docs/benchmarks.md, between the lines that mark the place; all other text there is written by hand.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thisCheckout } from '../balancers/evenkeel.ts';

const file = join(thisCheckout, 'docs/benchmarks.md');

export type Section = 'results' | 'heap' | 'reload';

export function writeSection(section: Section, text: string): void {
  writeFileSync(file, replaceSection(readFileSync(file, 'utf8'), section, text));
}

export function replaceSection(page: string, section: Section, text: string): string {
  const begin = page.indexOf(`<!-- begin ${section}`);
  const end = page.indexOf(`<!-- end ${section} -->`);
  if (begin < 0 || end < begin)
    throw new Error(`docs/benchmarks.md has no lines '<!-- begin ${section} … -->' and '<!-- end ${section} -->'`);
  const firstLine = page.indexOf('\n', begin) + 1;
  return `${page.slice(0, firstLine)}\n${text.trim()}\n\n${page.slice(end)}`;
}
