// Hot path. Steps past the endpoints that this exchange has tried, so that a retry goes elsewhere, around any policy.
import { itemAt } from '../../foundation/basics/item-at.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Candidates, Picker, PickRequest } from './policy.ts';

// With half of the endpoints tried, one exchange in sixteen has to do without its policy.
const asks = 4;

/** An endpoint that is not among the tried ones, as the policy would have it; undefined when all were tried. */
export function pickUntried(
  picker: Picker,
  candidates: Candidates,
  tried: readonly Endpoint[],
  request: PickRequest,
): Endpoint | undefined {
  const first = picker.pick(request);
  if (isUntried(first, tried)) return first;

  for (let ask = 1; ask < asks; ask++) {
    // A policy with affinity answers the same request in the same way: asking as a later attempt moves it on.
    const picked = picker.pick({ key: request.key, attempt: request.attempt + ask });
    if (isUntried(picked, tried)) return picked;
  }
  return nextUntried(first, candidates, tried);
}

/** Goes on from where the policy wants to be: starting at the top of the list would send every such exchange to the same endpoint. */
function nextUntried(from: Endpoint, candidates: Candidates, tried: readonly Endpoint[]): Endpoint | undefined {
  const start = candidates.indexOf(from);
  for (let step = 1; step < candidates.length; step++) {
    const endpoint = itemAt(candidates, (start + step) % candidates.length);
    if (isUntried(endpoint, tried)) return endpoint;
  }
  return undefined;
}

/** By id, because an endpoint of an earlier snapshot is the same endpoint. The list is as short as the retries are few. */
function isUntried(endpoint: Endpoint, tried: readonly Endpoint[]): boolean {
  for (const other of tried) if (other.id === endpoint.id) return false;
  return true;
}
