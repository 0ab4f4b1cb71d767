// What a change may have the program do beside serving: run programs and policies, read files and the environment, and open socket files such as that
// of Docker. Whoever can do that can do what the user may that the program runs as, so it takes a token, or the right to open the socket file; that a
// request comes from this machine is not enough. What stands in force already may stay where it is.
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
  const socket = socketIn(value, steps);
  if (socket !== undefined) return [socket];
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

/** Of a list of endpoints it does not matter which place of it. One that is put by itself has its address in the path. */
function socketIn(value: unknown, steps: Steps): Reach | undefined {
  const isEndpoint = steps[0] === 'pools' && steps[2] === 'endpoints';
  const address = isEndpoint && steps.length === 4 && value !== undefined && isSocket(steps[3]) ? steps[3] : value;
  return isSocket(address) ? { steps: isEndpoint ? steps.slice(0, 3) : steps, value: address } : undefined;
}

const isSocket = (text: unknown): boolean => typeof text === 'string' && text.startsWith('unix:');
