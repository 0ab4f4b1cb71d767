// The simulator gives what queueing theory says, or nothing that it shows of a policy means anything.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Candidates, PolicyTools } from '../../src/domain/balancing/policy.ts';
import { itemAt } from '../../src/foundation/basics/item-at.ts';
import { times } from '../../test/support/endpoints.ts';
import { constant, exponential, gamma, hyperexponential, normalFromZero } from './draws.ts';
import type { Figures } from './figures.ts';
import type { ServerModel } from './servers.ts';
import { delay, queue, sharing } from './servers.ts';
import type { Scenario } from './simulate.ts';
import { simulate } from './simulate.ts';

const seed = 11;

/** Servers with work of a mean of 1 ms, busy for nine tenths of the time. */
function run(policy: Scenario['policy'], count: number, requests: number, more: Partial<Scenario> = {}): Figures {
  const rate = 0.9 * count;
  const duration = requests / rate;
  const endpoints = times(count, () => ({ server: queue(exponential(1)) }));
  return simulate({ policy, endpoints, arrivalsPerSecond: 1000 * rate, duration, warmUp: duration / 5, seed, ...more });
}

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance * expected, `${actual} instead of ${expected}`);
}

/** The shortest queue of all, ties drawn. */
const shortestQueue = (candidates: Candidates, { random }: PolicyTools) => ({
  pick: () => {
    const least = Math.min(...candidates.map(({ load }) => load.inFlight));
    const shortest = candidates.filter(({ load }) => load.inFlight === least);
    return itemAt(shortest, Math.floor(random() * shortest.length));
  },
});

describe('one server', () => {
  const alone = (server: ServerModel, perSecond: number, more: Partial<Scenario> = {}) =>
    simulate({ policy: 'random', endpoints: [{ server }], arrivalsPerSecond: perSecond, duration: 200_000, warmUp: 1000, seed, ...more });

  test('M/M/1: 1 / (1 - rho)', () => near(alone(queue(exponential(1)), 500).meanLatency, 2, 0.03));

  test('M/D/1 and M/G/1 with a squared variation of 4: Pollaczek and Khinchine', () => {
    near(alone(queue(constant(1)), 500).meanLatency, 1.5, 0.03);
    near(alone(queue(hyperexponential(1, 4)), 500).meanLatency, 3.5, 0.06);
  });

  test('M/M/3: Erlang C', () => {
    // Offered 2: C = (2^3/3!)(1/(1-2/3)) / (1 + 2 + 2 + 4) = 4/9, and T = 1 + C/(3 - 2).
    near(alone(queue(exponential(1), 3), 2000, { duration: 100_000 }).meanLatency, 1 + 4 / 9, 0.03);
  });

  test('M/G/1 with a shared processor: 1 / (1 - rho), whatever the variation', () => {
    near(alone(sharing(exponential(1), 1), 500).meanLatency, 2, 0.04);
    near(alone(sharing(hyperexponential(1, 4), 1), 500).meanLatency, 2, 0.06);
  });

  test('M/M/3 again, when three processors are shared and none is used by two', () => {
    // The number of requests is the same chain as in the queue, so by Little's law the mean time is too.
    near(alone(sharing(exponential(1), 3), 2000, { duration: 100_000 }).meanLatency, 1 + 4 / 9, 0.03);
  });

  test('a pure delay is what was drawn, however many requests there are', () => {
    const figures = alone(delay(constant(7)), 5000, { duration: 2000 });
    assert.ok(Math.abs(figures.quantile(0) - 7) < 1e-6 && Math.abs(figures.quantile(1) - 7) < 1e-6);
    near(alone(delay(gamma(4, 75)), 500).meanLatency, 75, 0.01);
    near(alone(delay(normalFromZero(75, 75)), 500).meanLatency, 81.25, 0.01);
  });

  test('a processor that slows down takes longer from then on, also for what it has begun', () => {
    const cores = (_random: unknown, now: number) => (now < 1000 ? { cores: 1, until: 1000 } : { cores: 0.5, until: Infinity });
    const { timeline } = alone(sharing(constant(1), cores), 10, { duration: 2000, warmUp: 0, timelineEvery: 1000 });
    near(timeline[0]?.meanLatency ?? 0, 1, 0.02);
    near(timeline[1]?.meanLatency ?? 0, 2, 0.04);
  });
});

