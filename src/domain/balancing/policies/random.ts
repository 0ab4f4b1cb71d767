// Hot path. A draw by weight for every pick. Balancers that know nothing of each other still spread evenly, and none of them moves in step.
import { WeightedDraw } from '../../../foundation/algorithms/weighted-draw.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import { definePolicy } from '../policy.ts';

export const random = definePolicy({
  name: 'random',
  summary: 'Draws an endpoint at random, with chances by weight.',
  honoursWeights: true,
  options: {},
  build: (candidates, _settings, { random }) => {
    const chances = new WeightedDraw(candidates.map(({ weight }) => weight));
    return { pick: () => itemAt(candidates, chances.draw(random)) };
  },
});
