// A file in place of a policy's name is told from every name, and its options wait for whoever loads it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPolicyPath } from './own-policy.ts';
import { policyNames, policySettings } from './policy-settings.ts';

test('what begins like a path or ends like a program is a file', () => {
  for (const path of ['./mine.ts', '../mine.js', '/etc/mine', './mine', 'mine.ts', 'policies/mine.mts', 'mine.js', 'mine.mjs', './']) {
    assert.ok(isPolicyPath(path), path);
  }
  for (const name of [...policyNames, 'mine', '', '.', '..', '.mine', 'mine.yaml', 'mine.ts ', 5, undefined, null, ['./a.ts']]) {
    assert.ok(!isPolicyPath(name), String(name));
  }
});

test('settings with a file keep their options as they are written', () => {
  assert.deepEqual(policySettings.parse('./mine.ts'), { policy: './mine.ts' });
  const written = { policy: '../mine.ts', room: '250ms', of: { any: ['kind'] } } as const;
  const parsed = policySettings.parse(written);
  assert.deepEqual(parsed, written);
  assert.notEqual(parsed, written);
});
