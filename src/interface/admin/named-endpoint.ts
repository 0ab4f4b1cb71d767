// From the names in a path to a pool or an endpoint, or to an answer that says which names there are.
import type { EndpointPlace, UnknownName } from '../../control-plane/supervising/endpoint-controls.ts';
import { nearestName } from '../../foundation/algorithms/nearest-name.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import { readFigures } from './figures.ts';
import type { AdminView, Answer } from './operation.ts';
import { jsonAnswer } from './operation.ts';
import type { EndpointFigures, PoolFigures } from './pool-figures.ts';

export function findPool(view: AdminView, name: string): Result<PoolFigures, Answer> {
  const { pools } = readFigures(view);
  const pool = pools.find((candidate) => candidate.name === name);
  return pool === undefined ? fault(unknownName({ kind: 'pool', name, names: pools.map((known) => known.name) })) : success(pool);
}

export interface NamedEndpoint {
  readonly place: EndpointPlace;
  /** As it is when asked. */
  readonly figures: () => EndpointFigures;
}

export function findEndpoint(
  view: AdminView,
  { pool, endpoint }: { readonly pool: string; readonly endpoint: string },
): Result<NamedEndpoint, Answer> {
  const found = view.supervisor.endpoints.find(pool, endpoint);
  if (!found.ok) return fault(unknownName(found.fault));
  return success({ place: found.value, figures: () => figuresOf(view, found.value) });
}

function figuresOf(view: AdminView, { pool, id }: EndpointPlace): EndpointFigures {
  const figures = readFigures(view)
    .pools.find(({ name }) => name === pool)
    ?.endpoints.find((endpoint) => endpoint.id === id);
  if (figures === undefined) throw new Error(`Endpoint ${id} of pool ${pool} was found, and has no figures.`);
  return figures;
}

function unknownName({ kind, name, names }: UnknownName): Answer {
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? '' : ` Did you mean ${JSON.stringify(nearest)}?`;
  return jsonAnswer(404, { error: `There is no ${kind} ${JSON.stringify(name)}.${hint}`, [`${kind}s`]: names });
}
