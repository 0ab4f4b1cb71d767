// Documents in TypeScript that cannot be run: what is said of them, and where.
import assert from 'node:assert/strict';
import { mkdtemp, mkdtempDisposable, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { issueText } from './issue.ts';
import { readModule } from './module-source.ts';

describe('a document in TypeScript that cannot be run', { timeout: 120_000 }, () => {
  let folder = '';
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'evenkeel-module-')));
  });
  after(() => rm(folder, { recursive: true }));

  async function issuesOf(text: string, within?: number): Promise<string> {
    const path = join(folder, 'evenkeel.config.ts');
    await writeFile(path, text);
    const read = await readModule('evenkeel.config.ts', path, within);
    return read.ok ? 'good' : read.fault.map(issueText).join('\n');
  }

  test('is told with the line at which it throws', async () => {
    const message = 'the file cannot be run: Error: not today';
    assert.equal(
      await issuesOf('const one: number = 1;\n\nif (one) throw new Error("not today");\n'),
      `evenkeel.config.ts:3:16: ${message}`,
    );
  });

  test('is told with the line at which it is no TypeScript', async () => {
    assert.match(await issuesOf('const a = {\n  b: 1,,\n};\n'), /^evenkeel\.config\.ts:2:1: the file cannot be run: SyntaxError: /);
  });

  test('is told with the other file in which it fails', async () => {
    await writeFile(join(folder, 'pools.ts'), 'export const pools = {};\nthrow new Error("no pools");\n');
    const message = `the file cannot be run: Error: no pools, in ${folder}/pools.ts:2:7`;
    assert.equal(await issuesOf("import { pools } from './pools.ts';\nexport default { pools };\n"), `evenkeel.config.ts: ${message}`);
  });

  test('and ends the program, or waits for nothing, is told so', async () => {
    assert.equal(await issuesOf('process.exit(0);\n'), 'evenkeel.config.ts: the file cannot be run: it ended the program');
    const message = 'the file cannot be run: it waits for what never comes';
    assert.equal(await issuesOf('await new Promise(() => {});\n'), `evenkeel.config.ts: ${message}`);
  });

  test('and never comes to an end is given up', async () => {
    const message = 'the file cannot be run: it does not come to an end within 0.5 seconds';
    assert.equal(await issuesOf('for (;;);\n', 500), `evenkeel.config.ts: ${message}`);
    assert.equal(await issuesOf('setInterval(() => {}, 1000);\nawait new Promise(() => {});\n', 500), `evenkeel.config.ts: ${message}`);
  });
});

test('a document that many read at once on a busy machine is read each time', { timeout: 120_000 }, async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'evenkeel-module-'));
  const path = join(folder.path, 'evenkeel.config.ts');
  await writeFile(path, 'export default { workers: 2 };\n');
  for (let round = 0; round < 5; round++) {
    const reads = Array.from({ length: 8 }, () => readModule('evenkeel.config.ts', path));
    // What threads say and that they have ended comes in one turn when this one was busy meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const until = performance.now() + 200;
    while (performance.now() < until);
    for (const read of await Promise.all(reads)) assert.deepEqual(read.ok ? read.value.value : read.fault.map(issueText), { workers: 2 });
  }
});
