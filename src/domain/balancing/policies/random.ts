// Hot path. Any endpoint, each as likely as the others. Nothing is known of other balancers and nothing kept, so none of them moves in step.
import { itemAt } from '../../../foundation/basics/item-at.ts';
import { definePolicy } from '../policy.ts';

export const random = definePolicy({
  name: 'random',
  summary: 'Draws an endpoint at random, every one alike, whatever it weighs.',
  choose: 'Equal endpoints behind many balancers that know nothing of each other, and as a yardstick for every other policy.',
  cost: 'O(1) for a pick and to build.',
  source: 'HAProxy (random with one draw and equal weights); Envoy (random).',
  honoursWeights: false,
  options: {},
  build: (candidates, _settings, { random }) => ({
    pick: () => itemAt(candidates, Math.floor(random() * candidates.length)),
  }),
});
