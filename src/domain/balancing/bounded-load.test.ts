// HAProxy's slots, the bound in any serial run, and where requests go that are over it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { candidatesOf, endpointsOf, namedEndpoints, policyTools, times, turn } from '../../../test/support/endpoints.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import { seeded } from '../../foundation/basics/random.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { allSlots, BoundedLoad, boundedSlots } from './bounded-load.ts';
import type { Learner } from './learner.ts';
import { consistentHash } from './policies/consistent-hash.ts';
import { maglev } from './policies/maglev.ts';
import type { Candidates, Picker } from './policy.ts';

/** The slots of each weight in turn. */
function slotsOf(slots: number, weights: readonly number[]): number[] {
  const ends = weights.map((_, index) => weights.slice(0, index + 1).reduce((sum, weight) => sum + weight, 0));
  return ends.map((end, index) => boundedSlots(slots, ends[index - 1] ?? 0, end, ends.at(-1) ?? 0));
}

/** A small table, which is made quickly. */
const keyed = (pool: Candidates): Picker =>
  maglev.build(pool, { key: ['client'], fallback: 'random', boundedLoad: 0, tableSize: 1009 }, policyTools());
const toFirst = (pool: Candidates): Picker => ({ pick: () => pool[0] });

const hold = (endpoint: Endpoint, count: number): void => {
  for (let index = 0; index < count; index++) endpoint.load.hold();
};
const inFlightOf = (endpoints: readonly Endpoint[]): number => endpoints.reduce((sum, { load }) => sum + load.inFlight, 0);

describe('bounded slots', () => {
  test('are those of HAProxy', () => {
    assert.equal(allSlots(100, 1.25), 127);
    assert.deepEqual(slotsOf(127, [1, 1, 1, 1]), [31, 32, 32, 32]);
    assert.equal(allSlots(10, 1.25), 14);
    assert.deepEqual(slotsOf(14, [16, 32, 16]), [3, 7, 4]);
  });

  test('are the same for weights in the same proportion', () => {
    assert.deepEqual(slotsOf(14, [0.5, 1, 0.5]), slotsOf(14, [16, 32, 16]));
  });

  test('are counted without the errors of fractions', () => {
    assert.equal(allSlots(9, 1.1), 11);
    assert.equal(allSlots(99, 1.15), 115);
  });

  test('are one hundredth more than requests at least', () => {
    assert.equal(allSlots(99, 0.5), 101);
    assert.equal(allSlots(99, 1), 101);
  });

  test('add up, leave out nobody, and are a share rounded down or up', () => {
    const weights = fc.array(fc.oneof(fc.integer({ min: 1, max: 256 }), fc.double({ min: 0.001, max: 1e6, noNaN: true })), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(weights, fc.nat(100_000), fc.double({ min: 1.01, max: 100, noNaN: true }), (weights, inFlight, factor) => {
        const slots = allSlots(inFlight, factor);
        const all = slotsOf(slots, weights);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        assert.ok(all.reduce((sum, one) => sum + one, 0) >= slots);
        assert.ok(slots > inFlight);
        weights.forEach((weight, index) => {
          const share = (slots * weight) / total;
          const own = all[index] ?? 0;
          assert.ok(own >= 1 && own >= Math.floor(share - 1e-6) && own <= Math.max(1, Math.ceil(share + 1e-6)));
        });
      }),
      { seed: 0x5eed, numRuns: 500 },
    );
  });
});

