// Hot path. Rendezvous hashing, also called highest random weight: every endpoint has a score for the key, and the highest score has it.
// D. G. Thaler and C. V. Ravishankar, IEEE/ACM Transactions on Networking 6(1), 1998; weights by logarithms.
import { ExactScores, FastScores } from '../../../foundation/algorithms/rendezvous-scores.ts';
import { memberOf, sortedById } from '../keyed/by-name.ts';
import { KeyedPicker } from '../keyed/keyed-picker.ts';
import { RendezvousOrder } from '../keyed/rendezvous-order.ts';
import { keyedOn, keyedOptions } from '../keyed-options.ts';
import { word } from '../options.ts';
import { definePolicy } from '../policy.ts';

export const rendezvous = definePolicy({
  name: 'rendezvous',
  summary: 'Sends the same key to the same endpoint, by scores; shares follow weights, and nothing moves that need not.',
  choose:
    'Caches behind up to a few hundred endpoints: the fewest keys move of all ways, also when weights change. Above, maglev is faster.',
  cost: 'O(n) for a pick: about 6 ns for each endpoint with fast scores, and 70 ns with exact ones; O(n log n) to build.',
  source: 'D. G. Thaler and C. V. Ravishankar, IEEE/ACM ToN 6(1), 1998; C. Schindler and G. Schomaker, SPAA 2005 (weights).',
  honoursWeights: true,
  keyedOn,
  options: {
    ...keyedOptions,
    scores: word({
      words: ['fast', 'exact'],
      default: 'fast',
      about:
        'fast: endpoint and key are hashed once each and mixed, as Envoy does. exact: XXH64 of the id, a zero byte and the key, for agreeing with another ' +
        'program that computes the same.',
    }),
  },
  build: (candidates, { scores }) => {
    const sorted = sortedById(candidates);
    const members = sorted.map(memberOf);
    const scored = scores === 'fast' ? new FastScores(members) : new ExactScores(members);
    return new KeyedPicker(sorted, new RendezvousOrder(scored, members.length));
  },
});
