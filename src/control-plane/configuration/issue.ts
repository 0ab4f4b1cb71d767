// A mistake in a document, with its place, and the one way in which it is put into words.
import { nearestName } from '../../foundation/algorithms/nearest-name.ts';
import type { Hidden } from './reading/hidden.ts';
import { withoutHidden } from './reading/hidden.ts';

/** A way down into a document: keys of sections and places in lists. */
export type Path = readonly (string | number)[];

export interface Place {
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
}

/** A place in a document that may consist of several files. */
export interface PlaceInFile extends Place {
  /** In a file that the document includes, and the path there. */
  readonly file?: string;
  readonly path?: Path;
}

export interface Issue {
  /** As the reader gave it. */
  readonly file: string;
  /** Undefined where there is no text to point into: documents in TypeScript, and files that cannot be read. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** `pools.web.endpoints[1].weight`; empty for the document as a whole. */
  readonly path: string;
  /** What stands there now; undefined for a secret. */
  readonly value: unknown;
  /** What is wrong and what is allowed. */
  readonly message: string;
  /** The name that was probably meant. */
  readonly nearest: string | undefined;
}

/** What a check has to say, before anybody knows where in the text that is. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  /** The mistake is the key itself, not what it holds. */
  readonly onKey?: boolean;
  /** The value is not to be shown. */
  readonly isSecret?: boolean;
  readonly nearest?: string | undefined;
  /** What it collides with: its place is told where that is in another file. */
  readonly other?: Path;
}

/** A document as data, and the way back from data to text. */
export interface Source {
  readonly file: string;
  readonly value: unknown;
  /** The same as it was written, where values came from elsewhere: what people are shown. */
  readonly written?: unknown;
  readonly hidden?: readonly Hidden[];
  /** The place of a value, or of its key; of the nearest thing around it where it does not exist. Undefined without a text. */
  place(path: Path, onKey: boolean): PlaceInFile | undefined;
  /** Where ways to files begin that are named at this path. */
  folder?(path: Path): string;
}

export function issueOf(source: Source, finding: Finding): Issue {
  const { value: read, written = read, hidden = [] } = source;
  const path = existingPath(written, finding.path);
  const place = source.place(finding.path, finding.onKey ?? false);
  const issue: Issue = {
    file: place?.file ?? source.file,
    line: place?.line,
    column: place?.column,
    path: pathText(place?.path?.slice(0, path.length) ?? path),
    value: finding.isSecret === true ? undefined : valueAt(written, path),
    message: finding.message + whereElse(source, finding, place?.file),
    nearest: finding.nearest,
  };
  return { ...withoutHidden({ ...issue, path: pathText(path) }, hidden), path: issue.path };
}

function whereElse(source: Source, { other }: Finding, file: string | undefined): string {
  const place = other === undefined ? undefined : source.place(other, false);
  if (place === undefined || place.file === file) return '';
  return `, in ${place.file ?? source.file}:${place.line}:${place.column}`;
}

/** An issue about a file as a whole. */
export function fileIssue(file: string, message: string, place?: Place): Issue {
  return { file, line: place?.line, column: place?.column, path: '', value: undefined, message, nearest: undefined };
}

/** `evenkeel.yaml:4:11: listeners[0].pool: no pool is named "wbe"; did you mean "web"?` */
export function issueText({ file, line, column, path, message, nearest }: Issue): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
  return [place, ...(path === '' ? [] : [path]), message + hint].join(': ');
}

export function pathText(path: Path): string {
  const parts = path.map((step, index) => {
    if (typeof step === 'number') return `[${step}]`;
    if (!/^[A-Za-z0-9_-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
    return index === 0 ? step : `.${step}`;
  });
  return parts.join('');
}

/** A value in a message: short, and plain about what it is. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a section';
  if (typeof value === 'function') return 'a function';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** Undefined when there is no such value. */
export function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    // An own property was just seen to be there.
    current = (current as Readonly<Record<string | number, unknown>>)[step];
  }
  return current;
}

/** The places of a list's items; none where there is no list. */
export function itemsAt(value: unknown, path: Path): readonly Path[] {
  const list = valueAt(value, path);
  return Array.isArray(list) ? list.map((_, index) => [...path, index]) : [];
}

/** The name closest to what was written, when it was a word at all. */
export const nearestTo = (written: unknown, names: Iterable<string>): string | undefined =>
  typeof written === 'string' ? nearestName(written, names) : undefined;

/** A short form, such as an address in place of a section, has no keys: the path ends at it. */
function existingPath(value: unknown, path: Path): Path {
  const plain = path.findIndex((_, depth) => {
    const around = valueAt(value, path.slice(0, depth));
    return around !== undefined && (typeof around !== 'object' || around === null);
  });
  return plain === -1 ? path : path.slice(0, plain);
}
