// Files of the user's run wherever they lie, and know this program by its name.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { definePolicy } from '../../domain/balancing/policy.ts';
import { loadDefault } from './load-module.ts';

describe('loading a file of the user', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evenkeel-load-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function load(name: string, text: string): Promise<Awaited<ReturnType<typeof loadDefault>>> {
    const path = join(folder, name);
    await writeFile(path, text);
    return loadDefault(path);
  }

  test('gives its default export', async () => {
    assert.deepEqual(await load('a.mjs', 'export default 7'), { ok: true, value: 7 });
    assert.deepEqual(await load('b.ts', 'const one: number = 1; export { one }'), { ok: true, value: undefined });
  });

  test('gives back what it throws', async () => {
    assert.deepEqual(await load('c.ts', 'throw null'), { ok: false, fault: null });
    const unfinished = await load('d.ts', 'export default {');
    assert.ok(!unfinished.ok && unfinished.fault instanceof SyntaxError);
  });

  test("finds this program as 'evenkeel' far from any package of that name", async () => {
    const loaded = await load('e.ts', "import { definePolicy } from 'evenkeel'; export default definePolicy;");
    assert.deepEqual(loaded, { ok: true, value: definePolicy });
  });

  test('finds everything else where it is', async () => {
    const loaded = await load(
      'f.ts',
      "import seven from './a.mjs'; import { join } from 'node:path'; export default [seven, typeof join];",
    );
    assert.deepEqual(loaded, { ok: true, value: [7, 'function'] });
    const missing = await load('g.ts', "import 'evenkeel/else';");
    assert.ok(!missing.ok);
  });
});

for (const entry of ['../../evenkeel.ts', '../supervising/serve-in-thread.ts', '../../data-plane/serving/data-plane.ts']) {
  test(`a worker that loads ${entry} loads no library with it`, async () => {
    const loaded = await modulesOf(new URL(entry, import.meta.url));
    assert.ok(loaded.length > 3);
    assert.deepEqual(
      loaded.filter((url) => url.includes('/node_modules/')),
      [],
    );
  });
}

/** Every module that comes along with one, in a thread of its own. */
async function modulesOf(entry: URL): Promise<readonly string[]> {
  const watch = `
    const { registerHooks } = require('node:module');
    const { parentPort, workerData } = require('node:worker_threads');
    const seen = [];
    registerHooks({ load: (url, context, next) => { seen.push(url); return next(url, context); } });
    import(workerData).then(() => parentPort.postMessage(seen));`;
  const thread = new Worker(watch, { eval: true, workerData: entry.href });
  return new Promise((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}
