// Documents in YAML and JSON: text to data, with the way back from each value to its line and column.
// JSON is read strictly; the YAML reader, which can read all of JSON, gives its places.
import type { Node, Pair, YAMLError } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import type { Issue, Path, Place, Source } from './issue.ts';
import { fileIssue } from './issue.ts';
import { jsonFault } from './json-fault.ts';

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

export function readText({ file, text: written, format }: TextToRead): Result<ReadText, readonly Issue[]> {
  const text = written.replace(/^\uFEFF/, '');
  if (format === 'json') {
    const broken = jsonFault(text);
    if (broken !== undefined && text.trim() !== '') {
      return fault([fileIssue(file, `this is not JSON: expected ${broken.expected}`, placeIn(text, broken.offset))]);
    }
  }
  try {
    return readYaml(file, text, format);
  } catch (error) {
    // Aliases that multiply and brackets nested without end are found only on the way.
    return fault([fileIssue(file, `this cannot be read: ${error instanceof Error ? error.message : String(error)}`)]);
  }
}

function readYaml(file: string, text: string, format: 'yaml' | 'json'): Result<ReadText, readonly Issue[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'error' });
  const placeAt = (offset: number): Place => ({ line: lines.linePos(offset).line, column: lines.linePos(offset).col });
  const issueAt = (error: YAMLError): Issue => fileIssue(file, wording(error), placeAt(error.pos[0]));
  if (text.trim() === '' || document.contents === null)
    return fault([fileIssue(file, 'the file is empty; expected a document with listeners and pools')]);

  const repeated = document.errors.filter(isRepeatedKey).map(issueAt);
  const place = (path: Path, onKey: boolean): Place => placeAt(offsetOf(document, path, onKey));
  if (format === 'json') return success({ source: { file, value: JSON.parse(text), place }, issues: repeated });

  const broken = [...document.errors, ...document.warnings].filter((error) => !isRepeatedKey(error)).map(issueAt);
  const issues = [...broken, ...danglingAliases(document).map(({ offset, message }) => fileIssue(file, message, placeAt(offset)))];
  if (issues.length > 0) return fault([...onePerLine(issues), ...repeated]);
  return success({ source: { file, value: document.toJS({ maxAliasCount: 100 }), place }, issues: repeated });
}

/** One slip makes the reader stumble several times; what follows on the same line says nothing new. */
const onePerLine = (issues: readonly Issue[]): readonly Issue[] =>
  issues.filter((issue, index) => issues.findIndex(({ line }) => line === issue.line) === index);

const isRepeatedKey = ({ code }: YAMLError): boolean => code === 'DUPLICATE_KEY';

/** The same count as the YAML reader's, for texts that never reach it. */
function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function danglingAliases(document: YamlDocument): readonly { readonly offset: number; readonly message: string }[] {
  const found: { readonly offset: number; readonly message: string }[] = [];
  visit(document, {
    Alias: (_key, node) => {
      if (node.resolve(document) === undefined) found.push({ offset: startOf(node) ?? 0, message: `no anchor is named "&${node.source}"` });
    },
  });
  return found;
}

function wording({ code, message }: YAMLError): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands here for the second time; each key may be given once';
  if (code === 'TAB_AS_INDENT') return 'YAML is indented with spaces, not with tabs';
  if (code === 'MULTIPLE_DOCS') return 'a file holds one document; take out what follows this "---"';
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
