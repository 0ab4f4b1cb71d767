// What all policies must do. The list is read, not repeated: a new policy is tested by being on it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { endpointsOf, times } from '../../../../test/support/endpoints.ts';
import type { Clock } from '../../../../test/support/policies/policy-runs.ts';
import { Exchanges, pickerFor, requestsOf } from '../../../../test/support/policies/policy-runs.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { Options } from '../options.ts';
import type { Candidates, Picker, Policy } from '../policy.ts';
import { allPolicies, policySettings } from '../policy-settings.ts';

type AnyPolicy = Policy<string, Options>;

// Policies that say in their summary that the order of the list matters to them.
const goesByListOrder = new Set(['first-available', 'hash', 'ip-hash']);
// Policies whose tables, like those of the programs they follow, have places for units of weight: twice the weight is another table.
const countsUnitsOfWeight = new Set(['hash', 'ip-hash', 'consistent-hash']);

// Both sides of the sizes at which some policies change their way of choosing.
const sizes = [1, 2, 3, 64, 65, 200];
const requests = requestsOf(2 ** 15);
const mixedWeights = (size: number): number[] => times(size, (index) => 1 + (index % 3));
const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

/** With no options given, which every policy must work with. */
function build(policy: AnyPolicy, candidates: Candidates, seed: number, clock?: Clock): Picker {
  const settings = policySettings.parse({ policy: policy.name });
  return pickerFor(policy, settings, candidates, { random: seeded(seed), ...(clock === undefined ? {} : { clock }) });
}

/** How often each endpoint of a pool is picked, by its place in the list. */
function countsOf(policy: AnyPolicy, pool: Candidates, picks: number, seed = 1): number[] {
  const picker = build(policy, pool, seed);
  const counts = new Float64Array(pool.length);
  for (let pick = 0; pick < picks; pick++) {
    const { slot } = picker.pick(itemAt(requests, pick % requests.length)).load;
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  return pool.map(({ load }) => counts[load.slot] ?? 0);
}

/** The endpoints picked by exchanges that begin and end as the seed has it. */
function liveRun(policy: AnyPolicy, pool: Candidates, steps: number, seed = 1): readonly Endpoint[] {
  const clock = { now: 1_000_000 };
  const exchanges = new Exchanges(build(policy, pool, seed, clock), { clock, seed, requests });
  return times(steps, () => exchanges.step(2 * pool.length + 3));
}

const idsOf = (picks: readonly Endpoint[]): string[] => picks.map(({ id }) => id);

/** How far a count may be from what is expected: five standard deviations of a draw. Exact turns lie far inside, and so does a fair draw. */
function tolerance(policy: AnyPolicy, expected: number): number {
  // Shares of keys are as even as a table or ring is: one of 160 points for each endpoint is within 40 % of its share, with five deviations.
  return 5 * Math.sqrt(expected) + (policy.keyedOn === undefined ? 0 : 0.4 * expected);
}

const anyWeight = fc.oneof(
  fc.integer({ min: 1, max: 256 }),
  fc.constantFrom(1e-6, 1e6, 0.1 + 0.2, 0.3, 1 / 3),
  fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
);
const anyKey = fc.oneof(
  fc.constant(undefined),
  fc.ipV4(),
  fc.ipV6(),
  fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), minLength: 1 }),
);