describe('a hundred servers that are busy for nine tenths of the time', () => {
  test('drawn at random: 10', () => near(run('random', 100, 400_000).meanLatency, 10, 0.08));
  test('in turns: 5.24', () => near(run('round-robin', 100, 1_000_000).meanLatency, 5.24, 0.06));
  test('the shorter of two queues: 2.657', () => near(run('least-connections', 100, 200_000).meanLatency, 2.657, 0.03));
  test('the shortest of all queues: 1.066', () => near(run(shortestQueue, 100, 100_000).meanLatency, 1.066, 0.02));

  test('the shorter of two queues as they were some time ago', () => {
    near(run('least-connections', 100, 150_000, { loadSeenEvery: 1 }).meanLatency, 2.97, 0.04);
    near(run('least-connections', 100, 150_000, { loadSeenEvery: 5 }).meanLatency, 4.01, 0.06);
  });

  test('several workers see the load that all of them make', () => {
    near(run('least-connections', 100, 150_000, { workers: 4 }).meanLatency, 2.657, 0.04);
  });
});

describe('ten servers', () => {
  test('the shortest of all queues, as least-connections finds it: 1.91', () => {
    near(run('least-connections', 10, 200_000).meanLatency, 1.91, 0.04);
  });
});

describe('what a scenario can ask for', () => {
  const endpoints = times(2, () => ({ server: queue(exponential(10)) }));
  const scenario = { policy: 'random', endpoints, arrivalsPerSecond: 300, duration: 5000, seed } as const;

  test('the same scenario gives the same figures, and another seed others', () => {
    assert.equal(simulate(scenario).meanLatency, simulate(scenario).meanLatency);
    assert.notEqual(simulate(scenario).meanLatency, simulate({ ...scenario, seed: 12 }).meanLatency);
  });

  test('a timeout stops the work that it gives up', () => {
    const { quantile, shareSucceeded } = simulate({ ...scenario, arrivalsPerSecond: 1000, timeout: 50 });
    assert.ok(Math.abs(quantile(1) - 50) < 1e-6);
    // Two servers of 100 a second each; had the work gone on, hardly anything would be in time.
    assert.ok(shareSucceeded > 0.15 && shareSucceeded < 0.21, `${shareSucceeded}`);
  });

  test('a limit on connections refuses what has no room', () => {
    const { refused, arrivals, timeline } = simulate({
      ...scenario,
      arrivalsPerSecond: 1000,
      endpoints: endpoints.map((endpoint) => ({ ...endpoint, maxConnections: 3 })),
      timelineEvery: 1000,
    });
    // The rest is what two servers of 100 a second carry.
    near(arrivals - refused, 1000, 0.1);
    for (const { inFlight } of timeline) assert.ok(Math.max(...inFlight) <= 3);
  });

  test('the timeline adds up to the whole', () => {
    const { timeline, arrivals, endpoints: whole } = simulate({ ...scenario, timelineEvery: 1000 });
    assert.equal(timeline.length, 5);
    assert.equal(
      timeline.reduce((sum, step) => sum + step.arrivals, 0),
      arrivals,
    );
    assert.equal(
      timeline.reduce((sum, step) => sum + (step.picks[1] ?? 0), 0),
      whole[1]?.picks,
    );
  });

  test('a body keeps a request in flight after its answer', () => {
    const withBody = [{ server: delay(constant(1)), body: constant(100) }];
    const { meanLatency, meanOfBusiest } = simulate({ ...scenario, endpoints: withBody, duration: 20_000, warmUp: 1000 });
    near(meanLatency, 1, 0.001);
    // Little's law: 300 a second for 101 ms.
    near(meanOfBusiest, 30.3, 0.05);
  });

  test('an answer with a status of 500 is no success', () => {
    const failing = [{ server: delay(constant(1)), status: () => 500 }];
    assert.equal(simulate({ ...scenario, endpoints: failing }).succeeded, 0);
  });
});
