// Hot path. The endpoint with the fewest requests in flight for its weight, counting what all workers have sent there.
// Above 64 candidates the less busy of two drawn ones, which comes close to the least busy of all without looking at all of them:
// M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001.
import { WeightedDraw } from '../../../foundation/algorithms/weighted-draw.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { Random } from '../../../foundation/basics/random.ts';
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { Candidates, Picker } from '../policy.ts';
import { definePolicy } from '../policy.ts';

const scanUpTo = 64;

export const leastConnections = definePolicy({
  name: 'least-connections',
  summary: 'Picks the endpoint with the fewest requests in flight for its weight; among equals it draws by weight.',
  choose: 'Requests of very different cost, or connections that last: WebSockets, downloads, reports.',
  cost: 'O(n) for a pick up to 64 endpoints, O(1) above; O(n) to build.',
  source: 'nginx (least_conn); M. Mitzenmacher, IEEE TPDS 12(10), 2001.',
  honoursWeights: true,
  options: {},
  build: (candidates, _settings, { random }) =>
    candidates.length > scanUpTo ? lessBusyOfTwo(candidates, random) : leastBusy(candidates, random),
});

function leastBusy(candidates: Candidates, random: Random): Picker {
  return {
    pick: () => {
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
        // The first one winning would send all light traffic to one endpoint, from every worker.
        tiedWeight = difference === 0 ? tiedWeight + endpoint.weight : endpoint.weight;
        if (difference === 0 && random() * tiedWeight >= endpoint.weight) continue;
        best = endpoint;
        bestInFlight = inFlight;
      }
      return best;
    },
  };
}

function lessBusyOfTwo(candidates: Candidates, random: Random): Picker {
  const chances = new WeightedDraw(candidates.map(({ weight }) => weight));
  return {
    pick: () => {
      const one = itemAt(candidates, chances.draw(random));
      const other = itemAt(candidates, chances.draw(random));
      // A tie goes to the one drawn first, which is as fair as the draw.
      return other.load.inFlight * one.weight < one.load.inFlight * other.weight ? other : one;
    },
  };
}
