// Endpoints to pick from, on a scoreboard of their own.
import type { Candidates, PolicyTools } from '../../src/domain/balancing/policy.ts';
import type { Endpoint } from '../../src/domain/endpoints/endpoint.ts';
import { EndpointLoad } from '../../src/domain/endpoints/endpoint-load.ts';
import { endpointControl, endpointState, Scoreboard } from '../../src/domain/endpoints/scoreboard.ts';
import type { Random } from '../../src/foundation/basics/random.ts';
import { seeded } from '../../src/foundation/basics/random.ts';

/** One endpoint for each weight: `e0:80`, `e1:80` and so on, all idle. */
export function endpointsOf(weights: readonly number[]): Candidates {
  const board = new Scoreboard({ workers: 1, endpoints: weights.length, listeners: 0, pools: 1 });
  const endpoints = weights.map(
    (weight, slot): Endpoint => ({
      id: `e${slot}:80`,
      address: { kind: 'tcp', host: `e${slot}`, port: 80 },
      weight,
      maxConnections: Number.POSITIVE_INFINITY,
      tier: 0,
      load: new EndpointLoad(board, 0, slot),
    }),
  );
  for (const { load } of endpoints) boards.set(load, board);
  return candidatesOf(endpoints);
}

/** One endpoint for each id, all of weight 1 unless weights are given. */
export function namedEndpoints(ids: readonly string[], weights: readonly number[] = []): Candidates {
  const endpoints = endpointsOf(ids.map((_, index) => weights[index] ?? 1));
  return candidatesOf(endpoints.map((endpoint, index) => ({ ...endpoint, id: ids[index] ?? '' })));
}

/** A list that is not empty, in this order. */
export function candidatesOf(endpoints: readonly Endpoint[]): Candidates {
  const [first, ...others] = endpoints;
  if (first === undefined) throw new Error('Candidates are never empty');
  return [first, ...others];
}

const boards = new WeakMap<EndpointLoad, Scoreboard>();

/** As the control plane would, for everybody who looks at the scoreboard. */
export function setControl({ load }: Pick<Endpoint, 'load'>, control: keyof typeof endpointControl, value: number): void {
  const controls = boards.get(load)?.controls(load.slot);
  if (controls === undefined) throw new Error('Only endpoints that were made here can be told something.');
  controls[endpointControl[control]] = value;
}

/** The endpoint is in this state from now on. */
export function turn(endpoint: Endpoint, state: keyof typeof endpointState): void {
  setControl(endpoint, 'state', endpointState[state]);
}

/** How often each of the endpoints is among the picks, in their order. */
export function countPicks(endpoints: readonly Endpoint[], picks: readonly Endpoint[]): number[] {
  return endpoints.map((endpoint) => picks.filter((picked) => picked === endpoint).length);
}

/** The results of calling something so many times. */
export const times = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** What a policy is built with, of one worker alone: chance from a seed, and a clock that stands still unless `now` is given. */
export function policyTools(
  given: { readonly random?: Random; readonly now?: () => number; readonly turns?: Int32Array } = {},
): PolicyTools {
  const memories = new Map<string, unknown>();
  return {
    random: seeded(1),
    now: () => 1_000_000,
    ...given,
    remember: <Memory>(endpoint: Endpoint, make: () => Memory): Memory => {
      if (!memories.has(endpoint.id)) memories.set(endpoint.id, make());
      // Each policy keeps one kind of memory.
      return memories.get(endpoint.id) as Memory;
    },
  };
}
