// When a change of a file is told.
import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { freshFolder } from '../../../test/support/chaos/fresh-folder.ts';
import { FileWatch } from './file-watch.ts';

async function world() {
  let state: string | undefined = 'one';
  let told = 0;
  const watch = new FileWatch({ path: 'a.yaml', look: async () => state, onChange: () => told++ });
  await watch.start();
  return {
    watch,
    told: () => told,
    /** The file is so from now on, and is looked at. */
    become: async (next: string | undefined) => {
      state = next;
      await watch.look();
      return told;
    },
    [Symbol.dispose]: () => watch.stop(),
  };
}

test('a file that stays what it is is not told of', async () => {
  using here = await world();
  assert.equal(await here.become('one'), 0);
});

test('a change is told when the file was left alone between two looks', async () => {
  using here = await world();
  assert.equal(await here.become('half'), 0);
  assert.equal(await here.become('whole'), 0, 'it is still being written');
  assert.equal(await here.become('whole'), 1);
  assert.equal(await here.become('whole'), 1, 'once');
});

test('a file that is gone for a moment, or back to what it was, is no change', async () => {
  using here = await world();
  for (const state of [undefined, undefined, 'one', 'one', 'two', 'one', 'one']) await here.become(state);
  assert.equal(here.told(), 0);
});

test('writing to a file and putting another one in its place are changes', async () => {
  await using folder = await freshFolder();
  const path = `${folder.path}/a.yaml`;
  await writeFile(path, 'one');
  let told = 0;
  const watch = new FileWatch({ path, onChange: () => told++ });
  await watch.start();
  await writeFile(path, 'two and more');
  await watch.look();
  await watch.look();
  assert.equal(told, 1);
  await writeFile(`${path}.next`, 'two and more');
  await rename(`${path}.next`, path);
  await watch.look();
  await watch.look();
  assert.equal(told, 2);
  watch.stop();
});
