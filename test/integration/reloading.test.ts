// A document that changes while Evenkeel serves: whoever says so, and whatever comes of it.
import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { SocketEndpoint } from '../support/changes/socket-endpoint.ts';
import { freshFolder } from '../support/chaos/fresh-folder.ts';
import { EvenkeelProcess } from '../support/evenkeel-process.ts';

const timeout = 60_000;

async function world(words: readonly string[] = []) {
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
    await here.evenkeel.said(/API: evenkeel\.yaml is in force\. Pools: added spare\./);
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
});
