// What a document says as it was written: plain data put together from all of its files, before defaults are filled in and before values from
// elsewhere (`${env:NAME}`, `${file:PATH}`) are. It can be kept, changed and checked again later, and then finds the files that it names.
import { resolve } from 'node:path';
import { parseAddress } from '../../../domain/settings/addresses.ts';
import type { Path, Source } from '../issue.ts';
import { pointerOf } from './pointer.ts';

export type Section = Readonly<Record<string, unknown>>;

/** Plain JSON, all of it. */
export interface WrittenData {
  /** The document as its user named it. */
  readonly file: string;
  readonly value: Section;
  /** Where ways to files begin; absolute. */
  readonly folder: string;
  /** The same for parts that stand in another folder: by `/pools/web`, `/listeners/web`, `/overload`. */
  readonly folders: Readonly<Record<string, string>>;
}

export const isSection = (value: unknown): value is Section => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same as data that can be kept, and does not change with the source. */
export function writtenData(source: Source, folder: string): WrittenData {
  const { value: section } = dataOf(source.file, source.written ?? source.value, folder);
  const elsewhere = partsIn(section).flatMap(({ pointer, path }) => {
    const its = resolve(source.folder?.(path) ?? folder);
    return its === resolve(folder) ? [] : [[pointer, its] as const];
  });
  return { file: source.file, value: section, folder: resolve(folder), folders: Object.fromEntries(elsewhere) };
}

/** Of what stands in one place. */
export function dataOf(file: string, written: unknown, folder: string): WrittenData {
  // What is no JSON in a program's document, a key that is undefined for one, means nothing; sections that are shared are written out.
  const value = JSON.parse(JSON.stringify(written)) as unknown;
  return { file, value: isSection(value) ? value : {}, folder: resolve(folder), folders: {} };
}

/** As it is checked. */
export function sourceOf(data: WrittenData, file: string): Source {
  const folders = new Map(partsIn(data.value).map(({ pointer, path }) => [String(path), data.folders[pointer]]));
  const folder = (path: Path): string => folders.get(String(path.slice(0, 2))) ?? folders.get(String(path.slice(0, 1))) ?? data.folder;
  return { file, value: data.value, place: () => undefined, folder };
}

/** As it is named: by its name, or by its address when it has none. */
export function listenerName(listener: unknown): string {
  if (!isSection(listener)) return '';
  const { name, bind } = listener;
  return typeof name === 'string' ? name : addressText(bind);
}

/** In its short form an endpoint is its address. */
export const endpointName = (endpoint: unknown): string => addressText(isSection(endpoint) ? endpoint['address'] : endpoint);

/** An address as it is shown everywhere; what is none stays as it is. */
export function addressText(text: unknown): string {
  if (typeof text !== 'string') return '';
  // Most are.
  return /^\d[\d.]*:\d+$/.test(text) ? text : (parseAddress(text)?.text ?? text);
}

interface WrittenPart {
  readonly pointer: string;
  readonly path: Path;
}

/** The smallest parts that may stand in files of their own. */
function partsIn(section: Section): readonly WrittenPart[] {
  return Object.entries(section).flatMap(([key, value]): readonly WrittenPart[] => {
    if (key === 'pools' && isSection(value))
      return Object.keys(value).map((name) => ({ pointer: pointerOf([key, name]), path: [key, name] }));
    if (key === 'listeners' && Array.isArray(value))
      return value.map((listener, index) => ({ pointer: pointerOf([key, listenerName(listener)]), path: [key, index] }));
    return [{ pointer: pointerOf([key]), path: [key] }];
  });
}
