// Evenkeel as a person starts it: a process, a document, a port.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { EvenkeelProcess } from '../support/evenkeel-process.ts';

describe('evenkeel on the command line', { timeout: 60_000 }, () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evenkeel-run-'));
  });
  after(() => rm(folder, { recursive: true }));

  test('quick balances over its endpoints and ends with 0 when told to', async () => {
    await using one = await endpoint('one');
    await using other = await endpoint('other');
    const words = ['quick', '--listen', '127.0.0.1:0', '--workers', '1', '--admin', '127.0.0.1:0'];
    await using evenkeel = new EvenkeelProcess([...words, one.address, other.address]);

    const url = await evenkeel.line(/^evenkeel: quick listening on (http:\/\/127\.0\.0\.1:\d+)$/);
    const admin = await evenkeel.line(/^evenkeel: admin on (http:\/\/127\.0\.0\.1:\d+)$/);
    const answers = [await textOf(url), await textOf(url)];
    assert.deepEqual(answers.sort(), ['one', 'other']);
    assert.equal((await fetch(`${admin}/readyz`)).status, 200);

    evenkeel.signal('SIGTERM');
    assert.equal((await evenkeel.ended()).code, 0);
  });

  test('it outlives whoever read its output', async () => {
    await using app = await endpoint('app');
    await using evenkeel = new EvenkeelProcess(['quick', '--listen', '127.0.0.1:0', '--workers', '1', app.address]);
    const url = await evenkeel.line(/^evenkeel: quick listening on (http:\S+)$/);
    evenkeel.closeOutput();
    evenkeel.signal('SIGHUP');
    assert.equal(await textOf(url), 'app');
    evenkeel.signal('SIGTERM');
    assert.equal((await evenkeel.ended()).code, 0);
  });

  test('run serves every listener of a document and tells where, in its order', async () => {
    await using app = await endpoint('app');
    const routes = '[{ path: "/only", pool: web }]';
    await writeFile(
      join(folder, 'evenkeel.yaml'),
      `workers: 1\nlisteners:\n  - { name: b, bind: "127.0.0.1:0", pool: web }\n  - { name: a, bind: "127.0.0.1:0", routes: ${routes} }\npools: { web: { endpoints: ["${app.address}"] } }\n`,
    );
    await using evenkeel = new EvenkeelProcess(['run'], folder);

    const a = await evenkeel.line(/^evenkeel: a listening on (http:\S+)$/);
    const b = await evenkeel.line(/^evenkeel: b listening on (http:\S+)$/);
    assert.equal(await textOf(b), 'app');
    assert.equal(await textOf(`${a}/only`), 'app');
    assert.equal((await fetch(`${a}/other`)).status, 404);

    evenkeel.signal('SIGINT');
    const { code, out } = await evenkeel.ended();
    assert.equal(code, 0);
    assert.deepEqual(
      out.slice(0, 2).map((line) => line.split(' ')[1]),
      ['b', 'a'],
    );
  });

  test('a document with mistakes is answered with all of them and exit code 1', async () => {
    await writeFile(
      join(folder, 'bad.yaml'),
      'workers: -1\nlisteners: [{ bind: ":8080", pool: wbe }]\npools: { web: { endpoints: [10.0.0.1] } }\n',
    );
    await using evenkeel = new EvenkeelProcess(['run', 'bad.yaml'], folder);
    const { code, out, err } = await evenkeel.ended();
    assert.deepEqual([code, out], [1, []]);
    assert.deepEqual(
      err.map((line) => line.split(' ')[0]),
      ['bad.yaml:1:10:', 'bad.yaml:2:36:', 'bad.yaml:3:29:', 'evenkeel:'],
    );
  });

  test('a port in use is named, and the exit code is 1', async () => {
    await using taken = await hold();
    await using evenkeel = new EvenkeelProcess([
      'quick',
      '--listen',
      taken.address,
      '--workers',
      '1',
      '--admin',
      '127.0.0.1:0',
      'localhost:3001',
    ]);
    const { code, out, err } = await evenkeel.ended();
    assert.deepEqual([code, out], [1, []]);
    assert.match(err.join('\n'), new RegExp(`^evenkeel: .*${taken.address}.* in use`));
  });

  test("the admin server's port in use is named before anything listens", async () => {
    await using taken = await hold();
    await using evenkeel = new EvenkeelProcess([
      'quick',
      '--listen',
      '127.0.0.1:0',
      '--workers',
      '1',
      '--admin',
      taken.address,
      'localhost:3001',
    ]);
    const { code, out, err } = await evenkeel.ended();
    assert.deepEqual([code, out], [1, []]);
    assert.match(err.join('\n'), new RegExp(`^evenkeel: .*${taken.address}.* in use`));
  });

  test('check ends with 0 for a good document and 1 for a bad one', async () => {
    await writeFile(
      join(folder, 'good.json'),
      '{"listeners":[{"bind":":8080","pool":"web"}],"pools":{"web":{"endpoints":["10.0.0.1:80"]}}}',
    );
    await writeFile(join(folder, 'worse.json'), '{"listeners":[]}');
    await using good = new EvenkeelProcess(['check', 'good.json'], folder);
    await using worse = new EvenkeelProcess(['check', '--json', 'worse.json'], folder);
    assert.equal((await good.ended()).code, 0);
    const { code, out } = await worse.ended();
    assert.equal(code, 1);
    const { issues } = JSON.parse(out.join('\n')) as { readonly issues: readonly { readonly path: string }[] };
    assert.deepEqual(
      issues.map(({ path }) => path),
      ['pools', 'listeners'],
    );
  });
});

const textOf = async (url: string): Promise<string> => (await fetch(url)).text();

/** An HTTP server that answers with its name. */
async function endpoint(name: string): Promise<Held> {
  return listening(createHttpServer((_request, response) => response.end(name)));
}

/** A port that somebody else has. */
const hold = (): Promise<Held> => listening(createServer((socket) => socket.destroy()));

interface Held extends AsyncDisposable {
  readonly address: string;
}

async function listening(server: Server): Promise<Held> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server on a port has an address with that port.
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function') server.closeAllConnections();
    },
  };
}
