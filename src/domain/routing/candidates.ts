// Hot path. Routes that share a host and a path and ask for more, in order. Those that ask for one value of a header, a cookie or a
// parameter stand in a map by that value, so that ten thousand of them are not tried one after another.
import type { Asked, Test } from './conditions/compile-conditions.ts';
import { no, unknown } from './conditions/compile-conditions.ts';
import type { FieldKind, FieldValues } from './conditions/field-values.ts';
import { fieldReaders } from './conditions/field-values.ts';

/** One exact text that a request must have. */
export interface Required {
  readonly kind: FieldKind;
  readonly name: string;
  readonly value: string;
}

export interface Candidate {
  readonly route: number;
  /** Absent where there is nothing more to ask. */
  readonly test: Test | undefined;
  /** Part of what the test asks. */
  readonly required: Required | undefined;
}

/** More than any route's number. */
export const noRoute = 0x3fff_ffff;

/** A request that looks for its first route. One object, used again and again. */
export interface Search extends Asked {
  /** The first route of which only its body can tell whether it takes the request. */
  undecided: number;
}

/** Fewer are tried one after another: a map would cost more. */
const worthAMap = 4;

interface ValueMap {
  readonly kind: FieldKind;
  readonly name: string;
  /** In order. */
  readonly byValue: Map<string, Candidate[]>;
}

export class Candidates {
  /** In order: those in no map. */
  #others: Candidate[] = [];
  #maps: readonly ValueMap[] = [];
  readonly #all: Candidate[] = [];

  /** In the order of the document. */
  add(candidate: Candidate): void {
    this.#all.push(candidate);
    this.#others.push(candidate);
  }

  /** Once all are there. */
  sort(): void {
    const counts = new Map<string, number>();
    for (const { required } of this.#all)
      if (required !== undefined) counts.set(sourceOf(required), (counts.get(sourceOf(required)) ?? 0) + 1);
    const maps = new Map<string, ValueMap>();
    this.#others = this.#all.filter((candidate) => {
      const { required } = candidate;
      if (required === undefined || (counts.get(sourceOf(required)) ?? 0) < worthAMap) return true;
      const map = maps.get(sourceOf(required)) ?? { kind: required.kind, name: required.name, byValue: new Map<string, Candidate[]>() };
      maps.set(sourceOf(required), map);
      map.byValue.set(required.value, [...(map.byValue.get(required.value) ?? []), candidate]);
      return false;
    });
    this.#maps = [...maps.values()];
  }

  /** The first that takes the request, if it comes before `best`; else `best`. */
  first(search: Search, best: number): number {
    let first = firstOf(this.#others, search, best);
    for (let index = 0; index < this.#maps.length; index++) {
      const { kind, name, byValue } = this.#maps[index] as ValueMap;
      const values = fieldReaders[kind](search.facts.request, name);
      if (values !== undefined) first = firstByValue(byValue, values, search, first);
    }
    return first;
  }
}

const sourceOf = ({ kind, name }: Required): string => `${kind}:${name}`;

function firstByValue(byValue: ValueMap['byValue'], values: NonNullable<FieldValues>, search: Search, best: number): number {
  if (typeof values === 'string') return firstOf(byValue.get(values), search, best);
  let first = best;
  for (const value of values) first = firstOf(byValue.get(value), search, first);
  return first;
}

function firstOf(candidates: readonly Candidate[] | undefined, search: Search, best: number): number {
  if (candidates === undefined) return best;
  for (let index = 0; index < candidates.length; index++) {
    // The place is in range, which the compiler cannot see.
    const { route, test } = candidates[index] as Candidate;
    if (route >= best) return best;
    const verdict = test === undefined ? 1 : test(search);
    if (verdict === no) continue;
    if (verdict !== unknown) return route;
    search.undecided = Math.min(search.undecided, route);
  }
  return best;
}
