// Parts of a written document by the names in their paths: whether they are there, and which others are.
import { pointerOf } from '../../../control-plane/configuration/reading/pointer.ts';
import type { Section } from '../../../control-plane/configuration/reading/written.ts';
import { addressText, endpointName, isSection, listenerName } from '../../../control-plane/configuration/reading/written.ts';

/** The steps down to a part: `['pools', 'web', 'endpoints', '10.0.0.1:8080']`. */
export type Steps = readonly string[];

export const pathOf = (steps: Steps): string => pointerOf(steps);

/** Undefined where there is none. */
export function partAt(written: Section, steps: Steps): unknown {
  let current: unknown = written;
  for (const [depth, step] of steps.entries()) {
    if (Array.isArray(current)) current = itemOf(current, steps, depth);
    else current = isSection(current) && Object.hasOwn(current, step) ? current[step] : undefined;
  }
  return current;
}

/** What stands beside it, or would. */
export function namesBeside(written: Section, steps: Steps): readonly string[] {
  const around = partAt(written, steps.slice(0, -1));
  if (Array.isArray(around)) return around.map((item) => nameOf(item, steps)).filter((name) => name !== '');
  return isSection(around) ? Object.keys(around) : [];
}

const nameOf = (item: unknown, steps: Steps): string => (steps[0] === 'pools' ? endpointName(item) : listenerName(item));

function itemOf(items: readonly unknown[], steps: Steps, depth: number): unknown {
  const step = steps[depth] ?? '';
  if (depth === 1 && steps[0] === 'listeners') return items.find((item) => listenerName(item) === step);
  if (depth === 3 && steps[2] === 'endpoints') return items.find((item) => endpointName(item) === addressText(step));
  return undefined;
}
