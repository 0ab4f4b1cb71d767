// `evenkeel import nginx`: what is printed where, what is written, and with which exit code.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCommandLine } from '../command-line.ts';

describe('import', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evenkeel-import-'));
    await writeFile(
      join(folder, 'good.conf'),
      'server { listen 8080; location / { proxy_pass http://10.0.0.1:80; proxy_set_header Host $http_host; } }',
    );
    await writeFile(
      join(folder, 'partly.conf'),
      'server {\n  listen 8080;\n  frobnicate;\n  location / { proxy_pass http://10.0.0.1:80; proxy_set_header Host $http_host; }\n}',
    );
    await writeFile(join(folder, 'broken.conf'), 'server {\n  listen 8080\n}');
  });
  after(() => rm(folder, { recursive: true }));

  async function type(...words: readonly string[]): Promise<{ code: number | undefined; out: string; err: string }> {
    const out: string[] = [];
    const err: string[] = [];
    const tools = {
      out: (line: string) => out.push(line),
      err: (line: string) => err.push(line),
      colour: false,
      folder,
      start: () => Promise.reject(new Error('Nothing is started.')),
    };
    const code = await runCommandLine(['import', ...words], tools);
    return { code, out: out.join('\n'), err: err.join('\n') };
  }

  test('prints the document, and the report beside it', async () => {
    const { code, out, err } = await type('nginx', 'good.conf');
    assert.equal(code, 0);
    assert.equal(
      out,
      '# Translated from good.conf by `evenkeel import nginx`.\n\nlisteners:\n  - bind: :8080\n    pool: 10.0.0.1-80\n    limits: { body: 1MiB }\npools:\n  10.0.0.1-80:\n    endpoints: [ 10.0.0.1:80 ]\n    outliers: none\n    timeouts: { connect: 60s }\n    retry: { attempts: 1 }',
    );
    assert.match(err, /5 directives: 5 translated, 0 approximated, 0 refused, 0 without bearing$/);
  });

  test('writes both to files', async () => {
    const { code, out, err } = await type('nginx', 'good.conf', '-o', 'good.yaml', '--report', 'good.txt');
    assert.deepEqual([code, out, err], [0, '', '']);
    assert.match(await readFile(join(folder, 'good.yaml'), 'utf8'), /^# Translated from good\.conf/);
    assert.match(await readFile(join(folder, 'good.txt'), 'utf8'), /^Translated:\n {2}good\.conf:1: server \{ \}/);
  });

  test('says by its exit code that something was refused, and where', async () => {
    const { code, out, err } = await type('nginx', 'partly.conf');
    assert.equal(code, 1);
    assert.match(out, /^listeners:$/m);
    assert.match(err, /^ {2}partly\.conf:3: frobnicate: "frobnicate" is not known to the translation$/m);
  });

  test('has no document to give for a file that cannot be read', async () => {
    for (const [file, message] of [
      ['broken.conf', /broken\.conf:3: "listen" is not ended by ";" before this "}"/],
      ['gone.conf', /gone\.conf:1: gone\.conf: there is no such file/],
    ] as const) {
      const { code, out, err } = await type('nginx', file);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, message);
    }
  });

  test('knows nginx alone', async () => {
    const { code, err } = await type('apache', 'httpd.conf');
    assert.equal(code, 2);
    assert.match(err, /"apache" is not known; there is: evenkeel import nginx FILE/);
  });
});
