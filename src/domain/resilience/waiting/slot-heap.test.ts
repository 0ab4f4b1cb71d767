// The heap against sorting anew, from both ends, with slots that are taken out of its middle.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SlotHeap } from './slot-heap.ts';

test('the first slot is that of the sorted ones, also after others were taken out of the middle', () => {
  const size = 64;
  const step = fc.record({ slot: fc.nat(size - 1), key: fc.nat(40) });
  fc.assert(
    fc.property(
      fc.constantFrom('least' as const, 'greatest' as const),
      fc.array(step, { minLength: 20, maxLength: 300 }),
      (first, steps) => {
        const keys = new Float64Array(size);
        const orders = new Float64Array(size);
        const heap = new SlotHeap(first, keys, orders);
        const inside = new Set<number>();
        for (const [order, { slot, key }] of steps.entries()) {
          if (inside.has(slot)) {
            heap.remove(slot);
            inside.delete(slot);
          } else {
            keys[slot] = key;
            orders[slot] = order;
            heap.add(slot);
            inside.add(slot);
          }
          const sorted = [...inside].toSorted(
            (one, other) => (keys[one] ?? 0) - (keys[other] ?? 0) || (orders[one] ?? 0) - (orders[other] ?? 0),
          );
          assert.equal(heap.first, sorted.at(first === 'least' ? 0 : -1) ?? -1);
          assert.equal(heap.size, inside.size);
          const upTo = [...inside].filter((one) => (first === 'least' ? (keys[one] ?? 0) <= key : (keys[one] ?? 0) >= key)).length;
          assert.equal(heap.countUpTo(key, size), upTo);
          assert.equal(heap.countUpTo(key, 5), Math.min(5, upTo));
        }
        // Whatever the order inside is, it comes out sorted.
        let last = first === 'least' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
        while (heap.size > 0) {
          const key = keys[heap.first] as number;
          assert.ok(first === 'least' ? key >= last : key <= last);
          last = key;
          heap.remove(heap.first);
        }
      },
    ),
    { seed: 0x5107, numRuns: 300 },
  );
});
