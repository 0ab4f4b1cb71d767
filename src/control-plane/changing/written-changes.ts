// What is written otherwise in one document than in another, place by place, down to the smallest that differs. Listeners and endpoints are told by
// their names, so that one that is added does not make others look changed.
import { isDeepStrictEqual } from 'node:util';
import { pointerOf } from '../configuration/reading/pointer.ts';
import type { Section } from '../configuration/reading/written.ts';
import { endpointName, isSection, listenerName } from '../configuration/reading/written.ts';

export interface WrittenChange {
  readonly steps: readonly string[];
  /** Undefined where nothing stood, or stands. */
  readonly before: unknown;
  readonly after: unknown;
}

export const writtenChanges = (before: Section, after: Section): readonly WrittenChange[] => changesAt([], before, after);

/** So many are told in words. */
const mostPlaces = 3;

/** Where it is written otherwise, when there are few places: ` + /pools/web/endpoints/10.0.0.3:80`. No values, which might be secrets. */
export function placesText(before: Section, after: Section): string {
  const changes = writtenChanges(before, after);
  const sign = (change: WrittenChange): string => (change.before === undefined ? '+' : change.after === undefined ? '-' : '~');
  return changes.length > mostPlaces ? '' : changes.map((change) => ` ${sign(change)} ${pointerOf(change.steps)}`).join('');
}

function changesAt(steps: readonly string[], one: unknown, other: unknown): readonly WrittenChange[] {
  if (isDeepStrictEqual(one, other)) return [];
  const [before, after] = [partsOf(one, steps), partsOf(other, steps)];
  // Of a part that is new or gone, the whole says it best.
  if (before === undefined || after === undefined) return [{ steps, before: one, after: other }];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((name) => changesAt([...steps, name], before.get(name), after.get(name)));
}

function partsOf(value: unknown, steps: readonly string[]): ReadonlyMap<string, unknown> | undefined {
  if (isSection(value)) return new Map(Object.entries(value));
  const nameOf = namesIn(steps);
  return Array.isArray(value) && nameOf !== undefined ? new Map(value.map((item) => [nameOf(item), item])) : undefined;
}

function namesIn(steps: readonly string[]): ((item: unknown) => string) | undefined {
  if (steps.length === 1 && steps[0] === 'listeners') return listenerName;
  return steps.length === 3 && steps[0] === 'pools' && steps[2] === 'endpoints' ? endpointName : undefined;
}
