// The code in docs/own-policies.md is run as the page says: its policies by `evenkeel check`, its test by Node.js.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { EvenkeelProcess } from '../../test/support/evenkeel-process.ts';

const repository = join(import.meta.dirname, '../..');

describe('the page about own policies', () => {
  let folder = '';
  let page = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evenkeel-page-'));
    await mkdir(join(folder, 'policies'));
    page = await readFile(join(repository, 'docs/own-policies.md'), 'utf8');
    const [mostRoom = '', soonest = ''] = blocks('ts');
    await writeFile(join(folder, 'policies/most-room.ts'), mostRoom);
    await writeFile(join(folder, 'policies/soonest.ts'), soonest);
  });
  after(() => rm(folder, { recursive: true }));

  const blocks = (language: string): readonly string[] =>
    [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map((match) => match[1] ?? '');

  test('shows two policies, and a document that is in order with both', async () => {
    assert.equal(blocks('ts').length, 2);
    const [pools = ''] = blocks('yaml');
    const text = pools.replaceAll(/^( +)balance:.*$/gm, (line, indent) => `${line}\n${indent}endpoints: [10.0.0.1:8080]`);
    const other = '  other: { balance: policies/soonest.ts, endpoints: [10.0.0.1:8080] }\n';
    const more = `${other}listeners: [{ bind: ":8080", routes: [{ split: { web: 1, api: 1, other: 1 } }] }]\n`;
    await writeFile(join(folder, 'evenkeel.yaml'), text + more);
    await using check = new EvenkeelProcess(['check'], folder);
    assert.deepEqual(await check.ended(), { code: 0, out: ['evenkeel.yaml: good: 1 listener, 3 pools, 3 endpoints'], err: [] });
  });

  test('shows a test that passes', async () => {
    const [text = ''] = blocks('js');
    await writeFile(join(folder, 'most-room.test.mjs'), text);
    await mkdir(join(folder, 'node_modules'));
    await symlink(repository, join(folder, 'node_modules/evenkeel'), 'dir');
    // Without what tells a test runner that it runs inside another one.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap'], { cwd: folder, env });
    assert.match(stdout, /^# pass 1$/m);
  });
});
