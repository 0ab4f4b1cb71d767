// What the API added, as a layer of its own over what the files say: an entry for each place that it put something at, or took something away from.
// The files are never rewritten; when they change, the layer lies over what they say then. Pure.
import { isDeepStrictEqual } from 'node:util';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import { isWithin, pointerOf, stepsOf } from '../configuration/reading/pointer.ts';
import type { Section, WrittenData } from '../configuration/reading/written.ts';
import { addressText, endpointName, isSection, listenerName } from '../configuration/reading/written.ts';

interface Stamp {
  /** ISO 8601. */
  readonly at: string;
  /** Who asked for it: `API`. */
  readonly origin: string;
  /** Whether it outlives the program, where there is a folder for history. */
  readonly persist: boolean;
}

/** What stands at `path` from then on; without `value` nothing does. */
export interface LayerEntry extends Stamp {
  readonly path: string;
  readonly value?: unknown;
}

export type Change =
  | { readonly op: 'put'; readonly path: string; readonly value: unknown }
  | { readonly op: 'delete'; readonly path: string };

export interface Applied {
  readonly data: WrittenData;
  /** Entries that change nothing, and why: what they belong to is not there. They wait until it is. */
  readonly idle: ReadonlyMap<LayerEntry, string>;
}

export interface ChangeFault {
  readonly path: string;
  readonly message: string;
}

export function applyLayer(base: WrittenData, entries: readonly LayerEntry[]): Applied {
  const idle = new Map<LayerEntry, string>();
  let { value, folders } = base;
  for (const entry of entries) {
    const steps = stepsOf(entry.path) ?? [];
    const changed = replaced(value, { steps, depth: 0, entry });
    if (!changed.ok) {
      idle.set(entry, changed.fault);
      continue;
    }
    // Everything above is a section, and so is the whole.
    value = changed.value as Section;
    // What the API put there names its files from where the document is.
    if (Object.hasOwn(folders, entry.path)) folders = Object.fromEntries(Object.entries(folders).filter(([path]) => path !== entry.path));
  }
  return { data: { ...base, value, folders }, idle };
}

/**
 * Far more than anybody adds by hand; what a program adds without end belongs into a file, or is found by discovery. A change looks at all of them
 * for each that it makes: with so many it takes a quarter of a second at most.
 */
const mostEntries = 2000;

/** The layer with further changes, in their order. A change takes the place of all that was said of the same place, and below it. */
export function withChanges(
  base: WrittenData,
  entries: readonly LayerEntry[],
  changes: readonly Change[],
  stamp: Stamp,
): Result<readonly LayerEntry[], readonly ChangeFault[]> {
  const faults: ChangeFault[] = [];
  const layer = new Map(entries.map((entry) => [entry.path, entry]));
  for (const change of changes) {
    const path = settledPath(change.path);
    if (path === undefined) faults.push({ path: change.path, message: pathForms });
    else if (change.op === 'put' && change.value === undefined) faults.push({ path, message: 'a value is missing' });
    else if (change.op === 'put') setEntry(layer, { ...stamp, path, value: change.value });
    else if (layer.has(path) && layer.get(path)?.value === undefined) faults.push({ path, message: nothingThere });
    else takeAway(base, layer, { ...stamp, path });
  }
  const next = [...layer.values()];
  if (next.length > mostEntries)
    faults.push({
      path: '',
      message: `more than ${mostEntries} places would be changed; write some of it into the file, or have endpoints found by discovery`,
    });
  for (const [entry, message] of applyLayer(base, next).idle) if (!entries.includes(entry)) faults.push({ path: entry.path, message });
  return faults.length > 0 ? fault(faults) : success(next);
}

/** Without what was said of the path and below it; without a path, nothing is left. */
export const withoutEntries = (entries: readonly LayerEntry[], path?: string): readonly LayerEntry[] =>
  path === undefined ? [] : entries.filter((entry) => !isWithin(entry.path, settledPath(path) ?? path));

const nothingThere = 'there is nothing to take away';
const pathForms =
  'expected a path such as /pools/web, /pools/web/endpoints/10.0.0.1:8080, /listeners/web/routes or /overload; a slash inside of a name is written ~1';

/** The one way to write it. */
function settledPath(path: string): string | undefined {
  const steps = stepsOf(path);
  if (steps === undefined || steps.includes('')) return undefined;
  return pointerOf(steps.map((step, depth) => (listAt(steps, depth) === 'endpoints' ? addressText(step) : step)));
}

function setEntry(layer: Map<string, LayerEntry>, entry: LayerEntry): void {
  const replaced = [...layer.values()].filter(({ path }) => isWithin(path, entry.path));
  const [first] = replaced;
  // Who says again what was said changes nothing.
  if (replaced.length === 1 && first !== undefined && saysTheSame(first, entry)) return;
  for (const { path } of replaced) layer.delete(path);
  layer.set(entry.path, entry);
}