for (const policy of allPolicies) {
  const isKeyed = policy.keyedOn !== undefined;
  const isStateless = isKeyed && !policy.needsAssignments;

  describe(policy.name, () => {
    test('picks only from its candidates, whatever they weigh, however busy they are and whatever is asked', () => {
      const asked = fc.array(fc.tuple(anyKey, fc.nat(40)), { minLength: 1, maxLength: 20 });
      const pools = fc.array(fc.tuple(anyWeight, fc.nat(9)), { minLength: 1, maxLength: 12 });
      fc.assert(
        fc.property(pools, asked, fc.integer(), (given, asks, seed) => {
          const pool = endpointsOf(given.map(([weight]) => weight));
          const picker = build(policy, pool, seed);
          given.forEach(([, inFlight], index) => {
            for (let held = 0; held < inFlight; held++) pool[index]?.load.hold();
          });
          for (const [key, attempt] of asks) assert.ok(pool.includes(picker.pick({ key, attempt })));
        }),
        // Tables of keys take a while to build, large ones where weights are far apart.
        { seed: 0x5eed, numRuns: isKeyed ? 8 : 50 },
      );
    });

    for (const size of sizes) {
      const mixed = mixedWeights(size);

      test(`picks only from ${size} candidates as exchanges come and go, and the same again with the same seed`, () => {
        const pool = endpointsOf(mixed);
        const picks = liveRun(policy, pool, 400, size);
        for (const picked of picks) assert.ok(pool.includes(picked));
        assert.deepEqual(idsOf(liveRun(policy, endpointsOf(mixed), 400, size)), idsOf(picks));
      });

      test(`answers attempts beyond ${size} candidates`, () => {
        const pool = endpointsOf(mixed);
        const picker = build(policy, pool, 1);
        for (const attempt of [size - 1, size, size + 1, 2 * size + 1, 1000]) {
          assert.ok(pool.includes(picker.pick({ key: '10.0.0.1', attempt })));
        }
      });
    }

    for (const size of sizes.filter((one) => one > 1)) {
      if (policy.name !== 'first-available') {
        test(`leaves out none of ${size} candidates`, () => {
          assert.ok(countsOf(policy, endpointsOf(mixedWeights(size)), size * 40).every((count) => count > 0));
        });

        test(`begins somewhere else with another ${isKeyed ? 'key' : 'seed'}, of ${size}`, () => {
          const pool = endpointsOf(mixedWeights(size));
          const picker = build(policy, pool, 1);
          const firsts = times(40, (index) => (isKeyed ? picker : build(policy, pool, index)).pick(itemAt(requests, index)));
          assert.ok(new Set(firsts).size > 1);
        });
      }
    }

    if (policy.honoursWeights) honoursWeights(policy);
    if (!goesByListOrder.has(policy.name)) ignoresListOrder(policy);
    if (!countsUnitsOfWeight.has(policy.name)) ignoresScale(policy);
    if (isKeyed) walksOnByAttempt(policy);
    if (isStateless) answersByKeyAlone(policy);
  });
}

function honoursWeights(policy: AnyPolicy): void {
  for (const size of sizes.filter((one) => one > 1)) {
    test(`gives ${size} candidates shares by weight`, () => {
      const mixed = mixedWeights(size);
      const rounds = policy.keyedOn === undefined ? 400 : 80;
      const counts = countsOf(policy, endpointsOf(mixed), rounds * sumOf(mixed), size);
      counts.forEach((count, index) => {
        const expected = rounds * (mixed[index] ?? 0);
        assert.ok(Math.abs(count - expected) < tolerance(policy, expected), `${count} picks instead of ${expected} for ${index}`);
      });
    });
  }

  test('gives candidates of one weight together what they weigh', () => {
    const mixed = mixedWeights(200);
    const counts = countsOf(policy, endpointsOf(mixed), 100 * sumOf(mixed));
    for (const weight of [1, 2, 3]) {
      const expected = 100 * sumOf(mixed.filter((one) => one === weight));
      const picked = sumOf(counts.filter((_count, index) => mixed[index] === weight));
      // Unevenness of a ring or table evens out over so many.
      assert.ok(Math.abs(picked - expected) < 0.08 * expected, `${picked} instead of ${expected} for weight ${weight}`);
    }
  });

  const farApart = {
    'a millionth beside a million': [1e-6, 1e6, 0.1 + 0.2, 1],
    'one of a million beside 299': [1e6, ...times(299, () => 1)],
  };
  for (const [name, weights] of Object.entries(farApart)) {
    test(`bears weights far apart: ${name}`, () => {
      const counts = countsOf(policy, endpointsOf(weights), 2000);
      // The only one that weighs anything to speak of.
      const heavy = weights.indexOf(1e6);
      assert.ok((counts[heavy] ?? 0) >= (policy.keyedOn === undefined ? 1985 : 1000), `${counts[heavy]}`);
    });
  }

  test('gives no candidate less when its weight is raised', () => {
    const before = [1, 2, 3, 1, 2];
    const picks = 9000;
    const counts = countsOf(policy, endpointsOf(before), picks);
    before.forEach((weight, index) => {
      const after = countsOf(policy, endpointsOf(before.with(index, weight + 1)), picks)[index] ?? 0;
      assert.ok(after > (counts[index] ?? 0), `${after} picks instead of ${counts[index]} for weight ${weight + 1} instead of ${weight}`);
    });
  });
}

