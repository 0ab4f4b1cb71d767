// The share of keys that move is what each policy promises, the same each time, and none where nothing decides otherwise.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import { poolSettings } from '../../domain/traffic/pool-settings.ts';
import type { MovedKeys } from './moved-keys.ts';
import { movedKeys } from './moved-keys.ts';

const ids = Array.from({ length: 5 }, (_, index) => `10.0.0.${index + 1}:80`);
const pool = (balance: unknown, endpoints: readonly unknown[] = ids, others: object = {}): PoolSettings =>
  poolSettings.parse({ balance, endpoints, ...others });
const moved = (before: PoolSettings, after: PoolSettings): MovedKeys | undefined =>
  movedKeys({ before, after, identity: 'here', samples: 10_000 });

function shareOf(keys: MovedKeys | undefined): number {
  assert.equal(keys?.kind, 'share');
  return keys.share;
}

/** Policy, and the least and the most that moves when one of five endpoints goes. */
const promises: readonly [unknown, number, number][] = [
  ['consistent-hash', 0.15, 0.25],
  ['maglev', 0.19, 0.26],
  ['rendezvous', 0.18, 0.22],
  [{ policy: 'rendezvous', scores: 'exact' }, 0.18, 0.22],
  [{ policy: 'hash', key: 'path' }, 0.75, 0.85],
  ['ip-hash', 0.7, 0.9],
  ['content', 0.18, 0.22],
];

describe('keys', () => {
  for (const [balance, least, most] of promises) {
    const name = JSON.stringify(balance);
    test(`of one of five endpoints move under ${name}`, () => {
      const share = shareOf(moved(pool(balance), pool(balance, ids.slice(0, 4))));
      assert.ok(share >= least && share <= most, `${share}`);
    });

    test(`are the same sample each time under ${name}`, () => {
      const once = (): unknown => moved(pool(balance), pool(balance, [...ids, '10.0.0.9:80']));
      assert.deepEqual(once(), once());
    });
  }

  test('stay where others are remembered to have them: content that is known stays when an endpoint comes', () => {
    assert.equal(shareOf(moved(pool('content'), pool('content', [...ids, '10.0.0.9:80']))), 0);
  });

  test('follow weights, tiers and subsets', () => {
    const heavy = ids.map((address, index) => ({ address, weight: index === 0 ? 3 : 1 }));
    // The first has 3 of 7 instead of 1 of 5.
    const byWeight = shareOf(moved(pool('rendezvous'), pool('rendezvous', heavy)));
    assert.ok(Math.abs(byWeight - (3 / 7 - 1 / 5)) < 0.02, `${byWeight}`);
    const backup = ids.map((address, index) => ({ address, backup: index === 0 }));
    const byTier = shareOf(moved(pool('rendezvous'), pool('rendezvous', backup)));
    assert.ok(Math.abs(byTier - 1 / 5) < 0.02, `${byTier}`);
    assert.ok(shareOf(moved(pool('rendezvous'), pool('rendezvous', ids, { subset: { size: 2 } }))) > 0.4);
  });

  test('do not move for what decides nothing, and by another policy most do', () => {
    assert.equal(moved(pool('maglev'), pool('maglev', ids, { timeouts: { connect: '1s' } })), undefined);
    assert.equal(moved(pool('round-robin'), pool('maglev')), undefined);
    assert.ok(shareOf(moved(pool('rendezvous'), pool('maglev'))) > 0.6);
  });

  test('of which nobody can say anything are not guessed', () => {
    const other = moved(pool({ policy: 'maglev', key: 'client' }), pool({ policy: 'maglev', key: 'path' }));
    assert.deepEqual(other, { kind: 'unknown', reason: 'keys are path instead of client: most of them move' });
    assert.equal(moved(pool('maglev'), { ...pool('maglev'), balance: { policy: './mine.ts' } })?.kind, 'unknown');
  });
});
