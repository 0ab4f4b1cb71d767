// What a change may have the program do beside serving: run programs and policies, read files and the environment. Whoever can do that can do what
// the user may that the program runs as, so it takes a token, or the right to open the socket file; that a request comes from this machine is not
// enough. What stands in force already may stay where it is.
import type { Section } from '../../../control-plane/configuration/reading/written.ts';
import { isSection } from '../../../control-plane/configuration/reading/written.ts';
import { isPolicyPath } from '../../../domain/balancing/own-policy.ts';
import type { Steps } from './parts.ts';
import { partAt, pathOf } from './parts.ts';

/** The first path at which a value would reach further than what is in force; undefined where none does. */
export function reachesOut(value: unknown, written: Section, steps: Steps): string | undefined {
  const inForce = new Set(reachesIn(partAt(written, steps), steps).map(textOf));
  const added = reachesIn(value, steps).find((reach) => !inForce.has(textOf(reach)));
  return added && pathOf(added.steps);
}

interface Reach {
  readonly steps: Steps;
  readonly value: unknown;
}

const textOf = ({ steps, value }: Reach): string => JSON.stringify([steps, value]);

/** Keys whose values are programs, or files whose contents matter. */
const reaching: ReadonlySet<string> = new Set(['command', 'ca', 'file']);

function reachesIn(value: unknown, steps: Steps): readonly Reach[] {
  const key = steps.at(-1) ?? '';
  const around = steps.at(-2) ?? '';
  if (steps.includes('health') && key === 'command') return [{ steps, value }];
  if (typeof value === 'string') {
    const isFile = reaching.has(key) && (around === 'discover' || around === 'tls');
    const isPolicy = (key === 'balance' || (key === 'policy' && around === 'balance')) && isPolicyPath(value);
    return value.includes('${') || isFile || isPolicy ? [{ steps, value }] : [];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => reachesIn(item, [...steps, String(index)]));
  return isSection(value)
    ? Object.entries(value).flatMap(([name, inner]) => [
        ...(name.includes('${') ? [{ steps, value: name }] : []),
        ...reachesIn(inner, [...steps, name]),
      ])
    : [];
}
