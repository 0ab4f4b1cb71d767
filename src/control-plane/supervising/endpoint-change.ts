// What may be changed of an endpoint while Evenkeel runs, described as settings are.
import type * as z from 'zod';
import { endpointState } from '../../domain/endpoints/scoreboard.ts';
import { duration, weight } from '../../domain/settings/measures.ts';
import { oneOf, section, written } from '../../domain/settings/written.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';

export type EndpointStateName = keyof typeof endpointState;

/** What is absent stays as it is. */
export interface EndpointChange {
  /** `null` for the weight that the document gives. */
  readonly weight?: number | null;
  readonly state?: EndpointStateName;
  /** With the state `draining`: how long sessions keep the endpoint. It is down then. */
  readonly deadline?: Milliseconds;
}

/** In the order in which an endpoint passes through them on its way out. */
export const endpointStateNames: readonly EndpointStateName[] = ['up', 'draining', 'down'];

const plainWeight = weight({ zero: true });
const anyWeight = written<number, number>({ kind: 'number', type: 'number', examples: [3] }, (input) => {
  const parsed = plainWeight.safeParse(input);
  if (parsed.success) return { value: parsed.data };
  return { message: `${parsed.error.issues[0]?.message ?? 'expected a number'}, or null for the weight that the document gives` };
});

/** Maintenance is why an endpoint is down: the word that operators know, for the same. */
const stateWord = oneOf([...endpointStateNames, 'maintenance']).transform(
  (word): EndpointStateName => (word === 'maintenance' ? 'down' : word),
);

export const endpointChange = section(
  { weight: anyWeight.nullable().exactOptional(), state: stateWord.exactOptional(), deadline: duration().exactOptional() },
  { expected: 'an object such as {"weight": 3} or {"state": "draining"}' },
).check(({ value, issues }) => {
  const complain = (message: string, path: readonly string[] = []): void => {
    issues.push({ code: 'custom', message, params: { bare: true }, input: value, path: [...path] });
  };
  if (Object.keys(value).length === 0) complain('expected "weight", "state" or both: there is nothing to change');
  const isAlone = value.deadline !== undefined && value.state !== 'draining';
  if (isAlone) complain('a deadline goes with {"state": "draining"}: it says how long sessions keep the endpoint', ['deadline']);
}) satisfies z.ZodType<EndpointChange>;

/** The name of a control's value. */
export const stateNameOf = (value: number | undefined): EndpointStateName =>
  endpointStateNames.find((name) => endpointState[name] === value) ?? 'up';
