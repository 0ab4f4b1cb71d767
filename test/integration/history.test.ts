// `evenkeel history` and `evenkeel rollback` at a program that serves, over restarts, and what people are told.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { describe, test } from 'node:test';
import { SocketEndpoint } from '../support/changes/socket-endpoint.ts';
import { freshFolder } from '../support/chaos/fresh-folder.ts';
import type { Ending } from '../support/evenkeel-process.ts';
import { EvenkeelProcess } from '../support/evenkeel-process.ts';

const timeout = 120_000;

async function world() {
  await using stack = new AsyncDisposableStack();
  const endpoint = stack.use(await SocketEndpoint.open());
  const folder = stack.use(await freshFolder());
  const admin = `unix:${folder.path}/admin.sock`;
  const good = `127.0.0.1:${endpoint.port}`;
  /** Nobody listens there: clients get 502. */
  const bad = '127.0.0.1:9';
  const write = (address: string): Promise<void> =>
    writeFile(
      `${folder.path}/evenkeel.yaml`,
      `workers: 1\nadmin: { bind: "${admin}" }\nhistory: { folder: ./state }\n` +
        `listeners: [{ name: web, bind: "127.0.0.1:0", pool: web }]\npools: { web: { endpoints: ["${address}"] } }\n`,
    );
  await write(good);
  /** The programs, as many as a test starts. */
  const running = new AsyncDisposableStack();
  stack.use(running);
  const run = async () => {
    const evenkeel = new EvenkeelProcess(['run'], folder.path);
    running.use(evenkeel);
    const url = await evenkeel.line(/web listening on (http:\S+)/);
    return { evenkeel, status: async () => (await fetch(url)).status };
  };
  const type = (...words: readonly string[]): Promise<Ending> => new EvenkeelProcess(words, folder.path).ended();
  const first = await run();
  const moved = stack.move();
  return { ...{ folder: folder.path, good, bad, write, run, type }, ...first, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

const withoutTimes = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/, 'TIME'));

/** Over the admin server of `folder`. */
async function ask(folder: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: string }> {
  const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const asked = request({ socketPath: `${folder}/admin.sock`, path, method, headers });
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = (await once(asked, 'response')) as [AsyncIterable<Buffer> & { statusCode: number }];
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece);
  return { status: answer.statusCode, body: Buffer.concat(pieces).toString() };
}

describe('evenkeel history and rollback', { timeout }, () => {
  test('bring back what was in force, hold it over a restart, and let the file in again', async () => {
    await using here = await world();
    await here.write(here.bad);
    assert.equal((await here.type('reload')).code, 0);
    assert.equal(await here.status(), 502);

    const back = await here.type('rollback', '1');
    assert.deepEqual([back.code, back.out.slice(0, 2)], [0, ['evenkeel: version 1 is in force again.', '  pools changed: web']]);
    assert.equal(await here.status(), 200);
    const told = await here.type('history');
    assert.deepEqual(withoutTimes(told.out), [
      '  VERSION  AT    BY             WHAT'.replace('AT  ', 'AT                  '),
      `* 3        TIME  rollback to 1  Pools: changed web. - /pools/web/endpoints/${here.bad} + /pools/web/endpoints/${here.good}`,
      `  2        TIME  reload         Pools: changed web. - /pools/web/endpoints/${here.good} + /pools/web/endpoints/${here.bad}`,
      '  1        TIME  start          The first version.',
      '',
      'Version 1 is held in the place of evenkeel.yaml, until that is read anew (evenkeel reload).',
      'What is in force differs from evenkeel.yaml in pools web.',
    ]);

    here.evenkeel.signal('SIGKILL');
    await here.evenkeel.ended();
    const second = await here.run();
    await second.evenkeel.said(/Version 1 is held in the place of evenkeel\.yaml/);
    assert.equal(await second.status(), 200);
    assert.equal((await here.type('reload')).code, 0);
    assert.equal(await second.status(), 502);
    assert.match(
      (await here.type('history')).out.join('\n'),
      /^\* 4 .*What is in force is what evenkeel\.yaml said when it was read last\.$/ms,
    );
  });

  test('keep what the API changed, if it was asked to', async () => {
    await using here = await world();
    const put = await ask(here.folder, 'PUT', `/api/v1/config/pools/web/endpoints/${here.bad}?persist=true`, { weight: 0 });
    assert.equal(put.status, 201, put.body);
    here.evenkeel.signal('SIGTERM');
    assert.equal((await here.evenkeel.ended()).code, 0);
    await here.run();
    const told = await here.type('history');
    assert.match(told.out.join('\n'), new RegExp(`^The API changed one place: /pools/web/endpoints/${here.bad}\\.$`, 'm'));
    assert.match(told.out.join('\n'), /^\* 2 /m);
    const one = await here.type('history', '--version', '2');
    assert.deepEqual(one.out.slice(1), [
      `The API had changed: /pools/web/endpoints/${here.bad}.`,
      `  + /pools/web/endpoints/${here.bad}: {"address":"${here.bad}","weight":0}`,
    ]);
  });

  test('tell what is in the way, and change nothing', async () => {
    await using here = await world();
    await here.write(here.bad);
    await here.type('reload');
    assert.deepEqual((await here.type('rollback', '7')).err, [
      'evenkeel: There is no version 7: those from 1 to 2 are kept. Nothing was changed.',
    ]);
    assert.deepEqual((await here.type('rollback', 'x')).err, ['evenkeel: "x" is no version; "evenkeel history" tells their numbers']);
    await rm(`${here.folder}/state/000001.version`);
    const gone = await here.type('rollback', '1');
    assert.deepEqual(
      [gone.code, gone.err],
      [1, ['evenkeel: The change cannot come in force, and nothing was changed: version 1 cannot be read: it is gone']],
    );
    assert.equal(await here.status(), 502);
    assert.equal((await here.type('history', '--version', '1')).code, 1);
    const second = await new EvenkeelProcess(['run'], here.folder).ended();
    assert.deepEqual([second.code, second.out], [1, []]);
    assert.match(
      second.err.join('\n'),
      /The history cannot be kept in \.\/state: process \d+ has it\. Does Evenkeel run by this document already\?/,
    );
  });

  test('find the program also when its document has mistakes by now', async () => {
    await using here = await world();
    await here.write('nonsense');
    const told = await here.type('history');
    assert.deepEqual([told.code, told.out.at(-1)], [0, 'evenkeel.yaml has mistakes by now, or cannot be read: evenkeel check tells.']);
    await writeFile(`${here.folder}/evenkeel.yaml`, 'pools: {');
    const lost = await here.type('history');
    assert.equal(lost.code, 1);
    assert.match(lost.err.at(-1) ?? '', /--admin ADDRESS does$/);
    assert.equal((await here.type('history', '--admin', `unix:${here.folder}/admin.sock`)).code, 0);
  });

  test('are there for what was typed as well', async () => {
    await using here = await world();
    const admin = `unix:${here.folder}/quick.sock`;
    await using quick = new EvenkeelProcess(
      ['quick', '--listen', '127.0.0.1:0', '--workers', '1', '--admin', admin, here.good],
      here.folder,
    );
    await quick.line(/quick listening on (http:\S+)/);
    const put = await ask(here.folder, 'GET', '/api/v1/history');
    assert.equal(put.status, 200);
    const told = await here.type('history', '--admin', admin);
    assert.deepEqual(withoutTimes(told.out).slice(1), [
      '* 1        TIME  start  The first version.',
      '',
      'What is in force is what the command line said.',
      'The last 50 versions are kept until the program ends; history: { folder: ./state } keeps them longer.',
    ]);
  });
});
