// Promise: a program that is killed while it keeps versions, at whatever instant, leaves whole versions, with the last one that it said was kept; and
// the next program goes on from there.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFolder } from '../../src/control-plane/changing/history/folder-history.ts';
import { readVersion } from '../../src/control-plane/changing/history/version-file.ts';
import type { Random } from '../../src/foundation/basics/random.ts';
import { seeded } from '../../src/foundation/basics/random.ts';
import { freshFolder } from '../support/chaos/fresh-folder.ts';
import { versionOf } from '../support/history/versions.ts';
import { RecordedLog } from '../support/recorded-log.ts';

const writer = join(import.meta.dirname, '../support/history/writer-main.ts');
/** And as many more as it takes for one to come while a version is written. */
const least = 12;
const most = 100;
const keep = 8;

/** The last version that was said to be kept before the kill, or at the same moment. */
async function killedWriter(folder: string, random: Random): Promise<number> {
  const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (text) => said.push(String(text)));
  const closed = once(child, 'close');
  let last = 0;
  let left = 1 + Math.floor(random() * 5);
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(/^kept (\d+)$/.exec(line)?.[1] ?? assert.fail(line));
    left -= 1;
    // Anywhere within the versions that follow.
    if (left === 0) void sleep(random() * 40).then(() => child.kill('SIGKILL'));
  }
  const [, signal] = (await closed) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL', said.join(''));
  return last;
}

test('a history that is written while its program is killed has whole versions, and the last that was kept', {
  timeout: 120_000,
}, async (t) => {
  await using folder = await freshFolder();
  const random = seeded(5);
  let last = 0;
  let unfinished = 0;
  let kills = 0;
  for (; kills < least || (unfinished === 0 && kills < most); kills++) {
    const kept = await killedWriter(folder.path, random);
    assert.ok(kept > last, `it went on from ${last}`);
    last = kept;
    const names = await readdir(folder.path);
    unfinished += names.filter((name) => name.endsWith('.unfinished')).length;
    for (const name of names.filter((each) => each.endsWith('.version'))) {
      const read = readVersion(await readFile(join(folder.path, name)));
      assert.ok(read.ok, name);
      assert.deepEqual(read.value, versionOf(read.value.number, 2000 + (read.value.number % 7) * 3000));
    }
    assert.ok(names.includes(`${String(last).padStart(6, '0')}.version`));
  }
  t.diagnostic(`${kills} kills, ${unfinished} while a version was written, ${last} versions`);
  assert.ok(unfinished > 0, 'no kill came while a version was written');

  const log = new RecordedLog();
  const opened = await openFolder({ folder: folder.path, keep, log });
  assert.ok(opened.kind === 'open');
  const { history } = opened;
  assert.deepEqual(log.lines, []);
  // The one that was written when the last kill came may be there as a whole.
  assert.ok(history.next === last + 1 || history.next === last + 2);
  assert.equal((await history.read(last)).kind, 'found');
  history.close();
  const files = await readdir(folder.path);
  assert.deepEqual(
    files.filter((name) => !name.endsWith('.version')),
    [],
  );
});
