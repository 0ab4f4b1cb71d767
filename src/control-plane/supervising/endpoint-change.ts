// What may be changed of an endpoint while Evenkeel runs, described as settings are.
import type * as z from 'zod';
import { endpointState } from '../../domain/endpoints/scoreboard.ts';
import { weight } from '../../domain/settings/measures.ts';
import { oneOf, section, written } from '../../domain/settings/written.ts';

export type EndpointStateName = keyof typeof endpointState;

/** What is absent stays as it is. */
export interface EndpointChange {
  /** `null` for the weight that the document gives. */
  readonly weight?: number | null;
  readonly state?: EndpointStateName;
}

/** In the order in which an endpoint passes through them on its way out. */
export const endpointStateNames: readonly EndpointStateName[] = ['up', 'draining', 'down'];

const plainWeight = weight({ zero: true });
const anyWeight = written<number | null, number | null>({ kind: 'number', type: 'number', examples: [3] }, (input) => {
  if (input === null) return { value: null };
  const parsed = plainWeight.safeParse(input);
  if (parsed.success) return { value: parsed.data };
  return { message: `${parsed.error.issues[0]?.message ?? 'expected a number'}, or null for the weight that the document gives` };
});

export const endpointChange = section(
  { weight: anyWeight.exactOptional(), state: oneOf(endpointStateNames).exactOptional() },
  { expected: 'an object such as {"weight": 3} or {"state": "draining"}' },
).check((context) => {
  if (Object.keys(context.value).length > 0) return;
  const message = 'expected "weight", "state" or both: there is nothing to change';
  context.issues.push({ code: 'custom', message, params: { bare: true }, input: context.value });
}) satisfies z.ZodType<EndpointChange>;

/** The name of a control's value. */
export const stateNameOf = (value: number | undefined): EndpointStateName =>
  endpointStateNames.find((name) => endpointState[name] === value) ?? 'up';
