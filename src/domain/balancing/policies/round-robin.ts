// Hot path. Each candidate in turn, as often as its weight says.
// Every picker starts at a place of its own, so that workers and balancers started together do not all ask the same endpoint first.
import { SmoothWeights } from '../../../foundation/algorithms/smooth-weights.ts';
import { StrideSchedule } from '../../../foundation/algorithms/stride-schedule.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { Random } from '../../../foundation/basics/random.ts';
import type { Candidates, Picker } from '../policy.ts';
import { definePolicy } from '../policy.ts';

// Smooth weights spread turns most evenly and keep every cycle exact, but look at all candidates for each pick.
// Up to this many that costs a seventh of a microsecond at most; above, the stride schedule passes over a few of them only.
const smoothUpTo = 64;

export const roundRobin = definePolicy({
  name: 'round-robin',
  summary: 'Picks each endpoint in turn, as often as its weight says.',
  choose: 'Endpoints of known strength and requests that cost much the same; the plainest choice, and the default.',
  cost: 'O(1) for a pick with equal weights or above 64 endpoints, O(n) below; O(n) to build.',
  source: 'nginx (smooth weighted round robin); gRPC proposal A58 (static stride scheduler).',
  honoursWeights: true,
  options: {},
  build: (candidates, _settings, { random }) => {
    const equal = candidates.every(({ weight }) => weight === candidates[0].weight);
    if (equal) return plainTurns(candidates, random);
    return weightedTurns(candidates, random);
  },
});

function plainTurns(candidates: Candidates, random: Random): Picker {
  let next = Math.floor(random() * candidates.length);
  return {
    pick: () => {
      const endpoint = itemAt(candidates, next);
      next = next + 1 === candidates.length ? 0 : next + 1;
      return endpoint;
    },
  };
}

function weightedTurns(candidates: Candidates, random: Random): Picker {
  const weights = candidates.map(({ weight }) => weight);
  if (candidates.length > smoothUpTo) {
    const schedule = new StrideSchedule(weights, Math.floor(random() * 65_535));
    return { pick: () => itemAt(candidates, schedule.next()) };
  }

  const turns = new SmoothWeights(weights);
  // A few turns taken in advance put the start somewhere in the cycle.
  for (let skip = Math.floor(random() * 4 * candidates.length); skip > 0; skip--) turns.next();
  return { pick: () => itemAt(candidates, turns.next()) };
}
