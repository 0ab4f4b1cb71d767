// Hot path. The endpoint with the fewest requests in flight for its weight, counting what all workers have sent there.
// Above 64 candidates the less busy of two drawn ones, which comes close to the least busy of all without looking at all of them:
// M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001.
// With a bias turns by deadline, in which load lowers a weight, as Envoy's least request has it for weights that differ.
import { DeadlineSchedule } from '../../../foundation/algorithms/deadline-schedule.ts';
import { WeightedDraw } from '../../../foundation/algorithms/weighted-draw.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { Random } from '../../../foundation/basics/random.ts';
import { leastBusy, leastBusyDrawn } from '../least-busy.ts';
import { count, number, word } from '../options.ts';
import type { Candidates, Picker } from '../policy.ts';
import { definePolicy } from '../policy.ts';

const scanUpTo = 64;

export const leastConnections = definePolicy({
  name: 'least-connections',
  summary: 'Picks the endpoint with the fewest requests in flight for its weight; among equals it draws by weight.',
  choose:
    'Requests of very different cost, or connections that last: WebSockets, downloads, reports. Have endpoints checked for failures ' +
    'beside it: one that fails at once is never busy, and draws everything to itself.',
  cost: 'O(n) for a pick up to 64 endpoints or with `scan: full`, O(choices) above, O(log n) with a bias; O(n) to build.',
  source: 'nginx (least_conn); M. Mitzenmacher, IEEE TPDS 12(10), 2001; Envoy (least request with active request bias).',
  honoursWeights: true,
  options: {
    scan: word({
      words: ['auto', 'full'],
      default: 'auto',
      about: 'Which endpoints are looked at: `full` for all of them, `auto` for all up to 64 and a few drawn ones above.',
    }),
    choices: count({ least: 2, most: 16, default: 2, about: 'How many endpoints are drawn where not all are looked at.' }),
    bias: number({
      least: 0,
      most: 10,
      default: 0,
      about:
        'Above 0, endpoints take turns by weight / (requests in flight + 1) ^ bias instead: 1 halves the turns of an endpoint that is twice ' +
        'as busy, less leans more on weights. `scan` and `choices` mean nothing then.',
    }),
  },
  build: (candidates, { scan, choices, bias }, { random }) => {
    if (bias > 0) return turnsByLoad(candidates, bias, random);
    if (scan === 'full' || candidates.length <= scanUpTo) return { pick: () => leastBusy(candidates, random) };
    const chances = new WeightedDraw(candidates.map(({ weight }) => weight));
    return { pick: () => leastBusyDrawn(candidates, chances, choices, random) };
  },
});

function turnsByLoad(candidates: Candidates, bias: number, random: Random): Picker {
  const weightOf = (index: number): number => {
    const { weight, load } = itemAt(candidates, index);
    return weight / (load.inFlight + 1) ** bias;
  };
  const schedule = new DeadlineSchedule(candidates.length, weightOf, random);
  return {
    pick: () => itemAt(candidates, schedule.next()),
    // An endpoint that was very busy at its last turn has its next one far away, and nothing else would bring that nearer when its requests end.
    refresh: () => {
      for (let index = 0; index < candidates.length; index++) schedule.raise(index);
    },
  };
}
