// A retry goes elsewhere, with any policy and with policies that insist.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { endpointsOf, policyTools, times } from '../../../test/support/endpoints.ts';
import { seeded } from '../../foundation/basics/random.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { buildPicker } from './build-picker.ts';
import { pickUntried } from './pick-untried.ts';
import type { Picker, PickRequest } from './policy.ts';
import { allPolicies, policySettings } from './policy-settings.ts';

const request = { key: 'seven', attempt: 0 };

/** Picks as it is told and keeps what it was asked. */
function scripted(picks: readonly Endpoint[]): { readonly picker: Picker; readonly asked: PickRequest[] } {
  const asked: PickRequest[] = [];
  const pick = (given: PickRequest): Endpoint => {
    asked.push(given);
    return picks[Math.min(asked.length, picks.length) - 1] ?? assert.fail('a script without picks');
  };
  return { picker: { pick }, asked };
}

describe('picking an untried endpoint', () => {
  test('asks the policy once when nothing was tried', () => {
    const pool = endpointsOf([1, 1]);
    const { picker, asked } = scripted([pool[0]]);
    assert.equal(pickUntried(picker, pool, [], request), pool[0]);
    assert.equal(asked.length, 1);
    assert.equal(asked[0], request);
  });

  test('asks again, as a later attempt, for what was tried', () => {
    const [one, two, three] = endpointsOf([1, 1, 1]);
    assert.ok(two && three);
    const { picker, asked } = scripted([one, two, three]);
    assert.equal(pickUntried(picker, [one, two, three], [two, one], { key: 7, attempt: 2 }), three);
    assert.deepEqual(asked, [
      { key: 7, attempt: 2 },
      { key: 7, attempt: 3 },
      { key: 7, attempt: 4 },
    ]);
  });

  test('goes on behind an endpoint that the policy insists on', () => {
    const pool = endpointsOf([1, 1, 1, 1]);
    const [one, two, three, four] = pool;
    assert.ok(two && three && four);
    assert.equal(pickUntried(scripted([two]).picker, pool, [two, three], request), four);
    assert.equal(pickUntried(scripted([two]).picker, pool, [two, three, four], request), one);
  });

  test('gives up asking after four times', () => {
    const pool = endpointsOf([1, 1]);
    const { picker, asked } = scripted([pool[0]]);
    pickUntried(picker, pool, [pool[0]], request);
    assert.equal(asked.length, 4);
  });

  test('knows an endpoint of an earlier snapshot by its id', () => {
    const pool = endpointsOf([1, 1]);
    const earlier = endpointsOf([1, 1]);
    assert.equal(pickUntried(scripted([pool[0]]).picker, pool, [earlier[0]], request), pool[1]);
  });

  test('finds nothing when all were tried', () => {
    const pool = endpointsOf([1, 1, 1]);
    assert.equal(pickUntried(scripted([pool[0]]).picker, pool, pool, request), undefined);
    const single = endpointsOf([1]);
    assert.equal(pickUntried(scripted(single).picker, single, single, request), undefined);
  });

  for (const policy of allPolicies) {
    test(`visits every endpoint exactly once before it ends, with ${policy.name}`, () => {
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 80 }), fc.nat(), (weights, seed) => {
          const pool = endpointsOf(weights);
          const picker = buildPicker(policySettings.parse(policy.name), pool, policyTools({ random: seeded(seed) }));
          const tried: Endpoint[] = [];
          for (const attempt of times(weights.length, (index) => index)) {
            const picked = pickUntried(picker, pool, tried, { key: seed, attempt });
            tried.push(picked ?? assert.fail('an endpoint was left'));
          }
          assert.equal(new Set(tried).size, weights.length);
          assert.equal(pickUntried(picker, pool, tried, { key: seed, attempt: weights.length }), undefined);
        }),
        { seed: 0x5eed, numRuns: 50 },
      );
    });
  }
});