const saysTheSame = (one: LayerEntry, other: LayerEntry): boolean =>
  one.path === other.path && one.persist === other.persist && isDeepStrictEqual(one.value, other.value);

/** What the API alone had put there is gone without a trace. */
function takeAway(base: WrittenData, layer: Map<string, LayerEntry>, entry: LayerEntry): void {
  const wasPut = layer.get(entry.path)?.value !== undefined;
  for (const path of layer.keys()) if (isWithin(path, entry.path)) layer.delete(path);
  // Nothing beside the way down matters.
  const above = [...layer.values()].filter(({ path }) => isWithin(entry.path, path));
  const isStillThere = has(applyLayer(base, above).data.value, stepsOf(entry.path) ?? []);
  if (isStillThere || !wasPut) layer.set(entry.path, entry);
}

/** The lists whose items have names. */
type NamedList = 'listeners' | 'endpoints';

const nameIn = { listeners: listenerName, endpoints: endpointName } as const;

/** Whether the step at this depth names an item of a list. */
function listAt(steps: readonly string[], depth: number): NamedList | undefined {
  if (depth === 1 && steps[0] === 'listeners') return 'listeners';
  return depth === 3 && steps[0] === 'pools' && steps[2] === 'endpoints' ? 'endpoints' : undefined;
}

function has(value: unknown, steps: readonly string[]): boolean {
  let current = value;
  for (const [depth, step] of steps.entries()) {
    const list = listAt(steps, depth);
    if (list !== undefined) current = Array.isArray(current) ? current.find((item) => nameIn[list](item) === step) : undefined;
    else current = isSection(current) && Object.hasOwn(current, step) ? current[step] : undefined;
    if (current === undefined) return false;
  }
  return true;
}

interface Way {
  readonly steps: readonly string[];
  readonly depth: number;
  readonly entry: LayerEntry;
}

/** A copy of `around` as far as something in it differs. */
function replaced(around: unknown, way: Way): Result<unknown, string> {
  const { steps, depth } = way;
  const list = listAt(steps, depth);
  if (list !== undefined) return replacedItem(around, list, way);
  if (!isSection(around)) return fault(whyNot(around, steps.slice(0, depth)));
  const step = steps[depth] ?? '';
  const value = Object.hasOwn(around, step) ? around[step] : undefined;
  const next = replacedValue(value, way);
  if (!next.ok) return next;
  if (next.value !== undefined) return success({ ...around, [step]: next.value });
  return success(Object.fromEntries(Object.entries(around).filter(([key]) => key !== step)));
}

function replacedItem(around: unknown, list: NamedList, way: Way): Result<unknown, string> {
  // A pool may have no list yet.
  const items: readonly unknown[] | undefined = around === undefined ? [] : Array.isArray(around) ? around : undefined;
  if (items === undefined) return fault(whyNot(around, way.steps.slice(0, way.depth)));
  const name = way.steps[way.depth] ?? '';
  const index = items.findIndex((item) => nameIn[list](item) === name);
  const isLast = way.depth === way.steps.length - 1;
  const next =
    isLast && way.entry.value !== undefined ? named(way.entry.value, list, name) : replacedValue(expanded(items[index], isLast), way);
  if (!next.ok) return next;
  if (next.value === undefined) return success(items.filter((_, at) => at !== index));
  return success(index === -1 ? [...items, next.value] : items.with(index, next.value));
}

/** In its short form an endpoint has no keys. */
const expanded = (item: unknown, isLast: boolean): unknown => (typeof item === 'string' && !isLast ? { address: item } : item);

/** The value at the place that the way has come to; undefined for none. */
function replacedValue(value: unknown, { steps, depth, entry }: Way): Result<unknown, string> {
  if (depth < steps.length - 1) {
    if (value === undefined && listAt(steps, depth + 1) === undefined) return fault(`there is no ${pointerOf(steps.slice(0, depth + 1))}`);
    return replaced(value, { steps, depth: depth + 1, entry });
  }
  if (entry.value === undefined && value === undefined) return fault(nothingThere);
  return success(entry.value);
}

/** The name stands in the path; it may stand in the value as well. */
function named(value: unknown, list: NamedList, name: string): Result<unknown, string> {
  const key = list === 'endpoints' ? 'address' : 'name';
  if (list === 'endpoints' && typeof value === 'string' && addressText(value) === name) return success(value);
  if (!isSection(value)) return fault(list === 'endpoints' ? 'expected an endpoint such as { weight: 2 }' : 'expected a listener');
  if (nameIn[list](value) === name) return success(value);
  if (value[key] !== undefined) return fault(`the path ends with ${name}, and the value has another ${key}`);
  return success({ [key]: name, ...value });
}

const whyNot = (value: unknown, steps: readonly string[]): string =>
  value === undefined ? `there is no ${pointerOf(steps)}` : `${pointerOf(steps)} has no parts that could be named; put the whole of it`;
