// The rules of the pool of readings, against a plain list of them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { endpointsOf, times } from '../../../../test/support/endpoints.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import type { Endpoint } from '../../endpoints/endpoint.ts';
import { LatencyByLoad } from './latency-by-load.ts';
import type { PoolRules } from './probe-pool.ts';
import { ProbePool } from './probe-pool.ts';
import { SmallDraws } from './small-draws.ts';

const rules: PoolRules = { size: 4, budget: 1000, hotQuantile: 0.7 };
const age = 1000;

/** A pool over endpoints whose load and latency the test sets. */
class Rig {
  now = 1_000_000;
  readonly pool: ProbePool;
  readonly #endpoints: readonly Endpoint[];
  readonly #latencies: readonly LatencyByLoad[];

  constructor(count: number, given: Partial<PoolRules> = {}) {
    this.#endpoints = endpointsOf(times(count, () => 1));
    this.#latencies = times(count, () => new LatencyByLoad());
    const probed = this.#endpoints.map(({ load }, index) => ({ load, latencies: itemAt(this.#latencies, index), loadOfOne: 1 }));
    this.pool = new ProbePool(probed, { ...rules, ...given }, new SmallDraws(seeded(1)));
    this.pass(0);
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
    this.pool.setTime(this.now, age);
  }

  hold(endpoint: number, count: number): void {
    for (let held = 0; held < count; held++) this.#endpoints[endpoint]?.load.hold();
  }

  release(endpoint: number): void {
    this.#endpoints[endpoint]?.load.release();
  }

  answer(endpoint: number, took: number): void {
    for (let answer = 0; answer < 8; answer++) this.#latencies[endpoint]?.add(0, took, this.now);
  }

  readAll(): void {
    this.#endpoints.forEach((_endpoint, index) => {
      this.pool.read(index);
    });
  }
}

const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((one, other) => one - other);

/** Endpoints with these loads and latencies, each read once, and what is chosen. */
function chosen(given: readonly (readonly [load: number, latency: number])[], hotQuantile: number): number {
  const rig = new Rig(given.length, { size: given.length, hotQuantile });
  given.forEach(([load, latency], index) => {
    rig.hold(index, load);
    rig.answer(index, latency);
  });
  rig.readAll();
  return rig.pool.choose();
}

describe('a pool of readings', () => {
  const reading = fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 5 }));
  const quantile = fc.constantFrom(0, 0.2, 0.5, 0.7, 0.9, 1);

  test('gives the fastest of those that are not hot, or the least loaded if all are', () => {
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1, maxLength: 10 }), quantile, (given, hotQuantile) => {
        const loads = sorted(given.map(([load]) => load));
        const usual = loads[Math.max(0, Math.ceil(hotQuantile * loads.length) - 1)] ?? 0;
        const limit = hotQuantile === 0 ? -1 : hotQuantile === 1 ? Number.POSITIVE_INFINITY : usual;
        const [load, latency] = given[chosen(given, hotQuantile)] ?? [Number.NaN, Number.NaN];
        const cold = given.filter(([one]) => one <= limit);
        if (cold.length > 0) {
          assert.ok(load <= limit);
          assert.equal(latency, Math.min(...cold.map(([, one]) => one)));
        } else {
          assert.equal(load, Math.min(...loads));
        }
      }),
      { seed: 0x4c1, numRuns: 300 },
    );
  });

  test('goes by load alone with 0, and by latency alone with 1', () => {
    const given: [number, number][] = [
      [9, 1],
      [0, 50],
      [3, 20],
    ];
    assert.equal(chosen(given, 0), 1);
    assert.equal(chosen(given, 0.5), 2);
    assert.equal(chosen(given, 1), 0);
  });

  test('draws among those that tie', () => {
    const rig = new Rig(4);
    const counts = [0, 0, 0, 0];
    for (let round = 0; round < 4000; round++) {
      rig.readAll();
      const endpoint = rig.pool.choose();
      counts[endpoint] = (counts[endpoint] ?? 0) + 1;
    }
    for (const count of counts) assert.ok(Math.abs(count - 1000) < 140, `${counts}`);
  });

  test('counts what is sent until there is another reading', () => {
    const rig = new Rig(3, { hotQuantile: 0 });
    rig.readAll();
    assert.deepEqual(sorted(times(3, () => rig.pool.choose())), [0, 1, 2]);
    rig.pool.read(1);
    assert.equal(rig.pool.choose(), 1);
  });

  test('knows of an endpoint that has become busier since', () => {
    const rig = new Rig(2, { hotQuantile: 0 });
    rig.hold(0, 2);
    rig.readAll();
    rig.hold(1, 3);
    assert.equal(rig.pool.choose(), 0);
  });

  test('uses a reading as often as its budget allows, on average', () => {
    for (const budget of [1, 1.25, 3.5]) {
      const rig = new Rig(1, { budget });
      let uses = 0;
      for (let round = 0; round < 4000; round++) {
        rig.pool.read(0);
        for (; rig.pool.size > 0; uses++) rig.pool.choose();
      }
      assert.ok(Math.abs(uses / 4000 - budget) < 0.05, `${uses / 4000}`);
    }
  });

  test('drops readings that are too old, and not a moment before', () => {
    const rig = new Rig(3);
    rig.pool.read(0);
    rig.pass(500);
    rig.pool.read(1);
    rig.pass(500);
    assert.deepEqual(sorted(rig.pool.members), [0, 1]);
    rig.pass(1);
    assert.deepEqual(rig.pool.members, [1]);
    rig.pass(500);
    assert.equal(rig.pool.size, 0);
  });

  test('drops the busiest hot one as the worst, and the slowest where none is hot', () => {
    const rig = new Rig(4);
    for (const [index, latency] of [30, 50, 10, 40].entries()) rig.answer(index, latency);
    rig.readAll();
    rig.pool.removeWorst();
    assert.deepEqual(sorted(rig.pool.members), [0, 2, 3]);
    rig.hold(2, 5);
    for (const index of [0, 2, 3]) rig.pool.read(index);
    rig.pool.removeWorst();
    assert.deepEqual(sorted(rig.pool.members), [0, 3]);
  });

  test('is a list of the last readings of different endpoints, whatever is done with it', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.nat(9).map((endpoint) => ({ kind: 'read' as const, endpoint })) },
      fc.constant({ kind: 'removeOldest' as const }),
      fc.constant({ kind: 'pass' as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const rig = new Rig(10);
        let model: { endpoint: number; at: number }[] = [];
        for (const one of steps) {
          if (one.kind === 'read') {
            rig.pool.read(one.endpoint);
            model = model.filter(({ endpoint }) => endpoint !== one.endpoint);
            model = [...model, { endpoint: one.endpoint, at: rig.now }].slice(-rules.size);
          } else if (one.kind === 'pass') {
            rig.pass(400);
            model = model.filter(({ at }) => rig.now - at <= age);
          } else if (model.length > 0) {
            rig.pool.removeOldest();
            model = model.slice(1);
          }
          assert.deepEqual(sorted(rig.pool.members), sorted(model.map(({ endpoint }) => endpoint)));
        }
      }),
      { seed: 0x900f, numRuns: 300 },
    );
  });
});
