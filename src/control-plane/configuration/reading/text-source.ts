// Documents in YAML and JSON: text to data, with the way back from each value to its line and column. What is too large to be a document, or
// grows without measure while it is read, is refused.
import type { Node, Pair, YAMLError } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Result } from '../../../foundation/basics/result.ts';
import { fault, success } from '../../../foundation/basics/result.ts';
import type { Issue, Path, Place, Source } from '../issue.ts';
import { fileIssue } from '../issue.ts';
import { jsonFault } from './json-fault.ts';
import { jsonPlaces, placeIn, repeatedKeys } from './json-source.ts';

export interface TextToRead {
  readonly file: string;
  readonly text: string;
  readonly format: 'yaml' | 'json';
}

/** Issues beside a source are mistakes that leave the rest readable, so that the rest is checked as well. */
export interface ReadText {
  readonly source: Source;
  readonly issues: readonly Issue[];
}

type YamlDocument = ReturnType<typeof parseDocument>;

/** In bytes. Ten thousand endpoints with all that may be said of them have a tenth of it. */
export const largestText = 16 * 1024 * 1024;

export const tooLarge = (size: string): string =>
  `the file has ${size}; a document has 16 MiB at most. Is this the right file? Large documents can be parted by "include"`;

const tooDeep = 'brackets or sections are nested deeper than any document needs';

const emptyFile = 'the file is empty; expected a document with listeners and pools';

export function readText({ file, text: written, format }: TextToRead): Result<ReadText, readonly Issue[]> {
  const text = written.replace(/^\uFEFF/, '');
  if (text.length > largestText) return fault([fileIssue(file, tooLarge(`${Math.ceil(text.length / 1024 ** 2)} MiB`))]);
  if (text.trim() === '') return fault([fileIssue(file, emptyFile)]);
  try {
    return format === 'json' ? readJson(file, text) : readYaml(file, text);
  } catch (error) {
    // Aliases that multiply and brackets nested without end are found only on the way.
    return fault([fileIssue(file, unreadableText(error))]);
  }
}

function unreadableText(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  if (reason.startsWith('Excessive alias count')) {
    return 'aliases (*NAME) of aliases multiply to more than a document may hold; write out what they stand for, or leave out the inner ones';
  }
  if (error instanceof RangeError) return tooDeep;
  return `this cannot be read: ${reason}`;
}

function readJson(file: string, text: string): Result<ReadText, readonly Issue[]> {
  const value = parsedJson(text);
  if (!value.ok) {
    const broken = jsonFault(text);
    const message = broken === undefined ? value.fault : `this is not JSON: expected ${broken.expected}`;
    return fault([fileIssue(file, message, broken === undefined ? undefined : placeIn(text, broken.offset))]);
  }
  const issues = repeatedKeys(text).map((offset) => fileIssue(file, keyTwice, placeIn(text, offset)));
  return success({ source: { file, value: value.value, place: jsonPlaces(text) }, issues });
}

function parsedJson(text: string): Result<unknown, string> {
  try {
    return success(JSON.parse(text));
  } catch (error) {
    return fault(unreadableText(error));
  }
}

function readYaml(file: string, text: string): Result<ReadText, readonly Issue[]> {
  const lines = new LineCounter();
  // Keys that stand twice are looked for below: the reader compares each with all others.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'error', uniqueKeys: false });
  const placeAt = (offset: number): Place => ({ line: lines.linePos(offset).line, column: lines.linePos(offset).col });
  const issueAt = (error: YAMLError): Issue => fileIssue(file, wording(error), placeAt(error.pos[0]));
  if (document.contents === null) return fault([fileIssue(file, emptyFile)]);

  const { repeated: twice, dangling } = lookOver(document);
  const repeated = twice.map((offset) => fileIssue(file, keyTwice, placeAt(offset)));
  const broken = [...document.errors, ...document.warnings].map(issueAt);
  const issues = [...broken, ...dangling.map(({ offset, message }) => fileIssue(file, message, placeAt(offset)))];
  if (issues.length > 0) return fault([...firstOf(onePerLine(issues)), ...repeated]);
  const place = (path: Path, onKey: boolean): Place => placeAt(offsetOf(document, path, onKey));
  return success({ source: { file, value: document.toJS({ maxAliasCount: 100 }), place }, issues: repeated });
}

