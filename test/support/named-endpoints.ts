// Endpoints with ids that matter, for policies that go by them, and what the control plane does to endpoints.
import type { Candidates } from '../../src/domain/balancing/policy.ts';
import type { Endpoint } from '../../src/domain/endpoints/endpoint.ts';
import { endpointControl, endpointState } from '../../src/domain/endpoints/scoreboard.ts';
import { endpointsOf } from './endpoints.ts';

/** One endpoint for each id, all of weight 1 unless weights are given. */
export function namedEndpoints(ids: readonly string[], weights: readonly number[] = []): Candidates {
  const [first, ...others] = endpointsOf(ids.map((_, index) => weights[index] ?? 1)).map((endpoint, index) => ({
    ...endpoint,
    id: ids[index] ?? '',
  }));
  if (first === undefined) throw new Error('Candidates are never empty');
  return [first, ...others];
}

/** The endpoint is in this state from now on, for everybody who looks at the scoreboard. */
export function turn({ load }: Endpoint, state: keyof typeof endpointState): void {
  load.controls[endpointControl.state] = endpointState[state];
}

/** Candidates from a list that is not empty, in this order. */
export function candidatesOf(endpoints: readonly Endpoint[]): Candidates {
  const [first, ...others] = endpoints;
  if (first === undefined) throw new Error('Candidates are never empty');
  return [first, ...others];
}
