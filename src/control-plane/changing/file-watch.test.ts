// When a change of files is told.
import assert from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { freshFolder } from '../../../test/support/chaos/fresh-folder.ts';
import { type FilesRead, noteFile, notePattern, withFilesRead } from '../configuration/reading/files-read.ts';
import { FileWatch } from './file-watch.ts';

type States = Record<string, string | undefined>;

/** Files that are what the test says, and what was told of them. */
function world(states: States) {
  const told: string[] = [];
  const listed = (names: readonly string[]): FilesRead =>
    new Map(names.map((name) => [name, { identity: states[name], isCode: false, look: async () => states[name] }]));
  let files = listed(Object.keys(states));
  const watch = new FileWatch({ files: () => files, onChange: (cause) => told.push(cause) });
  return {
    told,
    /** They are so from now on, and are looked at. */
    become: async (next: States): Promise<readonly string[]> => {
      Object.assign(states, next);
      await watch.look();
      return told;
    },
    /** The document was read anew, and names these. */
    read: (...names: readonly string[]) => {
      files = listed(names);
    },
  };
}

test('a file that stays what it is is not told of', async () => {
  const here = world({ a: 'one' });
  assert.deepEqual(await here.become({}), []);
  assert.deepEqual(await here.become({}), []);
});

test('a change is told when the file was left alone between two looks', async () => {
  const here = world({ a: 'one' });
  assert.deepEqual(await here.become({ a: 'half' }), []);
  assert.deepEqual(await here.become({ a: 'whole' }), [], 'it is still being written');
  assert.deepEqual(await here.become({ a: 'whole' }), ['The file has changed']);
  assert.deepEqual(await here.become({ a: 'whole' }), ['The file has changed'], 'once');
});

test('a file that is gone for a moment, or back to what it was, is no change', async () => {
  const here = world({ a: 'one' });
  for (const state of [undefined, undefined, 'one', 'one', 'two', 'one', 'one']) await here.become({ a: state });
  assert.deepEqual(here.told, []);
});

test('changes of several files are told together, once the last one is whole', async () => {
  const here = world({ a: 'one', b: 'one', c: 'one' });
  await here.become({ a: 'two' });
  await here.become({ b: 'half' });
  await here.become({ b: 'two' });
  assert.deepEqual(here.told, []);
  assert.deepEqual(await here.become({}), ['The file and b have changed']);
});

test('one that is gone for good keeps no other from being told', async () => {
  const here = world({ a: 'one', b: 'one' });
  await here.become({ b: undefined });
  await here.become({ a: 'two' });
  assert.deepEqual(await here.become({}), ['The file has changed']);
  await here.become({ b: 'one again' });
  assert.deepEqual(await here.become({}), ['The file has changed', 'b has changed']);
});

test('a file that was missing when it was read is told when it comes', async () => {
  const here = world({ a: 'one', b: undefined });
  await here.become({});
  await here.become({ b: 'here' });
  assert.deepEqual(await here.become({}), ['b has changed']);
});

test('of many changes some are named, and of the code of policies it is said that it has to wait', async () => {
  const states = { a: '1', b: '1', c: '1', d: '1', e: '1' };
  const here = world(states);
  await here.become({ b: '2', c: '2', d: '2' });
  assert.deepEqual(await here.become({}), ['b, c and d have changed']);
  await here.become({ a: '3', b: '3', c: '3', e: '3' });
  assert.equal((await here.become({})).at(-1), 'The file, b and 2 more have changed');

  const policy = { identity: 'one', isCode: true, look: async () => 'two' };
  const told: string[] = [];
  const watch = new FileWatch({ files: () => new Map([['mine.ts', policy]]), onChange: (cause) => told.push(cause) });
  await watch.look();
  await watch.look();
  assert.deepEqual(told, ['The file has changed (the code of policies comes in force at the next start)']);
});

test('the files are those that were read last', async () => {
  const here = world({ a: 'one', b: 'one' });
  here.read('a');
  for (const b of ['two', 'two', 'two']) await here.become({ b });
  assert.deepEqual(here.told, [], 'it is named no more');
  here.read('a', 'b');
  assert.deepEqual(await here.become({}), [], 'it was read as it is');
  await here.become({ b: 'three' });
  assert.deepEqual(await here.become({}), ['b has changed']);
});

test('a change between reading and the first look is seen', async () => {
  const here = world({ a: 'one' });
  assert.deepEqual(await here.become({ a: 'two' }), []);
  assert.deepEqual(await here.become({}), ['The file has changed']);
});

test('reading anew without taking it over does not hide a change', async () => {
  const here = world({ a: 'one' });
  await here.become({});
  await here.become({ a: 'two' });
  here.read('a');
  assert.deepEqual(await here.become({}), ['The file has changed']);
});

test('on a disk, writing to a file, another one in its place and one more of a pattern are changes', async () => {
  await using folder = await freshFolder();
  const path = `${folder.path}/a.yaml`;
  await writeFile(path, 'one');
  await mkdir(`${folder.path}/pools`);
  const { files } = await withFilesRead(async () => {
    await noteFile(path);
    await notePattern('pools/*.yaml', folder.path);
  });
  const told: string[] = [];
  const watch = new FileWatch({ files: () => files, onChange: (cause) => told.push(cause) });
  const lookTwice = async (): Promise<readonly string[]> => {
    await watch.look();
    await watch.look();
    return told.splice(0);
  };
  assert.deepEqual(await lookTwice(), []);
  await writeFile(path, 'two and more');
  assert.deepEqual(await lookTwice(), ['The file has changed']);
  await writeFile(`${path}.next`, 'two and more');
  await rename(`${path}.next`, path);
  assert.deepEqual(await lookTwice(), ['The file has changed']);
  await writeFile(`${folder.path}/pools/web.yaml`, '');
  assert.deepEqual(await lookTwice(), [`pools/*.yaml in ${folder.path} has changed`]);
  await rm(`${folder.path}/pools/web.yaml`);
  assert.deepEqual(await lookTwice(), [`pools/*.yaml in ${folder.path} has changed`]);
});
