// A document that changes while Evenkeel serves: whoever says so, and whatever comes of it.
import assert from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { SocketEndpoint } from '../support/changes/socket-endpoint.ts';
import { freshFolder } from '../support/chaos/fresh-folder.ts';
import { EvenkeelProcess } from '../support/evenkeel-process.ts';

const timeout = 60_000;

/** `prepare` writes what has to be there before the start. */
async function world(words: readonly string[] = [], prepare: (folder: string, pools: string) => Promise<void> = async () => {}) {
  await using stack = new AsyncDisposableStack();
  const endpoint = stack.use(await SocketEndpoint.open());
  const folder = stack.use(await freshFolder());
  const admin = `unix:${folder.path}/admin.sock`;
  const write = async (pools: string, file = 'evenkeel.yaml') => {
    const text = `workers: 2\nadmin: { bind: "${admin}" }\nlisteners: [{ name: web, bind: "127.0.0.1:0", pool: web }]\npools: ${pools}\n`;
    await writeFile(`${folder.path}/${file}`, text);
  };
  const good = `{ web: { endpoints: ["127.0.0.1:${endpoint.port}"] } }`;
  const better = `{ web: { endpoints: ["127.0.0.1:${endpoint.port}"] }, spare: { endpoints: ["127.0.0.1:${endpoint.port}"] } }`;
  await write(good);
  await prepare(folder.path, good);
  const evenkeel = stack.use(new EvenkeelProcess(['run', ...words], folder.path));
  const url = await evenkeel.line(/web listening on (http:\S+)/);
  const moved = stack.move();
  return {
    evenkeel,
    folder: folder.path,
    write,
    good,
    better,
    answers: async () => (await fetch(url)).status,
    /** `evenkeel reload`. */
    reload: () => new EvenkeelProcess(['reload'], folder.path).ended(),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

describe('evenkeel reload', { timeout }, () => {
  test('brings another document in force, and tells what is different', async () => {
    await using here = await world();
    await here.write(here.better);
    const { code, out } = await here.reload();
    assert.deepEqual([code, out], [0, ['evenkeel: the document is in force.', '  pools added: spare']]);
    assert.deepEqual((await here.reload()).out, ['evenkeel: the document says what is in force already.']);
    await here.evenkeel.said(/reload: evenkeel\.yaml is in force\. Pools: added spare\./);
    assert.equal(await here.answers(), 200);
  });

  test('tells every mistake, and what was in force stays', async () => {
    await using here = await world();
    await here.write('{ web: { endpoints: [] }, spare: 7 }');
    const { code, err } = await here.reload();
    assert.equal(code, 1);
    assert.match(err.join('\n'), /pools\.web\.endpoints/);
    assert.match(err.join('\n'), /pools\.spare/);
    assert.equal(await here.answers(), 200);
  });

  test('says so when nobody runs', async () => {
    await using here = await world();
    here.evenkeel.signal('SIGKILL');
    await here.evenkeel.ended();
    const { code, err } = await here.reload();
    assert.equal(code, 1);
    assert.match(err.join('\n'), /nobody answers on unix:.*Is Evenkeel running by this document\?/);
  });
});

describe('run --watch', { timeout }, () => {
  test('follows the file, also when another one takes its place', async () => {
    await using here = await world(['--watch']);
    await here.write(here.better);
    await here.evenkeel.said(/The file has changed: evenkeel\.yaml is in force\. Pools: added spare\./);
    await here.write(here.good, 'next.yaml');
    await rename(`${here.folder}/next.yaml`, `${here.folder}/evenkeel.yaml`);
    await here.evenkeel.said(/The file has changed: evenkeel\.yaml is in force\. Pools: removed spare\./);
    assert.equal(await here.answers(), 200);
  });

  test('tells mistakes once, and takes the file when it is mended', async () => {
    await using here = await world(['--watch']);
    await here.write('{ web: { endpoints: [');
    await here.evenkeel.said(/The file has changed: evenkeel\.yaml was not taken over, and what was in force stays:/);
    await here.write(here.better);
    await here.evenkeel.said(/The file has changed: evenkeel\.yaml is in force/);
    assert.equal(here.evenkeel.count(/was not taken over/), 1);
    assert.equal(await here.answers(), 200);
  });

  test('follows what the document includes, files that join a pattern, and values from files', async () => {
    await using here = await world(['--watch']);
    const change = (file: string, text: string): Promise<void> => writeFile(`${here.folder}/${file}`, text);
    const pool = (name: string, header: string): string =>
      `pools: { ${name}: { endpoints: ["127.0.0.1:1"], health: { http: { path: /, headers: { X-Token: "${header}" } } } } }\n`;
    const included = 'include: [parts/*.yaml, one.yaml]\n';

    await mkdir(`${here.folder}/parts`);
    await change('one.yaml', pool('one', 'a'));
    await here.write(`${here.good}\n${included}`);
    await here.evenkeel.said(/The file has changed: evenkeel\.yaml is in force\. Pools: added one\./);
    await change('parts/two.yaml', pool('two', `\${file:../token}`).replace('X-Token', 'Authorization'));
    await here.evenkeel.said(/parts\/\*\.yaml in \S+ has changed: evenkeel\.yaml was not taken over/);
    await change('token', 'once\n');
    await here.evenkeel.said(/token has changed: evenkeel\.yaml is in force\. Pools: added two\./);
    await change('token', 'twice\n');
    await here.evenkeel.said(/token has changed: evenkeel\.yaml is in force\. Pools: changed two\./);
    await change('one.yaml', pool('one', 'b'));
    await here.evenkeel.said(/one\.yaml has changed: evenkeel\.yaml is in force\. Pools: changed one\./);
    await rm(`${here.folder}/parts/two.yaml`);
    await here.evenkeel.said(/Pools: removed two\./);
    assert.equal(await here.answers(), 200);
  });

  test('follows what a document in TypeScript imports, also when it cannot be run', async () => {
    await using here = await world(['evenkeel.config.ts', '--watch'], async (folder, pools) => {
      await writeFile(`${folder}/evenkeel.config.ts`, documentIn(folder));
      await writeFile(`${folder}/pools.ts`, `export const pools = ${pools};\n`);
    });
    await writeFile(`${here.folder}/pools.ts`, `export const pools = ${here.better};\n`);
    await here.evenkeel.said(/pools\.ts has changed: evenkeel\.config\.ts is in force\. Pools: added spare\./);
    await writeFile(`${here.folder}/pools.ts`, 'export const pools = {');
    await here.evenkeel.said(/pools\.ts has changed: evenkeel\.config\.ts was not taken over/);
    await writeFile(`${here.folder}/pools.ts`, `export const pools = ${here.good};\n`);
    await here.evenkeel.said(/pools\.ts has changed: evenkeel\.config\.ts is in force\. Pools: removed spare\./);
    assert.equal(await here.answers(), 200);
  });

  test('says of the code of a policy that it has to wait', async () => {
    const policy = (name: string): string =>
      `import { definePolicy } from 'evenkeel';\nexport default definePolicy({ name: '${name}', summary: 'x', options: {}, build: (all) => () => all[0] });\n`;
    await using here = await world(['--watch'], async (folder) => writeFile(`${folder}/mine.ts`, policy('a')));
    await here.write(here.good.replace(' } }', ', balance: ./mine.ts } }'));
    await here.evenkeel.said(/is in force\. Pools: changed web\./);
    await writeFile(`${here.folder}/mine.ts`, policy('ab'));
    await here.evenkeel.said(
      /mine\.ts has changed \(the code of policies comes in force at the next start\): evenkeel\.yaml says what is in force/,
    );
  });
});

const documentIn = (folder: string): string => `
import { defineConfig } from 'evenkeel';
import { pools } from './pools.ts';
export default defineConfig({
  workers: 2,
  admin: { bind: 'unix:${folder}/admin.sock' },
  listeners: [{ name: 'web', bind: '127.0.0.1:0', pool: 'web' }],
  pools,
});
`;
