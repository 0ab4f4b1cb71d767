// `evenkeel check` of a configuration of nginx: what is told where, and with which exit code. Documents are checked in test/golden.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCommandLine } from '../command-line.ts';

const good = 'server { listen 8080;\n  gzip on;\n  location / { proxy_pass http://10.0.0.1:80; }\n}';
const partly = 'server {\n  listen 8080;\n  location / { proxy_pass http://10.0.0.1:80; }\n  location /x { auth_basic on; }\n}';

describe('check', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evenkeel-check-'));
    await writeFile(join(folder, 'good.conf'), good);
    await writeFile(join(folder, 'partly.conf'), partly);
    await writeFile(join(folder, 'broken.conf'), 'server {\n  listen 8080\n}');
    await writeFile(join(folder, 'nginx.conf'), 'include good.conf;');
    await writeFile(join(folder, 'document.conf'), 'listeners: [{ bind: ":80", pool: web }]\npools: { web: { endpoints: [a:1] } }');
  });
  after(() => rm(folder, { recursive: true }));

  async function check(...words: readonly string[]): Promise<{ code: number | undefined; out: string[]; err: string[] }> {
    const out: string[] = [];
    const err: string[] = [];
    const start = () => Promise.reject(new Error('Nothing is started.'));
    const tools = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), colour: false, folder, start };
    return { code: await runCommandLine(['check', ...words], tools), out, err };
  }

  test('reads a configuration of nginx as run does, and warns of what is approximated', async () => {
    const { code, out, err } = await check('good.conf');
    assert.deepEqual([code, out], [0, ['good.conf: good: 1 listener, 1 pool, 1 endpoint']]);
    assert.deepEqual(err, ['warning: good.conf:2:1: gzip on: Evenkeel does not compress answers; endpoints may']);
  });

  test('tells what is refused with its line, and what to do', async () => {
    const { code, out, err } = await check('partly.conf');
    assert.deepEqual([code, out], [1, []]);
    assert.ok(err.some((line) => line.startsWith('partly.conf:4:1: auth_basic on: Evenkeel asks nobody who they are yet')));
    assert.match(err.at(-1) ?? '', /parts of partly\.conf are refused; `evenkeel run --partial partly\.conf` serves the rest/);
  });

  test('tells programs the same', async () => {
    const { code, out } = await check('partly.conf', '--json');
    const { ok, issues } = JSON.parse(out.join('\n'));
    assert.deepEqual([code, ok], [1, false]);
    assert.ok(issues.some(({ line, path }: { line: number; path: string }) => line === 4 && path === 'auth_basic on'));
    assert.equal(JSON.parse((await check('good.conf', '--json')).out.join('\n')).warnings.length, 1);
  });

  test('tells what is no configuration at all', async () => {
    const { code, err } = await check('broken.conf');
    assert.equal(code, 1);
    assert.match(err.join('\n'), /broken\.conf:3:1: .*";"/);
  });

  test('takes a file of that name for nginx, and a document for a document', async () => {
    assert.deepEqual((await check('nginx.conf')).out, ['nginx.conf: good: 1 listener, 1 pool, 1 endpoint']);
    assert.deepEqual(await check('document.conf'), { code: 0, out: ['document.conf: good: 1 listener, 1 pool, 1 endpoint'], err: [] });
  });
});
