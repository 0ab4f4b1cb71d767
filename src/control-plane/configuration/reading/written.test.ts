// What was written, kept and checked again later: it says the same, and finds the same files.
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { freshFolder } from '../../../../test/support/chaos/fresh-folder.ts';
import { issueText } from '../issue.ts';
import { checkWritten, readWritten } from '../read.ts';
import { pointerOf, stepsOf } from './pointer.ts';
import type { WrittenData } from './written.ts';
import { listenerName } from './written.ts';

async function world() {
  const folder = await freshFolder();
  const write = async (file: string, text: string) => {
    await mkdir(join(folder.path, file, '..'), { recursive: true });
    await writeFile(join(folder.path, file), text);
  };
  await write('evenkeel.yaml', 'include: [parts/*.yaml]\nlisteners: [{ bind: ":8080", pool: web }]\noverload: "none"\n');
  await write(
    'parts/web.yaml',
    `pools: { web: { balance: ./mine.ts, endpoints: ["10.0.0.1:80"], sticky: { cookie: "${'$'}{file:cookie.txt}" } } }\nlisteners: [{ bind: ":81", pool: web }]\n`,
  );
  await write('parts/mine.ts', policy);
  await write('parts/cookie.txt', 'shop\n');
  const read = await readWritten('evenkeel.yaml', folder.path);
  if (!read.ok) assert.fail(read.fault.map(issueText).join('\n'));
  return { path: folder.path, write, read: read.value, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

const policy = `import { definePolicy } from 'evenkeel';
export default definePolicy({ name: 'mine', summary: 'Mine.', options: {}, build: () => ({ pick: () => 0 }) });
`;

/** As it is kept. */
const kept = (data: WrittenData): WrittenData => JSON.parse(JSON.stringify(data)) as WrittenData;

describe('what was written', () => {
  test('is put together from all files, with values from elsewhere by their names', async () => {
    await using here = await world();
    assert.deepEqual(here.read.written.value, {
      listeners: [
        { bind: ':8080', pool: 'web' },
        { bind: ':81', pool: 'web' },
      ],
      pools: { web: { balance: './mine.ts', endpoints: ['10.0.0.1:80'], sticky: { cookie: `${'$'}{file:cookie.txt}` } } },
      overload: 'none',
    });
    assert.deepEqual(here.read.written.folders, { '/pools/web': `${here.path}/parts`, '/listeners/:81': `${here.path}/parts` });
  });

  test('checks later as it did, files of included files among it', async () => {
    await using here = await world();
    const again = await checkWritten(kept(here.read.written));
    assert.deepEqual(again, { ok: true, value: here.read.document });
  });

  test('is checked with what its files say by then', async () => {
    await using here = await world();
    await here.write('parts/cookie.txt', 'other');
    const again = await checkWritten(kept(here.read.written));
    assert.match(JSON.stringify(again.ok ? again.value.pools['web']?.sticky : again.fault), /"other"/);
    await rm(join(here.path, 'parts/mine.ts'));
    await rm(join(here.path, 'parts/cookie.txt'));
    const gone = await checkWritten(kept(here.read.written), 'version 3');
    assert.deepEqual(gone.ok ? [] : gone.fault.map(issueText).sort(), [
      'version 3: pools.web.balance: there is no file ./mine.ts; the way to it begins where this document is',
      'version 3: pools.web.sticky.cookie: cookie.txt: there is no such file; the way to it begins where this document is',
    ]);
  });
});

test('pointers are read as they are written', () => {
  const steps = ['pools', 'a/b~c', 'endpoints', 'unix:/run/a.sock'];
  assert.equal(pointerOf(steps), '/pools/a~1b~0c/endpoints/unix:~1run~1a.sock');
  assert.deepEqual(stepsOf(pointerOf(steps)), steps);
  assert.deepEqual([stepsOf('pools'), stepsOf('/a~2'), stepsOf('/a~')], [undefined, undefined, undefined]);
});

test('a listener without a name has that of its address', () => {
  assert.deepEqual(
    [listenerName({ bind: 'LOCALHOST:80' }), listenerName({ name: 'web', bind: ':1' }), listenerName(7)],
    ['localhost:80', 'web', ''],
  );
});
