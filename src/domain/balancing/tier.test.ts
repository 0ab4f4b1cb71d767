// How often a policy is asked before somebody else is looked for.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointsOf, times } from '../../../test/support/endpoints.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import { seeded } from '../../foundation/basics/random.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Candidates } from './policy.ts';
import { Tier } from './tier.ts';

const request = { key: 'key', attempt: 0 };

/** A tier under a policy that knows an order of all endpoints for its key, and counts how often it is asked. */
function keyedTier(count: number): { readonly tier: Tier; readonly candidates: Candidates; readonly asked: () => number } {
  const [first, ...others] = endpointsOf(times(count, () => 1)).map((endpoint): Endpoint => ({ ...endpoint, maxConnections: 1 }));
  assert.ok(first !== undefined);
  const candidates: Candidates = [first, ...others];
  let asked = 0;
  const picker = {
    pick: ({ attempt }: { readonly attempt: number }): Endpoint => {
      asked++;
      return itemAt(candidates, attempt % count);
    },
  };
  const tier = new Tier({ candidates, picker, isKeyed: true, warming: new Map(), inPanic: false, gate: undefined, random: seeded(1) });
  return { tier, candidates, asked: () => asked };
}

describe('a tier under a keyed policy', () => {
  test('asks about a few endpoints only when none has room, whatever their number', () => {
    const { tier, candidates, asked } = keyedTier(1000);
    for (const { load } of candidates) load.hold();
    assert.equal(tier.take(request, []), undefined);
    assert.equal(tier.isSaturated, true);
    assert.ok(asked() <= 4, `asked ${asked()} times`);
  });

  test('follows the order of the key as long as one has room', () => {
    const { tier, candidates, asked } = keyedTier(1000);
    for (const { load } of candidates.slice(0, -1)) load.hold();
    assert.equal(tier.take(request, []), candidates[999]);
    assert.equal(asked(), 1000);
  });
});
