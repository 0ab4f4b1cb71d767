// A worker has every policy that its pools name by file, also where the file is not what it was.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { endpointsOf, policyTools } from '../../../test/support/endpoints.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import { loadOwnPolicies } from './load-own-policies.ts';

describe('loading policies in a worker', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evenkeel-load-own-'));
  });
  after(() => rm(folder, { recursive: true }));

  const pools = (...policies: readonly string[]) =>
    Object.fromEntries(policies.map((policy, pool) => [`pool${pool}`, { balance: { policy } }]));
  const pool = endpointsOf([1, 1]);

  test('loads each file once and no built-in policy', async () => {
    const path = join(folder, 'first.ts');
    await writeFile(
      path,
      `import { definePolicy } from 'evenkeel';
       export default definePolicy({ name: 'first', summary: 'The first.', options: {}, build: (all) => ({ pick: () => all[0] }) });`,
    );
    const loaded = await loadOwnPolicies(pools('random', path, 'round-robin', path));
    assert.deepEqual([...loaded.keys()], [path]);
    assert.equal(loaded.get(path)?.build(pool, {}, policyTools()).pick({ key: undefined, attempt: 0 }), pool[0]);
    assert.equal((await loadOwnPolicies(pools('random'))).size, 0);
  });

  test('gives policies that say why they cannot be built where the files are not what they were', async () => {
    const texts = { 'gone.ts': undefined, 'throws.ts': 'throw new Error("not today")', 'empty.ts': 'export const nothing = 0' };
    for (const [name, text] of Object.entries(texts)) if (text !== undefined) await writeFile(join(folder, name), text);
    const paths = Object.keys(texts).map((name) => join(folder, name));
    const loaded = await loadOwnPolicies(pools(...paths));
    const reasons = [/Cannot find module/, /not today/, /has no policy any more/];
    for (const [index, path] of paths.entries())
      assert.throws(() => loaded.get(path)?.build(pool, {}, policyTools()), itemAt(reasons, index));
  });
});