const keyTwice = 'this key stands here for the second time; each key may be given once';

/** One slip makes the reader stumble several times; what follows on the same line says nothing new. */
function onePerLine(issues: readonly Issue[]): readonly Issue[] {
  const first = new Map<number | undefined, Issue>();
  for (const issue of issues) if (!first.has(issue.line)) first.set(issue.line, issue);
  return [...first.values()];
}

/** One bracket too many makes a mistake of every line behind it. */
const mostBroken = 20;

function firstOf(issues: readonly Issue[]): readonly Issue[] {
  const next = issues[mostBroken];
  if (next === undefined) return issues;
  const more = issues.length - mostBroken;
  const message = `${more === 1 ? 'one more line is' : `${more} more lines are`} not YAML from here on; mostly that follows from the first mistake`;
  return [...issues.slice(0, mostBroken), { ...next, message }];
}

interface Dangling {
  readonly offset: number;
  readonly message: string;
}

/** The offsets of keys that stand in their section already, and aliases without an anchor. */
function lookOver(document: YamlDocument): { readonly repeated: readonly number[]; readonly dangling: readonly Dangling[] } {
  const repeated: number[] = [];
  const dangling: Dangling[] = [];
  visit(document, {
    Alias: (_key, node) => {
      if (node.resolve(document) === undefined)
        dangling.push({ offset: startOf(node) ?? 0, message: `no anchor is named "&${node.source}"` });
    },
    Map: (_key, { items }) => {
      const keys = new Set<string>();
      for (const { key } of items) {
        const text = keyText(key);
        // Several sections may be merged into one.
        if (keys.has(text) && text !== '<<') repeated.push(startOf(key) ?? 0);
        keys.add(text);
      }
    },
  });
  return { repeated, dangling };
}

function wording({ code, message }: YAMLError): string {
  if (code === 'TAB_AS_INDENT') return 'YAML is indented with spaces, not with tabs';
  if (code === 'MULTIPLE_DOCS') return 'a file holds one document; take out what follows this "---"';
  // What the language says when the reader has gone too far down.
  if (message.startsWith('Maximum call stack')) return tooDeep;
  return `this is not YAML: ${message}`;
}

/** Goes down the path as far as the text does; what does not exist is pointed at by the key of what is around it. */
function offsetOf(document: YamlDocument, path: Path, onKey: boolean): number {
  let node = resolved(document, document.contents);
  let valueOffset = startOf(node) ?? 0;
  let keyOffset = valueOffset;
  for (const step of path) {
    const pair = isMap(node) ? node.items.findLast(({ key }) => keyText(key) === String(step)) : undefined;
    const item = isSeq(node) && typeof step === 'number' ? node.items[step] : pair?.value;
    if (pair === undefined && item === undefined) {
      // A short form stands where the section would; of a key that is missing, the section's own key is the nearest thing.
      return isMap(node) || isSeq(node) ? keyOffset : valueOffset;
    }
    const start = startOf(item);
    keyOffset = startOf(pair?.key) ?? start ?? keyOffset;
    // A key with nothing behind it has no value to point at.
    valueOffset = start ?? keyOffset;
    node = resolved(document, item);
  }
  return onKey ? keyOffset : valueOffset;
}

const startOf = (node: unknown): number | undefined => {
  const range = (node as Partial<Node> | Pair | null | undefined) ?? undefined;
  // Nodes that were read from text carry their range; anything else has no place.
  return range !== undefined && 'range' in range ? range.range?.[0] : undefined;
};

const resolved = (document: YamlDocument, node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);

const keyText = (key: unknown): string => (isScalar(key) ? String(key.value) : String(key));
