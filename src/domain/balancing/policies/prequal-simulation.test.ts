// What the policy is for: machines whose speed changes because others use them too. Turns overload the slow ones, though all would fit; the
// policy does not. The paper's experiment in small: shared processors, a fifth of them contended, work normally distributed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { exponential, normalFromZero, uniform } from '../../../../bench/simulation/draws.ts';
import type { Capacities } from '../../../../bench/simulation/servers.ts';
import { sharing } from '../../../../bench/simulation/servers.ts';
import type { Scenario } from '../../../../bench/simulation/simulate.ts';
import { simulate } from '../../../../bench/simulation/simulate.ts';
import { times } from '../../../../test/support/endpoints.ts';

/** One core where others are at work, two to four where not; all of it changes every twenty seconds or so. */
const contended: Capacities = (random, now) => ({
  cores: random() < 0.2 ? 1 : uniform(2, 4)(random, now),
  until: now + exponential(20_000)(random, now),
});
/** Milliseconds: the mean of what is drawn, with 0 for what lies below. */
const meanWork = 81.2;

/** `load` is the work that arrives, in cores for each of a hundred machines, which have 2.6 on average. */
function failures(policy: Scenario['policy'], load: number, workers = 1): number {
  const { shareSucceeded } = simulate({
    policy,
    endpoints: times(100, () => ({ server: sharing(normalFromZero(75, 75), contended) })),
    arrivalsPerSecond: (load * 100 * 1000) / meanWork,
    duration: 45_000,
    warmUp: 15_000,
    timeout: 5_000,
    goodWithin: 5_000,
    seed: 5,
    workers,
  });
  return 1 - shareSucceeded;
}

describe('prequal on machines that are used by others too', () => {
  test('fails no request at half of what the machines can do, where turns fail one in fifty', () => {
    const turns = failures('round-robin', 1.27);
    assert.ok(turns > 0.02, `${turns}`);
    for (const hotQuantile of [0.59, 0.7]) assert.equal(failures({ policy: 'prequal', hotQuantile }, 1.27), 0);
  });

  test('fails none at two thirds either, nor with several workers that read for themselves', () => {
    assert.equal(failures('prequal', 1.74, 4), 0);
  });

  test('breaks down when it goes by latency alone', () => {
    assert.ok(failures({ policy: 'prequal', hotQuantile: 1 }, 1.27) > 0.1);
  });
});