/** The same endpoints in another order, made anew. */
function shuffled(weights: readonly number[]): Candidates {
  const [first, ...others] = endpointsOf(weights);
  const reversed = others.toReversed();
  const [next, ...rest] = [...reversed.slice(1), first, ...reversed.slice(0, 1)];
  return [next ?? first, ...rest];
}

function ignoresListOrder(policy: AnyPolicy): void {
  const isExact = policy.keyedOn !== undefined && !policy.needsAssignments;
  test('has the same shares whatever the order of the list', () => {
    for (const size of [3, 20, 70]) {
      const mixed = mixedWeights(size);
      const one = endpointsOf(mixed);
      const other = shuffled(mixed);
      const picks = 200 * size;
      const counts = countsOf(policy, one, picks);
      const byId = new Map(countsOf(policy, other, picks, 2).map((count, index) => [other[index]?.id, count]));
      one.forEach(({ id }, index) => {
        const count = counts[index] ?? 0;
        const again = byId.get(id) ?? 0;
        if (isExact) assert.equal(again, count);
        else assert.ok(Math.abs(again - count) <= 5 * Math.sqrt(again + count), `${again} picks instead of ${count} of ${id}`);
      });
    }
  });

  if (isExact) {
    test('has each key at the same endpoint whatever the order of the list', () => {
      for (const size of [2, 3, 20, 65]) {
        const one = build(policy, endpointsOf(mixedWeights(size)), 1);
        const other = build(policy, shuffled(mixedWeights(size)), 2);
        for (let index = 0; index < 500; index++) {
          for (const attempt of [0, 1, size - 1]) {
            const request = { ...itemAt(requests, index), attempt };
            assert.equal(other.pick(request).id, one.pick(request).id);
          }
        }
      }
    });
  }
}

function ignoresScale(policy: AnyPolicy): void {
  for (const factor of [2, 3, 0.25]) {
    test(`picks the same with all weights times ${factor}`, () => {
      for (const size of [2, 3, 64, 65]) {
        const mixed = mixedWeights(size);
        const scaled = endpointsOf(mixed.map((weight) => weight * factor));
        assert.deepEqual(idsOf(liveRun(policy, scaled, 300)), idsOf(liveRun(policy, endpointsOf(mixed), 300)));
      }
    });
  }
}

function walksOnByAttempt(policy: AnyPolicy): void {
  test('comes to each endpoint once as attempts go on', () => {
    for (const size of [1, 2, 3, 20, 65]) {
      const picker = build(policy, endpointsOf(mixedWeights(size)), 1);
      for (let index = 0; index < 20; index++) {
        const { key } = itemAt(requests, index);
        assert.equal(new Set(times(size, (attempt) => picker.pick({ key, attempt }))).size, size);
      }
    }
  });
}

function answersByKeyAlone(policy: AnyPolicy): void {
  const mapOf = (candidates: Candidates, seed: number): string[] => {
    const picker = build(policy, candidates, seed);
    return times(1000, (index) => picker.pick(itemAt(requests, index)).id);
  };

  test('has every key where it was, after an endpoint has left and come back, and whatever the seed', () => {
    for (const size of [2, 3, 20, 65]) {
      const pool = endpointsOf(mixedWeights(size));
      const before = mapOf(pool, 1);
      const [first, ...others] = pool.filter((_endpoint, index) => index !== 1);
      if (first !== undefined) assert.ok(!mapOf([first, ...others], 2).includes(pool[1]?.id ?? ''));
      assert.deepEqual(mapOf(pool, 3), before);
    }
  });

  test('answers the same key in the same way, in any order of requests', () => {
    const picker = build(policy, endpointsOf(mixedWeights(20)), 1);
    const there = times(500, (index) => picker.pick(itemAt(requests, index)));
    const back = times(500, (index) => picker.pick(itemAt(requests, 499 - index))).toReversed();
    assert.deepEqual(idsOf(back), idsOf(there));
  });
}
