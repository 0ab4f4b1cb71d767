// Files of every format are read, and what cannot be read is told as an issue, never thrown.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { issueText } from './issue.ts';
import { parseDocument, readDocument } from './read.ts';

const yaml = 'listeners: [{ bind: ":8080", pool: web }]\npools: { web: { endpoints: [10.0.0.1:8080] } }\n';
const json = '{"listeners":[{"bind":":8080","pool":"web"}],"pools":{"web":{"endpoints":["10.0.0.1:8080"]}}}';

describe('reading documents', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evenkeel-read-'));
  });
  after(() => rm(folder, { recursive: true }));

  /** The lines of the issues of a file with this content; none for a good document. */
  async function issuesOf(name: string, content: string | Uint8Array): Promise<readonly string[]> {
    await writeFile(join(folder, name), content);
    const read = await readDocument(name, folder);
    return read.ok ? [] : read.fault.map(issueText);
  }

  test('YAML, JSON, TypeScript and JavaScript say the same', async () => {
    const documents = [];
    const contents = {
      'a.yaml': yaml,
      'a.yml': yaml,
      'a.json': json,
      'a.config.ts': `const config: object = ${json}; export default config;`,
      'a.mjs': `export default ${json}`,
    };
    for (const [name, content] of Object.entries(contents)) {
      assert.deepEqual(await issuesOf(name, content), []);
      const read = await readDocument(name, folder);
      documents.push(read.ok ? read.value : undefined);
    }
    assert.ok(documents[0] !== undefined);
    for (const document of documents) assert.deepEqual(document, documents[0]);
  });

  test('a document survives the way to a worker thread unchanged', async () => {
    const read = await parseDocument({ file: 'a.yaml', text: yaml, format: 'yaml' });
    assert.ok(read.ok);
    assert.deepEqual(structuredClone(read.value), read.value);
  });

  test('a byte order mark and Windows line ends are no mistake, and places count without them', async () => {
    assert.deepEqual(await issuesOf('bom.yaml', `\uFEFF${yaml.replaceAll('\n', '\r\n')}`), []);
    assert.deepEqual(await issuesOf('bom.json', `\uFEFF${json}`), []);
    assert.deepEqual(await issuesOf('bad.yaml', `\uFEFFworkers: -1\r\n${yaml}`), [
      'bad.yaml:1:10: workers: expected "auto" or a whole number from 1 to 256, got -1',
    ]);
  });

  test('JSON is held to JSON', async () => {
    assert.deepEqual(await issuesOf('comment.json', `// hello\n${json}`), ['comment.json:1:1: this is not JSON: expected a value']);
  });

  test('a file that is not there, a folder and an empty file are told', async () => {
    const missing = await readDocument('missing.yaml', folder);
    assert.deepEqual(missing.ok ? [] : missing.fault.map(issueText), ['missing.yaml: there is no such file']);
    const directory = await readDocument('.', folder);
    assert.deepEqual(directory.ok ? [] : directory.fault.map(issueText), ['.: this is a folder, not a file']);
    assert.deepEqual(await issuesOf('empty.yaml', ''), ['empty.yaml: the file is empty; expected a document with listeners and pools']);
    assert.deepEqual(await issuesOf('empty.json', ' '), ['empty.json: the file is empty; expected a document with listeners and pools']);
  });

  test('bytes that are no text are told', async () => {
    assert.deepEqual(await issuesOf('bytes.yaml', Uint8Array.of(0xff, 0xfe, 0x00)), ['bytes.yaml: the file is not UTF-8 text']);
  });

  test('aliases that multiply are refused before they fill the memory', async () => {
    const levels = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [one, other] of ['ab', 'bc', 'cd', 'de']) levels.push(`${other}: &${other} [${Array(9).fill(`*${one}`).join(', ')}]`);
    const [issue] = await issuesOf('bomb.yaml', levels.join('\n'));
    assert.match(issue ?? '', /^bomb\.yaml: aliases .* multiply/);
  });

  test('what one bracket too many makes of every line behind it is told of some', { timeout: 30_000 }, async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `  web${index}: { endpoints: ["10.0.0.1:80"] }`);
    const issues = await issuesOf('open.yaml', `listeners: []]\npools:\n${lines.join('\n')}\n`);
    assert.equal(issues.length, 21);
    assert.match(issues[0] ?? '', /^open\.yaml:1:14: this is not YAML: /);
    assert.match(
      issues[20] ?? '',
      /^open\.yaml:\d+:\d+: \d+ more lines are not YAML from here on; mostly that follows from the first mistake$/,
    );
  });

  test('brackets nested without end are told, not crashed on', async () => {
    const issues = await issuesOf('deep.yaml', '['.repeat(50_000));
    assert.equal(issues.length, 1);
    assert.match(issues[0] ?? '', /^deep\.yaml:1:\d+: brackets or sections are nested deeper than any document needs$/);
  });

  test('hundreds of thousands of mistakes are told as one, not crashed on', async () => {
    const issues = await issuesOf('mistaken.json', `{"pools": {"web": {"endpoints": [${'"x",'.repeat(300_000)}"y"]}}}`);
    assert.deepEqual(issues, ['mistaken.json: more is wrong than can be told. Is this the right file?']);
  });

  test('a program without a default export is told how to have one', async () => {
    assert.deepEqual(await issuesOf('none.config.ts', 'export const config = 1;'), [
      'none.config.ts: expected a default export: export default defineConfig({ … })',
    ]);
  });

  test('a program that fails is told with its reason', async () => {
    assert.deepEqual(await issuesOf('throws.config.ts', 'throw new TypeError("not today");'), [
      'throws.config.ts:1:7: the file cannot be run: TypeError: not today',
    ]);
    assert.match(
      (await issuesOf('syntax.config.ts', 'export default {{')).join(),
      /^syntax\.config\.ts:1:1: the file cannot be run: SyntaxError/,
    );
  });

  test('mistakes in a program are told by path', async () => {
    const issues = await issuesOf(
      'wrong.config.ts',
      'export default { listeners: [{ bind: ":1", pool: "x" }], pools: { y: { endpoints: ["a:1"], retry: () => 1 } } };',
    );
    assert.deepEqual(issues, [
      'wrong.config.ts: pools.y.retry: expected a section such as { attempts: 2, on: [503] }, got a function',
      'wrong.config.ts: listeners[0].pool: no pool is named "x"; the pools are y; did you mean "y"?',
    ]);
  });

  test('a program whose document holds itself is refused like any other', async () => {
    const issues = await issuesOf(
      'loop.config.ts',
      'const loop: Record<string, unknown> = { listeners: [] }; loop["pools"] = loop; export default loop;',
    );
    assert.ok(issues.length > 0);
  });
});
