// Hot path. The less busy of two endpoints drawn by weight, or of a few more.
// M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001: the second choice shortens queues
// exponentially, each further one by a constant. What is known of the load may be old, since nobody runs after the least busy of all.
import { WeightedDraw } from '../../../foundation/algorithms/weighted-draw.ts';
import { leastBusy, leastBusyDrawn } from '../least-busy.ts';
import { count } from '../options.ts';
import { definePolicy } from '../policy.ts';

// Two draws among so few are often the same one, and to look at all of them costs no more than to draw.
const scanUpTo = 4;

export const powerOfTwoChoices = definePolicy({
  name: 'power-of-two-choices',
  summary: 'Draws two endpoints by weight and picks the one with fewer requests in flight for its weight.',
  choose: 'The best start for most pools: it follows load like least-connections, and stays calm with many workers and many balancers.',
  cost: 'O(choices) for a pick, whatever the number of endpoints; O(n) to build.',
  source: 'M. Mitzenmacher, IEEE TPDS 12(10), 2001; Envoy (least request), nginx (random two least_conn), Finagle (P2C).',
  honoursWeights: true,
  options: {
    choices: count({
      least: 2,
      most: 16,
      default: 2,
      about: 'How many endpoints are drawn. More follow load more closely, each by a little less.',
    }),
  },
  build: (candidates, { choices }, { random }) => {
    if (candidates.length <= Math.max(scanUpTo, choices)) return { pick: () => leastBusy(candidates, random) };
    const chances = new WeightedDraw(candidates.map(({ weight }) => weight));
    return { pick: () => leastBusyDrawn(candidates, chances, choices, random) };
  },
});
