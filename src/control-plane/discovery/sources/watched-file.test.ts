// A file with a list of endpoints, while it is written, moved and lost.
import assert from 'node:assert/strict';
import { appendFile, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { freshFolder } from '../../../../test/support/chaos/fresh-folder.ts';
import type { Answer } from '../source.ts';
import { watchedFile } from './watched-file.ts';

const signal = new AbortController().signal;

async function world(name = 'web.endpoints') {
  const folder = await freshFolder();
  const path = `${folder.path}/${name}`;
  const source = watchedFile.open({ kind: 'file', path });
  return {
    path,
    ask: (): Promise<Answer> => source.ask(signal),
    /** As it was left an hour ago. */
    leave: async (text: string, hours = 1) => {
      await writeFile(path, text);
      const then = new Date(Date.now() - 3_600_000 * hours);
      await utimes(path, then, then);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

describe('a watched file', { timeout: 60_000 }, () => {
  test('that was left alone is read at once, and again when it is another one', async () => {
    await using here = await world();
    await here.leave('10.0.0.1:80\n');
    assert.deepEqual(await here.ask(), { kind: 'found', entries: ['10.0.0.1:80'] });
    assert.deepEqual(await here.ask(), { kind: 'same' });
    await here.leave('10.0.0.2:80\n', 2);
    assert.deepEqual(await here.ask(), { kind: 'found', entries: ['10.0.0.2:80'] });
    await writeFile(`${here.path}.next`, '10.0.0.3:80\n');
    await utimes(`${here.path}.next`, 1000, 1000);
    await rename(`${here.path}.next`, here.path);
    assert.deepEqual(await here.ask(), { kind: 'found', entries: ['10.0.0.3:80'] });
  });

  test('that somebody writes to is waited out: half of a list is a list, too', async () => {
    await using here = await world();
    await here.leave('10.0.0.1:80\n');
    await here.ask();
    // As seen from a clock that is ahead: how long it was left alone cannot be told from its time.
    const ahead = async (text: string, seconds: number) => {
      await appendFile(here.path, text);
      await utimes(here.path, Date.now() / 1000 + 1000 + seconds, Date.now() / 1000 + 1000 + seconds);
    };
    await ahead('10.0.0.2:8', 0);
    assert.deepEqual(await here.ask(), { kind: 'unfinished' });
    await ahead('080\n', 1);
    assert.deepEqual(await here.ask(), { kind: 'unfinished' });
    assert.deepEqual(await here.ask(), { kind: 'found', entries: ['10.0.0.1:80', '10.0.0.2:8080'] });
  });

  test('that is gone, a folder or nonsense is a failure, and found again when it is back as it was', async () => {
    await using here = await world('web.json');
    assert.deepEqual(await here.ask(), { kind: 'failed', reason: 'there is no such file' });
    await mkdir(here.path);
    await utimes(here.path, 1000, 1000);
    assert.deepEqual(await here.ask(), { kind: 'failed', reason: 'this is a folder, not a file' });
    await rm(here.path, { recursive: true });
    await here.leave('["10.0.0.1:80"]');
    assert.deepEqual(await here.ask(), { kind: 'found', entries: ['10.0.0.1:80'] });
    await rename(here.path, `${here.path}.away`);
    assert.equal((await here.ask()).kind, 'failed');
    await rename(`${here.path}.away`, here.path);
    assert.deepEqual(await here.ask(), { kind: 'found', entries: ['10.0.0.1:80'] });
    await here.leave('["10.0.0.1:80"', 2);
    const broken = await here.ask();
    assert.match(broken.kind === 'failed' ? broken.reason : '', /^this is not JSON/);
    await here.leave(`["${'x'.repeat(4 * 1024 * 1024)}"]`, 3);
    const large = await here.ask();
    assert.match(large.kind === 'failed' ? large.reason : '', /4 MiB at most/);
  });
});
