// Documents of several files: what they come to together, and where a mistake in one of them is placed.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Document } from '../document.ts';
import { issueText } from '../issue.ts';
import { readDocument } from '../read.ts';

const root = 'listeners: [{ bind: ":80", pool: web }]\n';
const pool = (name: string, port = 80) => `pools:\n  ${name}: { endpoints: ["10.0.0.1:${port}"] }\n`;

describe('a document of several files', () => {
  let base = '';
  let count = 0;
  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'evenkeel-parts-'));
  });
  after(() => rm(base, { recursive: true }));

  async function write(files: Readonly<Record<string, string>>): Promise<string> {
    count += 1;
    const folder = join(base, String(count));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return folder;
  }

  async function issuesOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const folder = await write(files);
    const warnings: string[] = [];
    const read = await readDocument('main.yaml', folder, (remark) => warnings.push(`warning: ${issueText(remark)}`));
    return read.ok ? warnings : read.fault.map(issueText);
  }

  async function documentOf(files: Readonly<Record<string, string>>): Promise<Document> {
    const read = await readDocument('main.yaml', await write(files));
    return read.ok ? read.value : assert.fail(read.fault.map(issueText).join('\n'));
  }

  test('has the pools of all, and their listeners in order', async () => {
    const { pools, listeners } = await documentOf({
      'main.yaml': `include: [pools/*.yaml, more.json]\n${root}`,
      'pools/b.yaml': `${pool('other')}listeners:\n  - { bind: ":81", pool: other }\n`,
      'pools/a.yaml': pool('web'),
      'more.json': '{"$schema":"x","listeners":[{"bind":":82","pool":"web"}],"workers":2}',
    });
    assert.deepEqual(Object.keys(pools).sort(), ['other', 'web']);
    assert.deepEqual(
      listeners.map(({ name }) => name),
      [':80', ':81', ':82'],
    );
  });

  test('may include files that include others, each from where it stands', async () => {
    const { pools } = await documentOf({
      'main.yaml': `include: parts/one.yaml\n${root}`,
      'parts/one.yaml': 'include: deeper/two.yaml\n',
      'parts/deeper/two.yaml': `pools: { web: { endpoints: ["\${file:host.txt}:80"], sticky: { cookie: A, secret: "\${file:../key.txt}" } } }\n`,
      'parts/deeper/host.txt': 'a.test\n',
      'parts/key.txt': '0123456789abcdef\n',
    });
    assert.equal(pools['web']?.endpoints[0]?.id, 'a.test:80');
    assert.partialDeepStrictEqual(pools['web']?.sticky, { secret: '0123456789abcdef' });
  });

  test('has mistakes placed in the file where they stand', async () => {
    assert.deepEqual(
      await issuesOf({
        'main.yaml': `include: [a.yaml, b.json]\n${root}workers: many\n`,
        'a.yaml': `listeners:\n  - bind: ":81"\n    pool: wbe\n${pool('web')}`,
        'b.json': '{\n  "pools": { "late": { "endpoints": [ 5 ] } }\n}',
      }),
      [
        'a.yaml:3:11: listeners[0].pool: no pool is named "wbe"; the pools are web, late; did you mean "web"?',
        'b.json:2:39: pools.late.endpoints[0]: expected an address such as 10.0.0.1:8080, localhost:3001, [::1]:80 or unix:/run/app.sock, or a section with address and weight, got 5',
        'main.yaml:3:10: workers: expected "auto" or a whole number from 1 to 256, got "many"',
      ],
    );
  });

  test('refuses what stands in two of them, and names both places', async () => {
    assert.deepEqual(
      await issuesOf({
        'main.yaml': `workers: 1\ninclude: [a.yaml, b.yaml]\n${root}`,
        'a.yaml': pool('web'),
        'b.yaml': `workers: 2\nlisteners:\n  - { bind: ":81", pool: web }\n  - { bind: ":80", pool: web, name: x }\n${pool('web', 81)}`,
      }),
      [
        'b.yaml:1:1: workers: "workers" stands in main.yaml:1:1 already; it may be given in one file only',
        'b.yaml:4:13: listeners[1].bind: :80 is already taken by listeners[0].bind, in main.yaml:3:21',
        'b.yaml:6:3: pools.web: the pool "web" stands in a.yaml:2:3 already; it may be given in one file only',
      ],
    );
  });

  test('refuses circles, files that are not there, that are no text, that are programs and that are named twice', async () => {
    assert.deepEqual(
      await issuesOf({
        'main.yaml':
          'include:\n  - one.yaml\n  - missing.yaml\n  - bytes.yaml\n  - config.ts\n  - folder\n  - leaf.yaml\n  - ./leaf.yaml\n  - 5\n',
        'one.yaml': 'include: two.yaml\n',
        'two.yaml': 'workers: 1\ninclude: [one.yaml, main.yaml]\n',
        'bytes.yaml': 'a: \u0000',
        'config.ts': '',
        'leaf.yaml': pool('web'),
        'folder/x': '',
      }).then((issues) => issues.filter((issue) => !issue.startsWith('bytes.yaml'))),
      [
        'main.yaml:3:5: include[1]: missing.yaml: there is no such file; the way to it begins where this document is',
        'main.yaml:5:5: include[3]: config.ts is a program; expected files in YAML or JSON. A document in TypeScript imports what it needs',
        'main.yaml:6:5: include[4]: folder: this is a folder, not a file',
        'main.yaml:8:5: include[6]: leaf.yaml is included already; each file is read once',
        'main.yaml:9:5: include[7]: expected files such as [pools/*.yaml], got 5',
        'two.yaml:2:11: include[0]: the includes go in a circle: one.yaml → two.yaml → one.yaml',
        'two.yaml:2:21: include[1]: the includes go in a circle: main.yaml → one.yaml → two.yaml → main.yaml',
      ],
    );
  });

  test('is not checked while one of them cannot be read: what stands there would be called missing', async () => {
    assert.deepEqual(await issuesOf({ 'main.yaml': `include: a.yaml\n${root}`, 'a.yaml': 'pools: [' }), [
      'a.yaml:1:9: this is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ]);
    assert.deepEqual(await issuesOf({ 'main.yaml': `include: a.yaml\n${root}${pool('web')}`, 'a.yaml': '- 1' }), [
      'a.yaml:1:1: expected a section with keys such as pools or listeners',
    ]);
  });

  test('warns where no file is like a pattern', async () => {
    assert.deepEqual(await issuesOf({ 'main.yaml': `include: none/*.yaml\n${root}${pool('web')}` }), [
      'warning: main.yaml:1:10: include: no file is like none/*.yaml: nothing is included',
    ]);
  });

  test('in TypeScript imports instead', async () => {
    const folder = await write({
      'main.config.ts':
        'export default { include: ["a.yaml"], listeners: [{ bind: ":1", pool: "web" }], pools: { web: { endpoints: ["a:1"] } } };',
    });
    const read = await readDocument('main.config.ts', folder);
    assert.deepEqual(read.ok ? [] : read.fault.map(issueText), [
      'main.config.ts: include: a document in TypeScript imports what it needs; "include" is for YAML and JSON',
    ]);
  });

  test('refuses a file that is too large, before it is read', async () => {
    const [issue] = await issuesOf({ 'main.yaml': `include: large.yaml\n${root}`, 'large.yaml': `#${' '.repeat(50 * 1024 * 1024)}` });
    assert.match(issue ?? '', /^main\.yaml:1:10: include: large\.yaml: the file has 51 MiB; a document has 16 MiB at most/);
    const [own] = await issuesOf({ 'main.yaml': `#${' '.repeat(50 * 1024 * 1024)}` });
    assert.match(own ?? '', /^main\.yaml: the file has 51 MiB; a document has 16 MiB at most/);
  });
});
