// What holds for any weights.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SmoothWeights } from './smooth-weights.ts';

const someWeights = fc
  .array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 12 })
  .filter((weights) => weights.some((weight) => weight > 0));
const sumOf = (weights: readonly number[]): number => weights.reduce((sum, weight) => sum + weight, 0);
const options = { seed: 0x5eed, numRuns: 200 };

test('any W turns in a row hold each index as often as its weight says, wherever they begin', () => {
  fc.assert(
    fc.property(someWeights, fc.nat(50), (weights, skipped) => {
      const schedule = new SmoothWeights(weights);
      for (let turn = 0; turn < skipped; turn++) schedule.next();
      const counts = weights.map(() => 0);
      for (let turn = 0; turn < sumOf(weights); turn++) {
        const index = schedule.next();
        counts[index] = (counts[index] ?? 0) + 1;
      }
      assert.deepEqual(counts, weights);
    }),
    options,
  );
});

test('no index is ever more than one and a half turns away from its share', () => {
  fc.assert(
    fc.property(someWeights, (weights) => {
      const total = sumOf(weights);
      const schedule = new SmoothWeights(weights);
      const counts = weights.map(() => 0);
      for (let turn = 1; turn <= total; turn++) {
        const index = schedule.next();
        counts[index] = (counts[index] ?? 0) + 1;
        for (const [at, weight] of weights.entries()) {
          assert.ok(Math.abs((counts[at] ?? 0) - (turn * weight) / total) < 1.5, `index ${at} after ${turn} turns`);
        }
      }
    }),
    options,
  );
});

test('scaling all weights changes no turn', () => {
  fc.assert(
    fc.property(someWeights, fc.constantFrom(2, 3, 16, 0.5, 0.25), (weights, factor) => {
      const one = new SmoothWeights(weights);
      const other = new SmoothWeights(weights.map((weight) => weight * factor));
      for (let turn = 0; turn < 100; turn++) assert.equal(other.next(), one.next());
    }),
    options,
  );
});

test('what all are owed adds up to 0 after every turn, and none is owed two turns or has had one in advance', () => {
  fc.assert(
    fc.property(someWeights, (weights) => {
      const total = sumOf(weights);
      const schedule = new SmoothWeights(weights);
      for (let turn = 1; turn <= 2 * total; turn++) {
        schedule.next();
        assert.equal(sumOf([...schedule.current]), 0);
        for (const owed of schedule.current) assert.ok(owed > -total && owed < 2 * total, `${owed} of ${total}`);
      }
      assert.ok(schedule.current.every((owed) => owed === 0));
    }),
    options,
  );
});

/** The rules as nginx has them, one after the other. */
class AsNginx {
  readonly peers: readonly { readonly weight: number; effective: number; current: number }[];
  readonly #total: number;

  constructor(weights: readonly number[]) {
    this.peers = weights.map((weight) => ({ weight, effective: weight, current: 0 }));
    this.#total = sumOf(weights);
  }

  turn(forced?: number): number {
    let total = 0;
    for (const peer of this.peers) {
      peer.current += peer.effective;
      total += peer.effective;
      if (peer.effective < peer.weight) peer.effective++;
    }
    const most = Math.max(...this.peers.filter(({ weight }) => weight > 0).map(({ current }) => current));
    const best = forced ?? this.peers.findIndex(({ weight, current }) => weight > 0 && current === most);
    const chosen = this.peers[best];
    if (chosen !== undefined) chosen.current -= total;
    return best;
  }

  take(index: number): void {
    const peer = this.peers[index];
    if (peer !== undefined && peer.current > -(this.#total - peer.weight)) this.turn(index);
  }

  failed(index: number, maxFails: number): void {
    const peer = this.peers[index];
    if (peer !== undefined && maxFails > 0) peer.effective = Math.max(0, peer.effective - Math.floor(peer.weight / maxFails));
  }
}

const step = fc.record({ kind: fc.constantFrom('next', 'next', 'next', 'take', 'failed'), at: fc.nat(11), maxFails: fc.nat(4) });

test('turns, failures and turns chosen elsewhere follow the rules of nginx in any order, and always add up to 0', () => {
  fc.assert(
    fc.property(someWeights, fc.array(step, { maxLength: 150 }), (weights, steps) => {
      const schedule = new SmoothWeights(weights);
      const plain = new AsNginx(weights);
      for (const { kind, at, maxFails } of steps) {
        const index = at % weights.length;
        if (kind === 'next') {
          const best = schedule.next();
          assert.equal(best, plain.turn());
          assert.ok((weights[best] ?? 0) > 0);
        } else if (kind === 'take') {
          schedule.take(index);
          plain.take(index);
        } else {
          schedule.failed(index, maxFails);
          plain.failed(index, maxFails);
        }
        assert.deepEqual(
          [...schedule.current],
          plain.peers.map(({ current }) => current),
        );
        assert.deepEqual(
          weights.map((_weight, peer) => schedule.effectiveWeight(peer)),
          plain.peers.map(({ effective }) => effective),
        );
        assert.equal(sumOf([...schedule.current]), 0);
      }
    }),
    options,
  );
});

test('however often something else chooses one index, nobody is owed two turns or has had them in advance', () => {
  fc.assert(
    fc.property(someWeights, fc.nat(11), fc.array(fc.boolean(), { maxLength: 300 }), (weights, at, chosen) => {
      const total = sumOf(weights);
      const index = at % weights.length;
      const schedule = new SmoothWeights(weights);
      for (const elsewhere of chosen) {
        if (elsewhere) schedule.take(index);
        else schedule.next();
        for (const owed of schedule.current) assert.ok(Math.abs(owed) < 2 * total, `${owed} of ${total}`);
      }
    }),
    options,
  );
});
