// Hot path. Fills endpoints up one after the other, so that as few as possible are at work and the last ones can be taken away.
// What HAProxy calls `first`.
import { itemAt } from '../../../foundation/basics/item-at.ts';
import { leastBusy } from '../least-busy.ts';
import { count } from '../options.ts';
import { definePolicy } from '../policy.ts';

export const firstAvailable = definePolicy({
  name: 'first-available',
  summary: 'Picks the first endpoint of the list that has room; when none has, the one with the fewest requests in flight for its weight.',
  choose:
    'Endpoints that cost money while they work: the first ones are filled and the last ones stay idle, to be stopped and started by need. ' +
    'Without `cap` and without `maxConnections` all goes to the first one.',
  cost: 'O(n) for a pick at worst, O(1) while the first endpoints have room; O(n) to build.',
  source: 'HAProxy (first).',
  honoursWeights: false,
  options: {
    cap: count({
      least: 0,
      most: 1_000_000,
      default: 0,
      about:
        'Requests in flight, from all workers together, with which any endpoint counts as full; 0 for its own `maxConnections`. Whichever is less.',
    }),
  },
  build: (candidates, { cap }, { random }) => {
    const caps = Float64Array.from(candidates, ({ maxConnections }) => (cap > 0 ? Math.min(cap, maxConnections) : maxConnections));
    return {
      pick: ({ attempt }) => {
        // A retry leaves out as many as were tried before it.
        let left = attempt;
        for (let index = 0; index < candidates.length; index++) {
          const endpoint = itemAt(candidates, index);
          // There is a cap for every candidate, which the compiler cannot see.
          if (endpoint.load.inFlight < (caps[index] as number) && left-- === 0) return endpoint;
        }
        return leastBusy(candidates, random);
      },
    };
  },
});
