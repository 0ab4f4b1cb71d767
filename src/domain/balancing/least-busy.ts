// Hot path. Who has the fewest requests in flight for its weight, of all candidates or of a few drawn ones. What ties is chosen by weight,
// so that an idle pool is spread as its weights say: the first of the list winning would send all light traffic to one endpoint, from every
// worker and every balancer.
import type { WeightedDraw } from '../../foundation/algorithms/weighted-draw.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import type { Random } from '../../foundation/basics/random.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Candidates } from './policy.ts';

/** Looks at all of them. */
export function leastBusy(candidates: Candidates, random: Random): Endpoint {
  let best: Endpoint = candidates[0];
  let bestInFlight = best.load.inFlight;
  let tiedWeight = best.weight;
  for (let index = 1; index < candidates.length; index++) {
    const endpoint = itemAt(candidates, index);
    const inFlight = endpoint.load.inFlight;
    // inFlight / weight < bestInFlight / best.weight, without the division.
    const difference = inFlight * best.weight - bestInFlight * endpoint.weight;
    if (difference > 0) continue;

    // Each of those that tie takes over with its share of their weight, which leaves every one with a fair chance in a single pass.
    tiedWeight = difference === 0 ? tiedWeight + endpoint.weight : endpoint.weight;
    if (difference === 0 && random() * tiedWeight >= endpoint.weight) continue;
    best = endpoint;
    bestInFlight = inFlight;
  }
  return best;
}

/**
 * Looks at as many drawn ones as `choices` says. The same one may be drawn twice: drawing different ones would ask light endpoints more often
 * than their weight says. `chances` are those of the candidates' weights.
 */
export function leastBusyDrawn(candidates: Candidates, chances: WeightedDraw, choices: number, random: Random): Endpoint {
  let best = itemAt(candidates, chances.draw(random));
  let bestInFlight = best.load.inFlight;
  for (let choice = 1; choice < choices; choice++) {
    const other = itemAt(candidates, chances.draw(random));
    const inFlight = other.load.inFlight;
    // A tie goes to the one drawn first, which is as fair as the draw.
    if (inFlight * best.weight >= bestInFlight * other.weight) continue;
    best = other;
    bestInFlight = inFlight;
  }
  return best;
}
