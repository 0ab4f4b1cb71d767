// The test command itself: what it counts, what it prints, how it exits.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-test-command-'));
after(() => rmSync(folder, { recursive: true }));

/** Runs the test command over one file with this text. */
function runOver(
  name: string,
  text: string,
): { readonly code: number | null; readonly output: string; readonly lastLine: string | undefined } {
  const file = join(folder, `${name}.test.ts`);
  writeFileSync(file, `import { test, describe } from 'node:test';\n${text}`);
  // Node would take the run for a part of this one and skip it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const result = spawnSync(process.execPath, [join(import.meta.dirname, 'test.ts'), file], { env, encoding: 'utf8' });
  return { code: result.status, output: result.stdout, lastLine: result.stdout.trimEnd().split('\n').at(-1) };
}

test('tests that pass are counted on the last line', () => {
  const { code, lastLine } = runOver('passing', "test('a', () => {});\ndescribe('b', () => { test('c', () => {}); });\ntest.skip('d');\n");
  assert.equal(lastLine, '2 passed, 0 failed, 1 skipped');
  assert.equal(code, 0);
});

test('a test that fails is printed with its place, and the command fails', () => {
  const { code, output, lastLine } = runOver(
    'failing',
    "test('a', () => {});\ntest('the moon is blue', () => { throw new Error('it is grey'); });\n",
  );
  assert.equal(lastLine, '1 passed, 1 failed');
  assert.match(output, /✖ the moon is blue\n.*failing\.test\.ts:3\n.*it is grey/);
  assert.equal(code, 1);
});

test('a file that falls before its tests counts as one failure and shows what it printed', () => {
  const { code, output, lastLine } = runOver('falling', "console.log('last words');\nprocess.exit(3);\n");
  assert.equal(lastLine, '0 passed, 1 failed');
  assert.match(output, /last words/);
  assert.equal(code, 1);
});

test('a run without any test fails', () => {
  const { code, output } = runOver('empty', '');
  assert.match(output, /No test ran at all\./);
  assert.equal(code, 1);
});
