// Hot path. A draw by weight for every pick, in constant time for any number of endpoints.
// Balancers that know nothing of each other still spread evenly, and none of them moves in step.
import { WeightedDraw } from '../../../foundation/algorithms/weighted-draw.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import { definePolicy } from '../policy.ts';

export const weightedRandom = definePolicy({
  name: 'weighted-random',
  summary: 'Draws an endpoint at random, with chances by weight.',
  choose: 'Endpoints of different strength behind many balancers that know nothing of each other, and requests that cost much the same.',
  cost: 'O(1) for a pick, O(n) to build.',
  source: 'M. D. Vose, IEEE TSE 17(9), 1991 (alias method).',
  honoursWeights: true,
  options: {},
  build: (candidates, _settings, { random }) => {
    const chances = new WeightedDraw(candidates.map(({ weight }) => weight));
    return { pick: () => itemAt(candidates, chances.draw(random)) };
  },
});