describe('a bounded load', () => {
  test('is kept in any run of one worker, whatever comes and goes', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });
    const factors = fc.constantFrom(1.01, 1.05, 1.25, 2);
    // Few keys, so that without a bound all would be at a few endpoints.
    const steps = fc.array(fc.record({ key: fc.nat(3), leaves: fc.boolean(), who: fc.nat(1000) }), { minLength: 50, maxLength: 300 });
    fc.assert(
      fc.property(weights, factors, steps, (weights, factor, steps) => {
        const pool = endpointsOf(weights);
        const picker = new BoundedLoad(keyed(pool), pool, factor);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const held: Endpoint[] = [];
        for (const { key, leaves, who } of steps) {
          if (leaves && held.length > 0) held.splice(who % held.length, 1)[0]?.load.release();
          const endpoint = picker.pick({ key: `key-${key}`, attempt: 0 });
          endpoint.load.hold();
          held.push(endpoint);
          const bound = Math.ceil((Math.ceil((held.length * Math.round(100 * factor)) / 100) * endpoint.weight) / total);
          assert.ok(endpoint.load.inFlight <= bound, `${endpoint.load.inFlight} instead of ${bound}`);
        }
      }),
      { seed: 0x5eed, numRuns: 150 },
    );
  });

  test('changes nothing while the bound is far away', () => {
    const pool = endpointsOf(times(10, (index) => 1 + (index % 3)));
    const plain = keyed(pool);
    const bounded = new BoundedLoad(keyed(pool), pool, 100);
    for (let index = 0; index < 500; index++) {
      const request = { key: `key-${index}`, attempt: index % 3 };
      const endpoint = bounded.pick(request);
      assert.equal(endpoint, plain.pick(request));
      endpoint.load.hold();
    }
  });

  test('sends the same key elsewhere in the same way on every instance, whatever the order of its list', () => {
    const ids = times(20, (index) => `10.0.0.${index}:80`);
    const pool = namedEndpoints(ids);
    const random = seeded(3);
    for (const endpoint of pool) hold(endpoint, Math.floor(random() * 20));
    const one = new BoundedLoad(keyed(pool), pool, 1.05);
    const turned = candidatesOf(pool.toReversed());
    const other = new BoundedLoad(keyed(turned), turned, 1.05);
    let moved = 0;
    for (let index = 0; index < 300; index++) {
      const request = { key: `key-${index}`, attempt: 0 };
      assert.equal(one.pick(request), other.pick(request));
      if (one.pick(request) !== keyed(pool).pick(request) && index < 50) moved++;
    }
    assert.ok(moved > 10);
  });

  test('spreads what is over among all that have room, not on one neighbour', () => {
    const pool = endpointsOf(times(10, () => 1));
    hold(pool[0], 100);
    const picker = new BoundedLoad(toFirst(pool), pool, 1.25);
    const counts = new Array<number>(10).fill(0);
    for (let index = 0; index < 1800; index++) {
      const place = pool.indexOf(picker.pick({ key: `key-${index}`, attempt: 0 }));
      counts[place] = (counts[place] ?? 0) + 1;
    }
    assert.equal(counts[0], 0);
    for (const count of counts.slice(1)) assert.ok(Math.abs(count - 200) < 75, `${counts}`);
  });

  test('counts neither the slots nor the requests of endpoints that are down', () => {
    const pool = endpointsOf([1, 1, 1, 1]);
    hold(itemAt(pool, 3), 100);
    for (const endpoint of pool.slice(2)) turn(endpoint, 'down');
    const picker = new BoundedLoad(toFirst(pool), pool, 1.25);
    const counts = [0, 0, 0, 0];
    for (let index = 0; index < 40; index++) {
      const endpoint = picker.pick({ key: `key-${index}`, attempt: 0 });
      endpoint.load.hold();
      const place = pool.indexOf(endpoint);
      counts[place] = (counts[place] ?? 0) + 1;
      assert.ok(pool[0].load.inFlight <= Math.ceil(Math.ceil(1.25 * (index + 1)) / 2));
    }
    assert.equal(inFlightOf(pool.slice(0, 2)), 40);
    assert.deepEqual(counts.slice(2), [0, 0]);
  });

  test('follows what goes down and comes back', () => {
    const pool = endpointsOf([1, 1, 1]);
    const picker = new BoundedLoad(toFirst(pool), pool, 1.25);
    hold(pool[0], 10);
    turn(itemAt(pool, 1), 'down');
    // Nobody told it yet; it looks before it sends anything there.
    for (let index = 0; index < 20; index++) assert.equal(picker.pick({ key: `key-${index}`, attempt: 0 }), pool[2]);
    picker.refresh(0);
    turn(itemAt(pool, 1), 'up');
    picker.refresh(0);
    const picked = new Set(times(20, (index) => picker.pick({ key: `key-${index}`, attempt: 0 })));
    assert.equal(picked.size, 2);
  });

  test('notices by itself that the endpoint of a key is back', () => {
    const pool = endpointsOf([1, 1]);
    turn(pool[0], 'down');
    const picker = new BoundedLoad(toFirst(pool), pool, 1.25);
    hold(pool[0], 1);
    hold(itemAt(pool, 1), 3);
    turn(pool[0], 'up');
    assert.equal(picker.pick({ key: 'a', attempt: 0 }), pool[0]);
  });

  test("leaves an endpoint that is down to the key's own order", () => {
    const pool = endpointsOf([1, 1]);
    turn(pool[0], 'down');
    hold(pool[0], 50);
    assert.equal(new BoundedLoad(toFirst(pool), pool, 1.25).pick({ key: 'a', attempt: 0 }), pool[0]);
  });

  test('has a single endpoint take everything', () => {
    const pool = endpointsOf([1]);
    const picker = new BoundedLoad(toFirst(pool), pool, 1.01);
    for (let index = 0; index < 50; index++) picker.pick({ key: 'a', attempt: 0 }).load.hold();
    assert.equal(pool[0].load.inFlight, 50);
  });

  test('passes on what the picker learns and renews', () => {
    const pool = endpointsOf([1]);
    const learner: Learner = { begun: () => 0, answered: () => undefined, ended: () => undefined };
    const refreshed: number[] = [];
    const picker: Picker = new BoundedLoad({ pick: () => pool[0], learner, refresh: (now) => refreshed.push(now) }, pool, 2);
    picker.refresh?.(3);
    assert.deepEqual([refreshed, picker.learner], [[3], learner]);
  });
});

describe('bounded load on a ring of 100 points for each of 20 servers', () => {
  // Part of the second 10,000 requests that are not where they would be without a bound: few in flight have few slots to share.
  const displaced = (factor: number, salt: number): number => {
    const pool = namedEndpoints(
      times(20, (index) => `10.${salt}.0.${index}:80`),
      times(20, () => 100 / 160),
    );
    const settings = { key: ['client'], fallback: 'random', ring: 'nginx', haproxyHash: 'sdbm', avalanche: true } as const;
    const ring = consistentHash.build(pool, { ...settings, boundedLoad: 0 }, policyTools());
    const bounded = new BoundedLoad(ring, pool, factor);
    let moved = 0;
    for (let index = 0; index < 20_000; index++) {
      const request = { key: `key-${index}`, attempt: 0 };
      const endpoint = bounded.pick(request);
      if (index >= 10_000 && endpoint !== ring.pick(request)) moved++;
      endpoint.load.hold();
    }
    return moved / 10_000;
  };

  for (const [factor, least, most] of [
    [1.05, 0.02, 0.05],
    [1.25, 0, 0.003],
    [1.5, 0, 0],
  ] as const) {
    test(`moves ${least} to ${most} of the keys with a bound of ${factor}`, () => {
      const average = times(6, (salt) => displaced(factor, salt)).reduce((sum, part) => sum + part, 0) / 6;
      assert.ok(average >= least && average <= most, `${average}`);
    });
  }
});
