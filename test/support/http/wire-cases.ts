// Reads the wire cases of test/wire: pages in which bytes and their meaning stand as text. The format is told in test/wire/README.md.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PathRules } from '../../../src/domain/http/paths/path-rules.ts';
import { strictPaths } from '../../../src/domain/http/paths/path-rules.ts';
import type { MessageLimits } from './message-reader.ts';
import { usualLimits } from './message-reader.ts';

export interface WireCase {
  /** The page and the heading, and the variant where there are several. */
  readonly name: string;
  readonly page: string;
  readonly kind: 'request' | 'answer' | 'answer to HEAD';
  readonly bytes: Buffer;
  readonly limits: MessageLimits;
  /** Of the listener; absent where it passes paths on as they came. */
  readonly paths: PathRules | undefined;
  readonly expected: Expected;
}

/** What a case expects; undefined where it says nothing. */
export interface Expected {
  readonly outcome: string;
  readonly status: number | undefined;
  /** The start line as it goes on, without its version. */
  readonly start: string | undefined;
  readonly host: string | undefined;
  readonly passes: string | undefined;
  readonly body: string | undefined;
  readonly untilClose: boolean;
  readonly trailers: string | undefined;
  readonly stays: boolean | undefined;
  readonly upgrade: string | undefined;
  readonly rest: string | undefined;
}

const folder = join(import.meta.dirname, '../../wire');

/** Every case of every page, variants counted one by one. */
export function readWireCases(): readonly WireCase[] {
  const pages = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');
  return pages.sort().flatMap((page) => readPage(page, readFileSync(join(folder, page), 'utf8')));
}

export function readPage(page: string, text: string): readonly WireCase[] {
  return text
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => readCase(page, section));
}

function readCase(page: string, section: string): readonly WireCase[] {
  const heading = /^.*/.exec(section)?.[0] ?? '';
  const where = `${page}: ${heading}`;
  const blocks = new Map(
    [...section.matchAll(/^```(\w[\w ]*)\n((?:.*\n)*?)```$/gm)].map(([, name = '', content = '']) => [
      name,
      content.split('\n').slice(0, -1),
    ]),
  );
  if (!/^.+\n\nRFC \d+ /.test(section)) throw new Error(`${where}: a sentence with the section of an RFC stands below the heading`);
  const unknown = [...blocks.keys()].filter((name) => !/^(http( answer( to HEAD)?)?|each|limits|paths|expect)$/.test(name));
  const [http, ...more] = [...blocks].filter(([name]) => name.startsWith('http'));
  const expect = blocks.get('expect');
  if (http === undefined || expect === undefined || unknown.length > 0 || more.length > 0) {
    throw new Error(`${where}: one http block, one expect block, and no others than ${[...blocks.keys()].join(', ')}`);
  }

  const [kind, lines] = http;
  const variants = blocks.get('each');
  return (variants ?? ['']).map((variant) => ({
    name: variants === undefined ? heading : `${heading}: ${variant.length > 40 ? `${variant.slice(0, 40)}…` : JSON.stringify(variant)}`,
    page,
    kind: kind === 'http' ? 'request' : kind === 'http answer' ? 'answer' : 'answer to HEAD',
    bytes: Buffer.from(lines.map((line) => readLine(line, variant)).join(''), 'latin1'),
    limits: readLimits(blocks.get('limits') ?? []),
    paths: readPathRules(blocks.get('paths')),
    expected: readExpected(expect, variant),
  }));
}

/** A line of bytes: with CRLF, unless a lone backslash ends it. */
function readLine(line: string, variant: string): string {
  const written = line.replaceAll('\\?', () => variant);
  const isOpen = /(?:^|[^\\])(?:\\\\)*\\$/.test(line);
  return isOpen ? decode(line.slice(0, -1).replaceAll('\\?', () => variant)) : `${decode(written)}\r\n`;
}

const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', s: ' ', '0': '\0', '\\': '\\' };

/** Escapes to what they stand for, one character for each byte. */
export function decode(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|\{(.*?)\*(\d+)\}|(.?))/g, (all, code, repeated, count, letter) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    if (repeated !== undefined) return decode(repeated).repeat(Number(count));
    const character = escapes[letter];
    if (character === undefined) throw new Error(`${all} is no escape`);
    return character;
  });
}

function readLimits(lines: readonly string[]): MessageLimits {
  const given = lines.map((line) => {
    const [name = '', value] = line.split(' ');
    if (!(name in usualLimits)) throw new Error(`${name} is no limit`);
    return [name, Number(value)];
  });
  return { ...usualLimits, ...Object.fromEntries(given) };
}

function readPathRules(lines: readonly string[] | undefined): PathRules | undefined {
  if (lines === undefined) return undefined;
  const given = lines.map((line) => {
    const [name = '', value] = line.split(' ');
    if (!(name in strictPaths)) throw new Error(`${name} is no rule of paths`);
    return [name, value];
  });
  return { ...strictPaths, ...Object.fromEntries(given) };
}

function readExpected(lines: readonly string[], variant: string): Expected {
  const [first = '', ...others] = lines;
  const said = new Map<string, string[]>();
  for (const line of others) {
    const [, word = '', rest = ''] = /^(request|answer|followed by|[a-z]+) (.*)$/.exec(line) ?? [];
    if (!words.has(word)) throw new Error(`"${line}" expects nothing that is known`);
    said.set(word, [...(said.get(word) ?? []), decode(rest.replaceAll('\\?', () => variant))]);
  }
  const one = (word: string): string | undefined => said.get(word)?.at(-1);
  const named = (word: string): string | undefined => (one(word) === 'nothing' ? '' : one(word));
  const linesOf = (word: string): string | undefined =>
    named(word) === ''
      ? ''
      : said
          .get(word)
          ?.map((line) => `${line}\r\n`)
          .join('');
  const status = one('status');
  const connection = one('connection');
  return {
    outcome: first.replace(/^fault /, ''),
    status: status === undefined ? undefined : Number(status),
    start: one('request') ?? one('answer'),
    host: one('host'),
    passes: linesOf('passes'),
    body: one('body') === 'until close' ? undefined : named('body'),
    untilClose: said.get('body')?.includes('until close') ?? false,
    trailers: linesOf('trailer'),
    stays: connection === undefined ? undefined : connection === 'stays',
    upgrade: named('upgrade'),
    rest: one('followed by'),
  };
}

const words = new Set(['status', 'request', 'answer', 'host', 'passes', 'body', 'trailer', 'connection', 'upgrade', 'followed by']);
