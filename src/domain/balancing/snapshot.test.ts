// What must be built anew from one moment to the next, and what need not be.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointsOf, setControl } from '../../../test/support/endpoints.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { haveSameCandidates, takeSnapshot } from './snapshot.ts';

const slowStart = { window: milliseconds(60_000), aggression: 1, least: 0.1, shape: 'curve' } as const;

/** Whether a policy is built anew while the first of three endpoints, all with limits, warms up. */
function isBuiltAnew(keepsDown: boolean): boolean {
  const endpoints = endpointsOf([1, 1, 1]).map((endpoint) => ({ ...endpoint, maxConnections: 10 }));
  for (const endpoint of endpoints.slice(0, 1)) setControl(endpoint, 'upSince', 1000);
  const [early, late] = [10_000, 40_000].map((now) => {
    const { tiers, isWarming } = takeSnapshot({ endpoints, slowStart, keepsDown, backupsFrom: 1, panic: undefined, now });
    assert.equal(isWarming, true);
    return tiers[0];
  });
  assert.ok(early !== undefined && late !== undefined);
  return !haveSameCandidates(early, late);
}

describe('an endpoint that warms up', () => {
  test('has a policy that goes by weights built anew with each step', () => assert.equal(isBuiltAnew(false), true));

  test('leaves the tables of a keyed policy as they are, also where it has a limit', () => assert.equal(isBuiltAnew(true), false));
});
