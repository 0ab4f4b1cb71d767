// Who serves which content: one endpoint as long as it can, another one when it cannot, and who agrees with whom about it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { endpointsOf, policyTools, times, turn } from '../../../../test/support/endpoints.ts';
import { SharedTable } from '../../../foundation/algorithms/shared-table.ts';
import { itemAt } from '../../../foundation/basics/item-at.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import { milliseconds } from '../../../foundation/basics/units.ts';
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { endpointState } from '../../endpoints/scoreboard.ts';
import type { Candidates, Picker } from '../policy.ts';
import { content } from './content.ts';

const settings = { key: ['path'], fallback: 'round-robin', spill: 'lard', low: 2, high: 5, bound: 1.25 } as const;
type Settings = Parameters<typeof content.build>[1];

const shape = { capacity: 4096, lifetime: milliseconds(60_000) };
const paths = times(60, (index) => `/picture/${index}.png`);

/** A pool whose pickers share a table, as those of workers do. */
class Rig {
  now = 1_000_000;
  readonly pool: Candidates;
  readonly table = new SharedTable(shape, 0);
  readonly #random = seeded(1);

  constructor(weights: readonly number[]) {
    this.pool = endpointsOf(weights);
  }

  picker(candidates: Candidates = this.pool, given: Partial<Settings> = {}): Picker {
    const tools = { ...policyTools({ random: this.#random, now: () => this.now }), assignments: this.table };
    return content.build(candidates, { ...settings, ...given }, tools);
  }

  /** Requests in flight, from now on. */
  set loads(loads: readonly number[]) {
    this.pool.forEach(({ load }, index) => {
      while (load.inFlight < (loads[index] ?? 0)) load.hold();
      while (load.inFlight > (loads[index] ?? 0)) load.release();
    });
  }

  setState(index: number, state: keyof typeof endpointState): void {
    turn(itemAt<Endpoint>(this.pool, index), state);
  }
}

const pickOf = (picker: Picker, key: string, attempt = 0): number => picker.pick({ key, attempt }).load.slot;
const mapOf = (picker: Picker): number[] => paths.map((key) => pickOf(picker, key));

/** Content that is at an endpoint while all are idle. */
function contentAt(picker: Picker, slot: number): string {
  const path = paths.find((key) => pickOf(picker, key) === slot);
  assert.ok(path !== undefined);
  return path;
}

describe('content', () => {
  test('is served by one endpoint as long as nobody is busy, and shared out by weight', () => {
    const rig = new Rig([1, 1, 2]);
    const picker = rig.picker();
    const before = mapOf(picker);
    rig.loads = [2, 1, 4];
    assert.deepEqual(mapOf(picker), before);
    const heavy = before.filter((slot) => slot === 2).length;
    assert.ok(heavy > 20 && heavy < 42, `${heavy}`);
  });

  test('stays where it is up to the high mark', () => {
    const rig = new Rig([1, 1, 1]);
    const picker = rig.picker();
    const before = mapOf(picker);
    rig.loads = [5, 0, 0];
    assert.deepEqual(mapOf(picker), before);
  });

  test('moves above the high mark if another endpoint is below the low one, to the least busy, and for good', () => {
    const rig = new Rig([1, 1, 1]);
    const picker = rig.picker();
    const path = contentAt(picker, 0);
    rig.loads = [6, 2, 1];
    assert.equal(pickOf(picker, path), 2);
    rig.loads = [0, 0, 0];
    assert.equal(pickOf(picker, path), 2);
  });

  test('stays above the high mark while nobody is below the low one, and moves from twice the high mark on', () => {
    const rig = new Rig([1, 1, 1]);
    const picker = rig.picker();
    const path = contentAt(picker, 0);
    rig.loads = [9, 2, 3];
    assert.equal(pickOf(picker, path), 0);
    rig.loads = [10, 2, 3];
    assert.equal(pickOf(picker, path), 1);
  });

  test('that nobody has yet goes to its owner, or to the least busy if that one is above the low mark', () => {
    const owners = mapOf(new Rig([1, 1, 1]).picker());
    for (const [loads, isMoved] of [
      [[2, 0, 0], false],
      [[3, 0, 1], true],
    ] as const) {
      const rig = new Rig([1, 1, 1]);
      rig.loads = loads;
      const expected = owners.map((owner) => (isMoved && owner === 0 ? 1 : owner));
      assert.deepEqual(mapOf(rig.picker()), expected);
    }
  });

  test('has marks that go by weight', () => {
    const rig = new Rig([3, 1]);
    const picker = rig.picker();
    const [ofHeavy, ofLight] = [contentAt(picker, 0), contentAt(picker, 1)];
    // The marks are 3 and 7.5 for the heavy one, 1 and 2.5 for the light one.
    rig.loads = [7, 0];
    assert.equal(pickOf(picker, ofHeavy), 0);
    rig.loads = [2, 2];
    assert.equal(pickOf(picker, ofLight), 1);
    rig.loads = [2, 3];
    assert.equal(pickOf(picker, ofLight), 0);
  });

  test('of an endpoint that is down goes to the next in its own order and stays there; other content stays', () => {
    const rig = new Rig([1, 1, 1]);
    const picker = rig.picker();
    const before = mapOf(picker);
    const next = paths.map((key) => pickOf(picker, key, 1));
    rig.setState(0, 'down');
    const after = before.map((slot, index) => (slot === 0 ? next[index] : slot));
    assert.deepEqual(mapOf(picker), after);
    rig.setState(0, 'up');
    assert.deepEqual(mapOf(picker), after);
  });

  test('of an endpoint that has left moves, and other content stays', () => {
    const rig = new Rig([1, 1, 1, 1]);
    const before = mapOf(rig.picker());
    const [, second, ...others] = rig.pool;
    const after = mapOf(rig.picker([second ?? rig.pool[0], ...others]));
    before.forEach((slot, index) => {
      assert.equal(after[index] === slot, slot !== 0);
    });
  });

  test('is at the same place for all workers, also after it has moved', () => {
    const rig = new Rig([1, 1, 1]);
    const [one, other] = [rig.picker(), rig.picker()];
    const path = contentAt(one, 0);
    rig.loads = [6, 2, 1];
    pickOf(one, path);
    rig.loads = [0, 0, 0];
    assert.deepEqual(mapOf(other), mapOf(one));
    assert.equal(pickOf(other, path), 2);
  });

  test('is at the same place for balancers that know nothing of each other', () => {
    assert.deepEqual(mapOf(new Rig([1, 2, 1]).picker()), mapOf(new Rig([1, 2, 1]).picker()));
  });

  test('comes back to its owner when it was not asked for so long that it is forgotten', () => {
    const rig = new Rig([1, 1, 1]);
    const picker = rig.picker();
    const path = contentAt(picker, 0);
    rig.loads = [6, 2, 1];
    pickOf(picker, path);
    rig.loads = [0, 0, 0];
    rig.now += 2 * 3_600_000;
    assert.equal(pickOf(picker, path), 0);
  });

  test('of a pool that is all down goes somewhere, and is remembered nowhere', () => {
    const rig = new Rig([1, 1]);
    for (const index of [0, 1]) rig.setState(index, 'down');
    const picker = rig.picker();
    mapOf(picker);
    const counts = new Int32Array(2);
    rig.table.countValues(counts, rig.now);
    assert.deepEqual([...counts], [0, 0]);
  });

  test('is tried everywhere once as attempts go on, first where it is', () => {
    const rig = new Rig([1, 1, 1, 1]);
    const picker = rig.picker();
    const path = contentAt(picker, 3);
    rig.loads = [2, 0, 3, 6];
    assert.equal(pickOf(picker, path), 1);
    const tried = times(4, (attempt) => pickOf(picker, path, attempt));
    assert.equal(tried[0], 1);
    assert.equal(tried[1], 3);
    assert.deepEqual(tried.toSorted(), [0, 1, 2, 3]);
  });

  test('needs no table given to it', () => {
    const pool = endpointsOf([1, 1, 1]);
    const picker = content.build(pool, settings, policyTools());
    const path = contentAt(picker, 0);
    for (let held = 0; held < 6; held++) itemAt<Endpoint>(pool, 0).load.hold();
    const moved = pickOf(picker, path);
    assert.notEqual(moved, 0);
    for (let held = 0; held < 6; held++) itemAt<Endpoint>(pool, 0).load.release();
    assert.equal(pickOf(picker, path), moved);
  });

  test('never goes by the rule to one that is over twice the high mark while another has room, whatever the loads', () => {
    const load = fc.oneof(fc.nat(4), fc.nat(14));
    fc.assert(
      fc.property(
        fc.array(fc.array(load, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 20 }),
        fc.nat(59),
        (moments, path) => {
          const rig = new Rig([1, 1, 1, 1]);
          const picker = rig.picker();
          let last: number | undefined;
          for (const loads of moments) {
            rig.loads = loads;
            const slot = pickOf(picker, itemAt(paths, path));
            const [before, least] = [loads[last ?? -1], Math.min(...loads)];
            const mustMove = before !== undefined && ((before > 5 && least < 2) || before >= 10);
            if (mustMove || (last === undefined && slot !== mapOf(new Rig([1, 1, 1, 1]).picker())[path])) assert.equal(loads[slot], least);
            else if (last !== undefined) assert.equal(slot, last);
            last = slot;
          }
        },
      ),
      { seed: 0x1a2d, numRuns: 200 },
    );
  });

  test('keeps endpoints within the marks and nearly all content where it is, with popular content and requests that overlap', () => {
    const rig = new Rig(times(8, () => 1));
    const picker = rig.picker(rig.pool, { low: 4, high: 10 });
    const random = seeded(9);
    const open: Endpoint[] = [];
    const places = new Map<string, number>();
    let moves = 0;
    for (let step = 0; step < 20_000; step++) {
      rig.now += 1;
      // A tenth of all requests want the same thing; 32 are in flight.
      const path = random() < 0.1 ? '/front-page' : itemAt(paths, Math.floor(random() * paths.length));
      const { load } = rig.pool[pickOf(picker, path)] ?? rig.pool[0];
      load.hold();
      open.push(itemAt<Endpoint>(rig.pool, load.slot));
      const loads = rig.pool.map(({ load: { inFlight } }) => inFlight);
      assert.ok(Math.max(...loads) <= 20 || Math.min(...loads) >= 4, `${loads}`);
      if (step >= 10_000 && places.get(path) !== load.slot) moves++;
      places.set(path, load.slot);
      if (open.length > 32) open.splice(Math.floor(random() * open.length), 1)[0]?.load.release();
    }
    assert.ok(moves < 50, `${moves} of 10,000 requests`);
  });
});

describe('content with bounded load', () => {
  test('stays where it is, and overflows beyond its share of the load', () => {
    const rig = new Rig([1, 1, 1, 1]);
    const picker = rig.picker(rig.pool, { spill: 'bounded' });
    const before = mapOf(picker);
    const path = contentAt(picker, 1);
    // 44 requests times 1.25 is 55 slots: 13 or 14 for each.
    rig.loads = [10, 14, 10, 10];
    assert.notEqual(pickOf(picker, path), 1);
    rig.loads = [10, 10, 10, 10];
    assert.deepEqual(mapOf(picker), before);
  });
});
