// Files that cannot even be run, and what comes of those that can. What is said of good files with mistakes in the document: test/golden/own-policies.md.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Document } from './document.ts';
import { issueText } from './issue.ts';
import { readDocument } from './read.ts';

describe('policies of the user', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evenkeel-own-'));
    await mkdir(join(folder, 'policies'));
  });
  after(() => rm(folder, { recursive: true }));

  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  const read = async (balance: string): ReturnType<typeof readDocument> => {
    await write('a.yaml', `listeners: [{ bind: ":80", pool: web }]\npools: { web: { balance: ${balance}, endpoints: [a:1] } }\n`);
    return readDocument('a.yaml', folder);
  };

  /** The message of the one mistake in a policy's file, without the folder's name. */
  async function mistakeIn(name: string, text: string): Promise<string> {
    await write(name, text);
    const result = await read(`./${name}`);
    assert.ok(!result.ok);
    assert.equal(result.fault.length, 1);
    const issue = result.fault.map(issueText).join().replaceAll(folder, '');
    const place = 'a.yaml:2:26: pools.web.balance: ';
    assert.ok(issue.startsWith(place), issue);
    return issue.slice(place.length);
  }

  const last = `
    import { count, definePolicy } from 'evenkeel';
    export default definePolicy({
      name: 'last', summary: 'The last.', options: { room: count({ least: 1, most: 9, default: 2, about: 'Room.' }) },
      build: (candidates) => ({ pick: () => candidates.at(-1) ?? candidates[0] }),
    });`;

  async function settingsOf(balance: string): Promise<Document['pools'][string]['balance'] | undefined> {
    const result = await read(balance);
    if (!result.ok) assert.fail(result.fault.map(issueText).join('\n'));
    return result.value.pools['web']?.balance;
  }

  test('become plain data with an absolute path, from where the document is', async () => {
    await write('policies/last.ts', last);
    const settings = await settingsOf('{ policy: ./policies/last.ts, room: 3 }');
    assert.deepEqual(settings, { room: 3, policy: join(folder, 'policies/last.ts') });
    assert.deepEqual(structuredClone(settings), settings);
    assert.deepEqual(await settingsOf(join(folder, 'policies/last.ts')), { room: 2, policy: join(folder, 'policies/last.ts') });
  });

  test('are found from documents in TypeScript and JSON as well', async () => {
    await write('policies/last.ts', last);
    const pools = { web: { balance: { policy: './policies/last.ts', room: 4 }, endpoints: ['a:1'] } };
    const document = JSON.stringify({ listeners: [{ bind: ':80', pool: 'web' }], pools });
    await write('b.json', document);
    await write('c.config.ts', `import { defineConfig } from 'evenkeel'; export default defineConfig(${document});`);
    for (const name of ['b.json', 'c.config.ts']) {
      const result = await readDocument(name, folder);
      assert.deepEqual(result.ok && result.value.pools['web']?.balance, { room: 4, policy: join(folder, 'policies/last.ts') });
    }
  });

  test('may be JavaScript without a word of ours', async () => {
    const plain = "export default { name: 'a', summary: 'A.', options: {}, build: (all) => ({ pick: () => all[0] }) }";
    await write('plain.mjs', plain);
    assert.deepEqual(await settingsOf('./plain.mjs'), { policy: join(folder, 'plain.mjs') });
  });

  test('that cannot be understood are told with the line', async () => {
    assert.match(
      await mistakeIn('syntax.ts', 'const a = 1;\nexport default {{'),
      /^\.\/syntax\.ts cannot be loaded: SyntaxError: .* at \/syntax\.ts:2$/,
    );
    assert.match(
      await mistakeIn('enum.ts', 'enum A { B }'),
      /^\.\/enum\.ts cannot be loaded: SyntaxError: .*enum is not supported.* at \/enum\.ts:1$/,
    );
  });

  test('that throw are told with what and where', async () => {
    assert.equal(
      await mistakeIn('throws.ts', '\n  throw new TypeError("not today");'),
      './throws.ts cannot be loaded: TypeError: not today at /throws.ts:2:9',
    );
    assert.equal(await mistakeIn('null.ts', 'throw null;'), './null.ts cannot be loaded: null');
  });

  test('that import what is not there are told what that is', async () => {
    const message = await mistakeIn('imports.ts', "import { a } from './nothing.ts'; export default a;");
    assert.match(message, /^\.\/imports\.ts cannot be loaded: Error: Cannot find module '\/nothing\.ts' imported from \/imports\.ts$/);
  });

  test('are keyed on what exists', async () => {
    const keyed = (keyedOn: string): string =>
      `export default { name: 'a', summary: 'A.', options: {}, keyedOn: ${keyedOn}, build: (all) => ({ pick: () => all[0] }) }`;
    const forms = 'client, host, path, uri, query:NAME, header:NAME or cookie:NAME';
    const expected = (given: string): string => `is no policy: keyedOn gives ${given}; expected a list of keys (${forms})`;
    assert.equal(await mistakeIn('k1.mjs', keyed("() => 'client'")), `./k1.mjs ${expected('"client"')}`);
    assert.equal(await mistakeIn('k2.mjs', keyed("() => ['colour']")), `./k2.mjs ${expected('a list')}`);
    assert.equal(await mistakeIn('k3.mjs', keyed('() => [7]')), `./k3.mjs ${expected('a list')}`);
    assert.match(await mistakeIn('k4.mjs', keyed('() => { throw 7 }')), /^\.\/k4\.mjs is no policy: keyedOn throws 7$/);
    await write('k5.mjs', keyed("() => ['client', 'header:x-user']"));
    assert.deepEqual(await settingsOf('./k5.mjs'), { policy: join(folder, 'k5.mjs') });
  });

  test('are no folders, and one in a folder that is not there is told without a guess', async () => {
    const result = await read('./elsewhere/last.ts');
    assert.ok(!result.ok);
    assert.equal(result.fault[0]?.nearest, undefined);
    await mkdir(join(folder, 'folder.ts'));
    const inFolder = await read('./folder.ts');
    assert.deepEqual(inFolder.ok ? [] : inFolder.fault.map(({ message }) => message), [
      './folder.ts is a folder; expected the file of a policy',
    ]);
  });
});
