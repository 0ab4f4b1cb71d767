// Envoy's tables, panic, and what holds for any health.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { choosePriority, noPanic, priorityLoads, tierLoads } from './priority-loads.ts';

const calm = { threshold: 0, overprovisioning: 140 };
const usual = { ...calm, threshold: 50 };
const ofHundred = (...healthy: number[]) => healthy.map((count) => ({ healthy: count, total: 100 }));

describe('loads of priorities', () => {
  const known: readonly (readonly [healthy: readonly number[], loads: readonly number[]])[] = [
    [
      [100, 100],
      [100, 0],
    ],
    [
      [72, 72],
      [100, 0],
    ],
    [
      [71, 71],
      [99, 1],
    ],
    [
      [50, 50],
      [70, 30],
    ],
    [
      [25, 100],
      [35, 65],
    ],
    [
      [25, 25],
      [50, 50],
    ],
    // 35, 35 and 28 of 98 are 35, 35 and 28 in whole percent; the two that are left over go to the first one.
    [
      [25, 25, 20],
      [37, 35, 28],
    ],
    [
      [0, 100],
      [0, 100],
    ],
    [
      [50, 0],
      [100, 0],
    ],
  ];
  for (const [healthy, loads] of known) {
    test(`with ${healthy} of 100 healthy are ${loads}`, () => assert.deepEqual(priorityLoads(ofHundred(...healthy), calm).loads, loads));
  }

  test('are rounded down where endpoints are few', () => {
    const two = [
      { healthy: 1, total: 3 },
      { healthy: 3, total: 3 },
    ];
    assert.deepEqual(priorityLoads(two, calm).loads, [46, 54]);
  });

  test('pass by priorities without endpoints', () => {
    const empty = { healthy: 0, total: 0 };
    assert.deepEqual(priorityLoads([empty, ...ofHundred(100)], usual).loads, [0, 100]);
    assert.deepEqual(priorityLoads([empty], usual).loads, [100]);
  });

  test('are for the first priority where nothing is healthy and panic is off', () => {
    assert.deepEqual(priorityLoads(ofHundred(0, 0), calm), { loads: [100, 0], inPanic: [false, false] });
  });

  test('spill over sooner with less to spare', () => {
    assert.deepEqual(priorityLoads(ofHundred(90, 100), { ...usual, overprovisioning: 100 }).loads, [90, 10]);
  });
});

describe('panic', () => {
  test('begins where too few are healthy and others cannot take the rest', () => {
    assert.deepEqual(priorityLoads(ofHundred(50, 0), usual), { loads: [100, 0], inPanic: [false, true] });
    assert.deepEqual(priorityLoads(ofHundred(49), usual).inPanic, [true]);
    assert.deepEqual(priorityLoads(ofHundred(50), usual).inPanic, [false]);
  });

  test('does not begin where others can take the rest', () => {
    assert.deepEqual(priorityLoads(ofHundred(25, 100), usual), { loads: [35, 65], inPanic: [false, false] });
  });

  test('of all priorities spreads traffic by how many endpoints there are', () => {
    assert.deepEqual(priorityLoads(ofHundred(25, 25, 20), usual), { loads: [34, 33, 33], inPanic: [true, true, true] });
    const uneven = [
      { healthy: 0, total: 0 },
      { healthy: 0, total: 3 },
      { healthy: 1, total: 4 },
    ];
    assert.deepEqual(priorityLoads(uneven, usual), { loads: [0, 43, 57], inPanic: [true, true, true] });
  });
});

describe('the priority for a number', () => {
  test('is the one in whose share it lies', () => {
    const loads = [35, 0, 65];
    assert.deepEqual(
      [0, 34, 34.999, 35, 99.999].map((point) => choosePriority(loads, point)),
      [0, 0, 0, 2, 2],
    );
  });

  test('comes as often as its load says', () => {
    const loads = [37, 35, 28];
    const counts = [0, 0, 0];
    for (let point = 0; point < 100; point++) {
      const priority = choosePriority(loads, point);
      counts[priority] = (counts[priority] ?? 0) + 1;
    }
    assert.deepEqual(counts, loads);
  });
});

const somePriority = fc.tuple(fc.nat(30), fc.nat(30)).map(([healthy, ill]) => ({ healthy, total: healthy + ill }));
const somePriorities = fc.array(somePriority, { minLength: 1, maxLength: 6 });
const someRules = fc.record({ threshold: fc.nat(100), overprovisioning: fc.integer({ min: 100, max: 300 }) });
const options = { seed: 0x5eed, numRuns: 2000 };

describe('tiers', () => {
  const all = { healthy: 4, total: 4 };
  const none = { healthy: 0, total: 4 };
  const rules = { threshold: 50, overprovisioning: 140 };

  test('of backups have no share while there are priorities, and a panic of their own', () => {
    assert.deepEqual(tierLoads([all, all, none], 2, rules), { loads: [100, 0], inPanic: [false, false, true] });
    assert.deepEqual(tierLoads([{ healthy: 1, total: 4 }, all], 1, rules), { loads: [100], inPanic: [true, false] });
  });

  test('of which nobody is well are asked in their order, unless there is panic', () => {
    assert.deepEqual(tierLoads([none, none, all], 2, noPanic), { loads: [100], inPanic: [false, false, false] });
    assert.deepEqual(tierLoads([none, none, all], 2, rules).loads, [50, 50]);
  });

  test('in which there is nobody are in no panic', () => {
    const empty = { healthy: 0, total: 0 };
    assert.deepEqual(tierLoads([empty], 1, rules).inPanic, [false]);
    assert.deepEqual(tierLoads([empty, none, empty, none], 2, rules).inPanic, [false, true, false, true]);
    assert.deepEqual(tierLoads([], 1, rules).inPanic, []);
  });
});

test('loads are whole percent that add up to 100', () => {
  fc.assert(
    fc.property(somePriorities, someRules, (priorities, rules) => {
      const { loads } = priorityLoads(priorities, rules);
      assert.ok(loads.every((load) => Number.isInteger(load) && load >= 0));
      assert.equal(
        loads.reduce((sum, load) => sum + load, 0),
        100,
      );
    }),
    options,
  );
});

test('outside of panic only priorities with healthy endpoints get anything', () => {
  fc.assert(
    fc.property(somePriorities, someRules, (priorities, rules) => {
      const { loads, inPanic } = priorityLoads(priorities, rules);
      if (inPanic.every(Boolean) || priorities.every(({ healthy }) => healthy === 0)) return;
      for (const [index, { healthy }] of priorities.entries()) if (healthy === 0) assert.equal(loads[index], 0);
    }),
    options,
  );
});

test('one more healthy endpoint in the first priority never takes load from it, without panic', () => {
  fc.assert(
    fc.property(
      fc.array(somePriority, { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 100, max: 300 }),
      (priorities, overprovisioning) => {
        const [first = { healthy: 0, total: 0 }, ...others] = priorities;
        fc.pre(first.healthy < first.total);
        const rules = { threshold: 0, overprovisioning };
        const before = priorityLoads(priorities, rules).loads[0] ?? 0;
        const after = priorityLoads([{ ...first, healthy: first.healthy + 1 }, ...others], rules).loads[0] ?? 0;
        // Roundings of the others, which the first one is given, may differ by one for each of them.
        assert.ok(after >= before - others.length, `${before} became ${after}`);
      },
    ),
    options,
  );
});
