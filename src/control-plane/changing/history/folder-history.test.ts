// Versions in a folder: what is found again, what is left out, and what happens when the disk or another program is in the way.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshFolder } from '../../../../test/support/chaos/fresh-folder.ts';
import { entryOf, versionOf } from '../../../../test/support/history/versions.ts';
import { RecordedLog } from '../../../../test/support/recorded-log.ts';
import { openFolder } from './folder-history.ts';
import type { History } from './history.ts';
import { openHistory } from './open-history.ts';

async function world(keep = 5) {
  const folder = await freshFolder();
  const path = join(folder.path, 'deep/state');
  const log = new RecordedLog();
  const open = async (): Promise<History> => {
    const opened = await openFolder({ folder: path, keep, log });
    return opened.kind === 'open' ? opened.history : assert.fail(opened.reason);
  };
  return { path, log, open, folder: folder.path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

const numbersOf = ({ heads }: History): readonly number[] => heads.map(({ number }) => number);

async function addTo(history: History, ...numbers: readonly number[]): Promise<void> {
  for (const number of numbers) await history.add(versionOf(number));
}

describe('versions', () => {
  test('are found again as they were, by the next program', async () => {
    await using here = await world();
    const first = await here.open();
    const version = versionOf(1, 3, { pinned: 7, fileMark: '01234567', layer: [entryOf('/pools/web/balance', 'random')], changes: 1 });
    await first.add(version);
    first.close();
    const second = await here.open();
    assert.deepEqual(await second.read(1), { kind: 'found', version });
    assert.deepEqual([second.next, second.heads[0]?.pinned, second.heads[0]?.changes], [2, 7, 1]);
    second.close();
  });

  test('are kept up to a number', async () => {
    await using here = await world(3);
    const history = await here.open();
    await addTo(history, 1, 2, 3, 4, 5);
    assert.deepEqual(numbersOf(history), [3, 4, 5]);
    assert.deepEqual(await history.read(2), { kind: 'no-such-version' });
    assert.deepEqual((await readdir(here.path)).sort(), ['000003.version', '000004.version', '000005.version', 'lock']);
    history.close();
  });

  test('are nobody else’s to read', async () => {
    await using here = await world();
    const history = await here.open();
    await addTo(history, 1);
    assert.equal((await stat(here.path)).mode & 0o777, 0o700);
    for (const name of await readdir(here.path)) assert.equal((await stat(join(here.path, name))).mode & 0o777, 0o600, name);
    history.close();
  });
});

describe('files that cannot be read are named and left out', () => {
  test('whatever is wrong with them, and their numbers are not given again', async () => {
    await using here = await world(9);
    const before = await here.open();
    await addTo(before, 1, 2, 3, 4, 5, 6);
    before.close();
    const file = (number: number): string => join(here.path, `00000${number}.version`);
    await truncate(file(2), (await stat(file(2))).size - 7);
    await writeFile(file(3), '');
    await writeFile(file(4), 'what is this?\n');
    await rm(file(5));
    await mkdir(file(5));
    await rename(file(6), file(7));
    await writeFile(join(here.path, 'notes.txt'), 'mine');
    await writeFile(join(here.path, '000009.version.unfinished'), 'half');

    const history = await here.open();
    assert.deepEqual([numbersOf(history), history.next], [[1], 8]);
    const left = here.log.lines.map((line) => line.replace(here.path, ''));
    assert.deepEqual(left, [
      'warn /000002.version is left out of the history: it is cut off, or something was added to it.',
      'warn /000003.version is left out of the history: it is empty.',
      'warn /000004.version is left out of the history: it is no version.',
      'warn /000005.version is left out of the history: this is a folder, not a file.',
      'warn /000007.version is left out of the history: it was given another name.',
    ]);
    assert.equal((await readdir(here.path)).includes('000009.version.unfinished'), false);
    assert.equal(await readFile(join(here.path, 'notes.txt'), 'utf8'), 'mine');
    history.close();
  });

  test('damage inside of one is found when it is read', async () => {
    await using here = await world();
    const history = await here.open();
    await addTo(history, 1);
    const path = join(here.path, '000001.version');
    await writeFile(path, (await readFile(path, 'utf8')).replace('10.1.0.0:80', '10.9.0.0:80'));
    assert.deepEqual(await history.read(1), { kind: 'damaged', reason: 'version 1 cannot be read: it is damaged, or was changed by hand' });
    await rm(path);
    assert.deepEqual(await history.read(1), { kind: 'damaged', reason: 'version 1 cannot be read: it is gone' });
    history.close();
  });
});

describe('a disk that takes nothing', () => {
  test('has versions wait in memory, is told of once, and gets them as soon as it can', async () => {
    await using here = await world();
    const history = await here.open();
    await addTo(history, 1);
    await rename(here.path, `${here.path}.away`);
    await addTo(history, 2, 3);
    assert.deepEqual(numbersOf(history), [1, 2, 3]);
    assert.deepEqual(await history.read(3), { kind: 'found', version: versionOf(3) });
    assert.equal(here.log.lines.length, 1);
    assert.match(here.log.lines[0] ?? '', /^warn Version 2 cannot be kept in .*: it is gone\. It is in force, and kept in memory/);

    await rename(`${here.path}.away`, here.path);
    await addTo(history, 4);
    assert.match(here.log.lines[1] ?? '', /^info Versions are kept in .* again/);
    history.close();
    const next = await here.open();
    assert.deepEqual(numbersOf(next), [1, 2, 3, 4]);
    assert.deepEqual(await next.read(2), { kind: 'found', version: versionOf(2) });
    next.close();
  });

  test('from the start is no reason not to serve', async () => {
    await using here = await world();
    await writeFile(join(here.folder, 'file'), '');
    const history = await openHistory({ folder: './file', keep: 5 }, here.folder, here.log);
    assert.equal(history.folder, undefined);
    assert.match(
      here.log.lines[0] ?? '',
      /^warn The history cannot be kept in \.\/file: this is a file, not a folder\. It is kept in memory/,
    );
  });

  test('that has a limit says so', async (t) => {
    await using here = await world();
    await mkdir(join(here.folder, 'none'), { recursive: true });
    // A limit on the size of files is the nearest that every machine has.
    const child = spawn('sh', ['-c', `ulimit -f 16; exec "$0" "$@"`, process.execPath, writer, join(here.folder, 'none')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    t.after(() => child.kill('SIGKILL'));
    let said = '';
    child.stderr.on('data', (text) => {
      said += String(text);
      child.kill('SIGKILL');
    });
    child.stdout.resume();
    await once(child, 'close');
    assert.match(said, /Version 1 cannot be kept in .*: files may not be that large here/);
    const left = await readdir(join(here.folder, 'none'));
    assert.deepEqual(left, ['lock']);
  });
});

const writer = join(import.meta.dirname, '../../../../test/support/history/writer-main.ts');

describe('one folder', { timeout: 30_000 }, () => {
  test('is for one program', async () => {
    await using here = await world();
    const history = await here.open();
    const reason = `process ${process.pid} has it`;
    assert.deepEqual(await openFolder({ folder: here.path, keep: 5, log: here.log }), { kind: 'held', reason });
    await assert.rejects(
      openHistory({ folder: here.path, keep: 5 }, '/', here.log),
      /cannot be kept in .*process \d+ has it.*run by this document already/,
    );
    history.close();
    (await here.open()).close();
    assert.deepEqual(await readdir(here.path), []);
  });

  test('is taken over from a program that is gone, also when its number was given again', async () => {
    await using here = await world();
    const child = spawn(process.execPath, [writer, here.path], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');
    const lock = join(here.path, 'lock');
    const text = await readFile(lock, 'utf8');
    (await here.open()).close();
    await writeFile(lock, text.replace(`"pid":${child.pid}`, `"pid":${process.pid}`));
    (await here.open()).close();
  });

  test('is taken over from a program that is gone and was not asked for', { skip: process.platform !== 'linux' }, async () => {
    await using here = await world();
    // The shell becomes a program that never asks for its children: what is killed keeps its number.
    const script = '"$0" "$1" "$2" & echo "pid $!"; exec sleep 60';
    const careless = spawn('sh', ['-c', script, process.execPath, writer, here.path], { stdio: ['ignore', 'pipe', 'ignore'] });
    using _ = { [Symbol.dispose]: () => void careless.kill('SIGKILL') };
    const words = createInterface({ input: careless.stdout })[Symbol.asyncIterator]();
    let pid = 0;
    for (let isWriting = false; pid === 0 || !isWriting; ) {
      const { value, done } = await words.next();
      assert.ok(done !== true, 'it ended by itself');
      const found = /^pid (\d+)$/.exec(String(value))?.[1];
      if (found === undefined) isWriting = true;
      else pid = Number(found);
    }
    process.kill(pid, 'SIGKILL');
    while (!/^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, 'utf8'))) await sleep(10);
    (await here.open()).close();
  });

  test('of a program elsewhere is taken over when that has left its lock alone for a while', async () => {
    const lock = JSON.stringify({ pid: 1, began: '1', where: 'another machine' });
    // One that was killed before it had written its lock has left an empty one.
    const takeOver = async (text: string) => {
      await using here = await world();
      await mkdir(here.path, { recursive: true });
      await writeFile(join(here.path, 'lock'), text);
      (await here.open()).close();
    };
    await Promise.all([takeOver(lock), takeOver('')]);
  });

  test('of a program elsewhere that lives is not', async () => {
    await using here = await world();
    const history = await here.open();
    const lock = join(here.path, 'lock');
    const text = await readFile(lock, 'utf8');
    // It goes on touching its lock, as one in another container does.
    await writeFile(lock, text.replace(/"where":".*"/, '"where":"another container"'));
    const found = await openFolder({ folder: here.path, keep: 5, log: here.log });
    assert.deepEqual(found, { kind: 'held', reason: `process ${process.pid} on another machine has it, or in another container` });
    history.close();
    assert.equal((await stat(lock)).isFile(), true, 'it is not ours to remove');
  });
});
