// What sources said last, from one start to the next.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { freshFolder } from '../../../test/support/chaos/fresh-folder.ts';
import { RecordedLog } from '../../../test/support/recorded-log.ts';
import type { WrittenDiscover } from '../../domain/traffic/discover-settings.ts';
import { discoverSettings } from '../../domain/traffic/discover-settings.ts';
import { LastAnswers } from './last-answers.ts';
import { endpointsIn } from './reconcile.ts';

const settings = (written: WrittenDiscover) => discoverSettings.parse(written);
const web = settings({ http: 'http://web.test/list?token=abc', headers: { authorization: 'Bearer secret' }, init: 'last' });
const entries = [
  '10.0.0.1:80',
  { address: '[::1]:80', weight: 3, backup: true, priority: 2, maxConnections: 7, metadata: { a: 'b' } },
  { address: 'unix:/a', capacity: 5 },
];
const { endpoints } = endpointsIn(entries, web, []);

async function loaded(path: string | undefined, log = new RecordedLog()): Promise<LastAnswers> {
  const answers = new LastAnswers({ path, log });
  await answers.load();
  return answers;
}

test('what is kept comes back as it was, without secrets', async () => {
  await using folder = await freshFolder();
  const path = `${folder.path}/discovery.json`;
  await (await loaded(path)).keep(new Map([['web', { settings: web, endpoints }]]));
  assert.deepEqual((await loaded(path)).of('web', web), endpoints);
  assert.doesNotMatch(await readFile(path, 'utf8'), /secret|token/);
});

test('another source, and another pool, have nothing', async () => {
  await using folder = await freshFolder();
  const path = `${folder.path}/discovery.json`;
  await (await loaded(path)).keep(new Map([['web', { settings: web, endpoints }]]));
  const again = await loaded(path);
  assert.equal(again.of('web', settings({ file: '/a' })), undefined);
  assert.equal(again.of('web', settings({ http: 'http://other.test/list' })), undefined);
  assert.equal(again.of('other', web), undefined);
  assert.equal(again.of('toString', web), undefined);
});

test('a file that is something else is told of, and written anew', async () => {
  await using folder = await freshFolder();
  const path = `${folder.path}/discovery.json`;
  for (const text of ['', '[]', '{"version":2,"pools":{}}', '{"version":1,"pools":{"web":7}}']) {
    await writeFile(path, text);
    const log = new RecordedLog();
    const answers = await loaded(path, log);
    assert.equal(log.matching(/is not what sources of endpoints said last/).length, 1, text);
    await answers.keep(new Map([['web', { settings: web, endpoints }]]));
    assert.deepEqual((await loaded(path)).of('web', web), endpoints);
  }
});

test('where it cannot be kept that is told, and where nothing is kept nothing is', async () => {
  await using folder = await freshFolder();
  const log = new RecordedLog();
  await (await loaded(`${folder.path}/nowhere/discovery.json`, log)).keep(new Map([['web', { settings: web, endpoints }]]));
  assert.equal(log.matching(/could not be kept in/).length, 1);
  await (await loaded(undefined)).keep(new Map([['web', { settings: web, endpoints }]]));
});
