// Endpoints are filled in the order of the list, none before those in front of it are full.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import type { Candidates } from '../policy.ts';
import { firstAvailable } from './first-available.ts';

const request = { key: undefined, attempt: 0 };
const pickerOf = (pool: Candidates, cap: number) => firstAvailable.build(pool, { cap }, policyTools({ random: seeded(1) }));

/** Endpoints of a weight of 1 with limits of their own. */
function limited(limits: readonly number[]): Candidates {
  const [first, ...others] = endpointsOf(limits.map(() => 1)).map((endpoint, index) => ({
    ...endpoint,
    maxConnections: limits[index] ?? Number.POSITIVE_INFINITY,
  }));
  if (first === undefined) throw new Error('Candidates are never empty');
  return [first, ...others];
}

const inFlight = (pool: Candidates): number[] => pool.map(({ load }) => load.inFlight);

describe('first-available', () => {
  test('fills one endpoint after the other', () => {
    const pool = endpointsOf([1, 1, 1]);
    const picker = pickerOf(pool, 3);
    for (let pick = 0; pick < 7; pick++) picker.pick(request).load.hold();
    assert.deepEqual(inFlight(pool), [3, 3, 1]);
  });

  test('goes back to the first one as soon as it has room', () => {
    const pool = endpointsOf([1, 1, 1]);
    const picker = pickerOf(pool, 2);
    for (let pick = 0; pick < 5; pick++) picker.pick(request).load.hold();
    pool[0].load.release();
    assert.equal(picker.pick(request), pool[0]);
  });

  test('takes limits of the endpoints themselves without a cap, and the lower of both with one', () => {
    const fill = (cap: number): number[] => {
      const pool = limited([2, 5, Number.POSITIVE_INFINITY]);
      const picker = pickerOf(pool, cap);
      for (let pick = 0; pick < 10; pick++) picker.pick(request).load.hold();
      return inFlight(pool);
    };
    assert.deepEqual(fill(0), [2, 5, 3]);
    assert.deepEqual(fill(4), [2, 4, 4]);
  });

  test('keeps to the first endpoint when nothing limits it', () => {
    const pool = endpointsOf([1, 1]);
    const picker = pickerOf(pool, 0);
    for (let pick = 0; pick < 100; pick++) picker.pick(request).load.hold();
    assert.deepEqual(inFlight(pool), [100, 0]);
  });

  test('spreads by weight what comes when all are full', () => {
    const pool = endpointsOf([1, 2, 3]);
    const picker = pickerOf(pool, 1);
    for (let pick = 0; pick < 60; pick++) picker.pick(request).load.hold();
    assert.deepEqual(inFlight(pool), [10, 20, 30]);
  });

  test('leaves out for a retry as many as were tried, and copes when that is more than there are', () => {
    const pool = endpointsOf([1, 1, 1]);
    pool[1]?.load.hold();
    const picker = pickerOf(pool, 1);
    assert.equal(picker.pick({ key: undefined, attempt: 1 }), pool[2]);
    // None is left with room: the least busy ones are the first and the last.
    assert.notEqual(picker.pick({ key: undefined, attempt: 2 }), pool[1]);
  });

  test('never picks an endpoint while one in front of it has room, as requests come and go', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(1000)), { maxLength: 200 });
    const pools = fc.tuple(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 10 }), fc.nat(4));
    fc.assert(
      fc.property(pools, steps, ([limits, cap], taken) => {
        const pool = limited(limits);
        const picker = pickerOf(pool, cap);
        const capOf = (index: number): number => Math.min(limits[index] ?? 0, cap > 0 ? cap : Number.POSITIVE_INFINITY);
        for (const [begins, chosen] of taken) {
          const busy = pool.filter(({ load }) => load.inFlight > 0);
          if (!begins) {
            busy[chosen % Math.max(1, busy.length)]?.load.release();
            continue;
          }
          const picked = picker.pick(request);
          const roomy = pool.find(({ load }, index) => load.inFlight < capOf(index));
          if (roomy !== undefined) assert.equal(picked, roomy);
          else assert.equal(picked.load.inFlight, Math.min(...inFlight(pool)));
          picked.load.hold();
        }
      }),
      { seed: 0x5eed, numRuns: 200 },
    );
  });

  test('needs no more endpoints than the load at its highest', () => {
    const pool = endpointsOf(times(50, () => 1));
    const picker = pickerOf(pool, 10);
    const random = seeded(9);
    const running: ReturnType<typeof picker.pick>[] = [];
    let most = 0;
    for (let step = 0; step < 5000; step++) {
      if (running.length < 95 && random() < 0.55) {
        const picked = picker.pick(request);
        picked.load.hold();
        running.push(picked);
        most = Math.max(most, pool.indexOf(picked));
      } else {
        running.splice(Math.floor(random() * running.length), 1)[0]?.load.release();
      }
    }
    assert.equal(most, 9);
  });
});
