// Several files as one document. Pools are put together by name, listeners stand one behind the other, file by file; any other key stands in one
// of the files. What stands twice is a mistake that names both places.
import type { Issue, Path, PlaceInFile, Source } from '../issue.ts';
import { issueOf } from '../issue.ts';
import type { Hidden } from './hidden.ts';
import type { Part } from './parts.ts';

export interface Merged {
  readonly source: Source;
  readonly issues: readonly Issue[];
}

type Section = Readonly<Record<string, unknown>>;

/** Keys that say something of the file that they stand in. */
const ofTheFile: readonly string[] = ['include', '$schema'];

export function mergeParts(parts: readonly Part[]): Merged {
  const [first] = parts;
  if (first === undefined) throw new RangeError('a document has a file');
  if (parts.length === 1) return { source: { ...withoutOwn(first.source), folder: () => first.folder }, issues: [] };
  const issues: Issue[] = [];
  const origins = originsOf(parts, issues);
  const merge = (pick: (source: Source) => unknown) => mergedValue(parts, origins, pick);
  const source: Source = {
    file: first.source.file,
    value: merge(({ value }) => value),
    written: merge(({ value, written = value }) => written),
    hidden: parts.flatMap(({ source: { hidden = [] } }, index) => hidden.map((one) => moved(one, origins.offsets[index] ?? 0))),
    place: (path, onKey) => placeIn(parts, origins, path, onKey),
    folder: (path) => (parts[partAt(origins, path).part] ?? first).folder,
  };
  return { source, issues };
}

function withoutOwn(source: Source): Source {
  if (!isSection(source.value) || !ofTheFile.some((key) => key in (source.value as Section))) return source;
  const strip = (value: unknown): unknown =>
    isSection(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !ofTheFile.includes(key))) : value;
  return { ...source, value: strip(source.value), ...(source.written === undefined ? {} : { written: strip(source.written) }) };
}

/** Which part has what: parts by their number. */
interface Origins {
  readonly keys: ReadonlyMap<string, number>;
  readonly pools: ReadonlyMap<string, number>;
  /** The first of its listeners stands there among all. */
  readonly offsets: readonly number[];
  /** Of every listener, its part. */
  readonly listeners: readonly number[];
}

function originsOf(parts: readonly Part[], issues: Issue[]): Origins {
  const keys = new Map<string, number>();
  const pools = new Map<string, number>();
  const listeners: number[] = [];
  const offsets: number[] = [];
  const take = (part: number, path: readonly string[]): void => {
    const taken = path.length === 2 ? pools : keys;
    const name = path.at(-1) ?? '';
    const before = taken.get(name);
    if (before === undefined) taken.set(name, part);
    else issues.push(twice(parts, path, before, part));
  };
  for (const [index, { source }] of parts.entries()) {
    offsets.push(listeners.length);
    if (!isSection(source.value)) {
      issues.push(issueOf(source, { path: [], message: 'expected a section with keys such as pools or listeners' }));
      continue;
    }
    const { listeners: own } = source.value;
    if (Array.isArray(own)) listeners.push(...own.map(() => index));
    for (const path of pathsIn(source.value)) take(index, path);
  }
  return { keys, pools, offsets, listeners };
}

/** Of all that may stand in one file only: its pools, and keys other than lists of listeners. */
const pathsIn = (section: Section): readonly (readonly string[])[] =>
  Object.entries(section).flatMap(([key, value]) => {
    if (ofTheFile.includes(key) || (key === 'listeners' && Array.isArray(value))) return [];
    return key === 'pools' && isSection(value) ? Object.keys(value).map((pool) => [key, pool]) : [[key]];
  });

function twice(parts: readonly Part[], path: Path, before: number, now: number): Issue {
  const [first, second] = [parts[before]?.source, parts[now]?.source];
  // Both are parts that were just looked at.
  if (first === undefined || second === undefined) throw new RangeError('no such part');
  const place = first.place(path, true);
  const where = place === undefined ? first.file : `${first.file}:${place.line}:${place.column}`;
  const what = path.length === 2 ? `the pool "${path[1]}"` : `"${path[0]}"`;
  return issueOf(second, { path, onKey: true, message: `${what} stands in ${where} already; it may be given in one file only` });
}

function mergedValue(parts: readonly Part[], origins: Origins, pick: (source: Source) => unknown): unknown {
  const sections = parts.map(({ source }) => {
    const value = pick(source);
    return isSection(value) ? value : {};
  });
  const inPools = sections.flatMap(({ pools }, index) =>
    isSection(pools) ? Object.entries(pools).filter(([name]) => origins.pools.get(name) === index) : [],
  );
  const inListeners = sections.flatMap(({ listeners }) => (Array.isArray(listeners) ? listeners : []));
  const others = sections.flatMap((section, index) => Object.entries(section).filter(([key]) => origins.keys.get(key) === index));
  const has = (key: string, is: (value: unknown) => boolean): boolean => sections.some((section) => is(section[key]));
  return Object.fromEntries([
    ...(has('listeners', Array.isArray) ? [['listeners', inListeners] as const] : []),
    ...(has('pools', isSection) ? [['pools', Object.fromEntries(inPools)] as const] : []),
    ...others,
  ]);
}

function partAt({ keys, pools, listeners, offsets }: Origins, path: Path): { readonly part: number; readonly local: Path } {
  const [key, second, ...rest] = path;
  if (key === 'listeners' && typeof second === 'number') {
    const part = listeners[second] ?? 0;
    return { part, local: [key, second - (offsets[part] ?? 0), ...rest] };
  }
  const part = key === 'pools' && second !== undefined ? pools.get(String(second)) : keys.get(String(key));
  return { part: part ?? 0, local: path };
}

function placeIn(parts: readonly Part[], origins: Origins, path: Path, onKey: boolean): PlaceInFile | undefined {
  const { part, local } = partAt(origins, path);
  const source = parts[part]?.source;
  const place = source?.place(local, onKey);
  return source === undefined || place === undefined ? undefined : { ...place, file: source.file, path: local };
}

/** A path of a listener counts from the first file on. */
const moved = (hidden: Hidden, offset: number): Hidden => ({
  ...hidden,
  path: hidden.path.replace(/^listeners\[(\d+)\]/, (_, index: string) => `listeners[${Number(index) + offset}]`),
});

const isSection = (value: unknown): value is Section => typeof value === 'object' && value !== null && !Array.isArray(value);
