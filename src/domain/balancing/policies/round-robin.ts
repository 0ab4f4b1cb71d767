// Hot path. Each candidate in turn, as often as its weight says. Several workers take their turns together, from one number in shared memory,
// so that shares are exact over all of them. Turns start at a random place: balancers started together do not all ask the same endpoint first.
import { SharedStrideSchedule, SharedTurns, StrideSchedule } from '../../../foundation/algorithms/stride-schedule.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { Random } from '../../../foundation/basics/random.ts';
import { keptTurns } from '../kept-turns.ts';
import type { Candidates, PolicyTools } from '../policy.ts';
import { definePolicy } from '../policy.ts';

// Smooth weights spread turns most evenly and keep every cycle exact, but look at all candidates for each pick.
// Up to this many that costs a seventh of a microsecond at most; above, the stride schedule passes over a few of them only.
const smoothUpTo = 64;
/** The resolution of weights in a stride schedule, and so the number of places where it may start. */
const generations = 65_535;
/** With weights further apart each worker takes turns of its own: its shares are exact, and so is their sum but for a turn or two. */
const mostSkew = 16;
/** Of the 2^32 turns after which the shared number begins anew, those that may lie before the start. */
const firstTurns = 2 ** 30;

export const roundRobin = definePolicy({
  name: 'round-robin',
  summary: 'Picks each endpoint in turn, as often as its weight says, over all workers together.',
  choose: 'Endpoints of known strength and requests that cost much the same; the plainest choice, and the default.',
  cost:
    'O(1) for a pick with equal weights; otherwise O(n) with one worker and up to 64 endpoints, and the heaviest weight divided by the mean ' +
    'on average with more of either. O(n) to build.',
  source: 'nginx (smooth weighted round robin); gRPC proposal A58 (static stride scheduler).',
  honoursWeights: true,
  options: {},
  build: (candidates, _settings, tools) => {
    const turns = turnsOf(candidates, tools);
    return { pick: () => itemAt(candidates, turns.next()) };
  },
});

function turnsOf(candidates: Candidates, tools: PolicyTools): { next(): number } {
  const weights = candidates.map(({ weight }) => weight);
  const isEqual = weights.every((weight) => weight === weights[0]);
  if (tools.turns !== undefined && skewOf(weights) <= mostSkew) {
    startAnywhere(tools.turns, tools.random);
    return isEqual ? new SharedTurns(weights.length, tools.turns, 0) : new SharedStrideSchedule(weights, tools.turns, 0);
  }
  if (isEqual || candidates.length <= smoothUpTo) return keptTurns(candidates, tools);
  return new StrideSchedule(weights, Math.floor(tools.random() * generations));
}

/** How many places a shared turn passes over on average, each an atomic addition. */
const skewOf = (weights: readonly number[]): number => {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return (weights.length * weights.reduce((most, weight) => Math.max(most, weight), 0)) / sum;
};

/** The first worker that comes decides; what changes later goes on from the turn that the workers have come to. */
function startAnywhere(turns: Int32Array, random: Random): void {
  Atomics.compareExchange(turns, 0, 0, Math.floor(random() * firstTurns));
}
