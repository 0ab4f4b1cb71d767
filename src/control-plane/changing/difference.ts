// What is different between two documents, part by part: what a change has to touch, and what it must leave alone.
import { isDeepStrictEqual } from 'node:util';
import type { Section } from '../configuration/reading/written.ts';
import { isSection, listenerName } from '../configuration/reading/written.ts';

/** A document, or what was written of one. */
export interface ComparedDocument {
  readonly listeners: readonly { readonly name: string }[];
  readonly pools: Readonly<Record<string, unknown>>;
  readonly workers?: unknown;
  readonly admin?: unknown;
  readonly history?: unknown;
  readonly overload?: unknown;
  readonly shutdown?: unknown;
}

/** Names, in the order of the document that they stand in. */
export interface PartsDifference {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export interface Difference {
  readonly listeners: PartsDifference;
  readonly pools: PartsDifference;
  /** Settings that are read when the program starts, and differ: they wait for the next start. */
  readonly atStart: readonly ('workers' | 'admin' | 'history')[];
  /** Nothing is different at all. */
  readonly isNone: boolean;
}

/** The same of what was written, where one thing may be written in several ways and is then told to be different. */
export const writtenDifference = (before: Section, after: Section): Difference => differenceOf(comparable(before), comparable(after));

function comparable(written: Section): ComparedDocument {
  const { listeners, pools } = written;
  const named = Array.isArray(listeners) ? listeners.map((listener: object) => ({ ...listener, name: listenerName(listener) })) : [];
  return { ...written, listeners: named, pools: isSection(pools) ? pools : {} };
}

export function differenceOf(before: ComparedDocument, after: ComparedDocument): Difference {
  const listeners = partsOf(byName(before.listeners), byName(after.listeners));
  const pools = partsOf(before.pools, after.pools);
  const atStart = (['workers', 'admin', 'history'] as const).filter((key) => !isDeepStrictEqual(before[key], after[key]));
  const isOtherwiseSame =
    (['overload', 'shutdown'] as const).every((key) => isDeepStrictEqual(before[key], after[key])) && isSameOrder(before, after);
  return { listeners, pools, atStart, isNone: isEmpty(listeners) && isEmpty(pools) && atStart.length === 0 && isOtherwiseSame };
}

/** The order of listeners says nothing about traffic, but it is the order in which they are shown. */
const isSameOrder = (before: ComparedDocument, after: ComparedDocument): boolean =>
  isDeepStrictEqual(
    before.listeners.map(({ name }) => name),
    after.listeners.map(({ name }) => name),
  ) && isDeepStrictEqual(Object.keys(before.pools), Object.keys(after.pools));

const isEmpty = ({ added, changed, removed }: PartsDifference): boolean => added.length + changed.length + removed.length === 0;

function partsOf(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): PartsDifference {
  return {
    added: Object.keys(after).filter((name) => !Object.hasOwn(before, name)),
    changed: Object.keys(after).filter((name) => Object.hasOwn(before, name) && !isDeepStrictEqual(before[name], after[name])),
    removed: Object.keys(before).filter((name) => !Object.hasOwn(after, name)),
  };
}

const byName = <Part extends { readonly name: string }>(parts: readonly Part[]): Readonly<Record<string, Part>> =>
  Object.fromEntries(parts.map((part) => [part.name, part]));
