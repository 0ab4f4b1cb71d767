// Headers set, added and taken out on the way: lines of a head before and after.
import { valueCharacters } from '../../http/characters.ts';
import { withoutField } from '../../http/field-text.ts';
import type { HeaderEdits } from '../route-rules.ts';
import type { Template, TemplateFacts } from './template.ts';
import { templateOf } from './template.ts';

export interface HeaderChanges {
  /** `lines` with the changes made. */
  apply(lines: string, facts: TemplateFacts): string;
  /** `lines` without what is set or removed: for lines that are added later on. */
  strip(lines: string): string;
}

export function compileHeaders({ set, add, remove }: HeaderEdits): HeaderChanges {
  const gone = [...Object.keys(set), ...remove].map((name) => name.toLowerCase());
  const written = [...Object.entries(set), ...Object.entries(add)].map(([name, value]) => [name, templateOf(value)] as const);
  const strip = (lines: string): string => gone.reduce(withoutField, lines);
  return { strip, apply: (lines, facts) => `${strip(lines)}${written.map((line) => lineOf(line, facts)).join('')}` };
}

/** None for a value that is empty: a header that says nothing is read by some as one that says something. */
function lineOf([name, template]: readonly [string, Template], facts: TemplateFacts): string {
  const value = safeValue(template(facts)).trim();
  return value === '' ? '' : `${name}: ${value}\r\n`;
}

/** Characters beyond one byte, and those that no value may hold, cannot be written. */
function safeValue(text: string): string {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 255 || valueCharacters[code] !== 1) return text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?');
  }
  return text;
}
