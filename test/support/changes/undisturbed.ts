// The guarantee of live change: WebSockets and steady load live through any number of random changes, good and bad ones, of the file, over the
// API, back to versions of before, and of all three at the same moment. No connection that the change did not remove is lost, and no request fails,
// unsafe ones among them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { TestContext } from 'node:test';
import type { Random } from '../../../src/foundation/basics/random.ts';
import { seeded } from '../../../src/foundation/basics/random.ts';
import { freshFolder } from '../chaos/fresh-folder.ts';
import { EvenkeelProcess } from '../evenkeel-process.ts';
import { ApiChanges } from './api-changes.ts';
import { ChangeLoad } from './change-load.ts';
import { RandomDocuments } from './random-document.ts';
import { SocketEndpoint } from './socket-endpoint.ts';

export interface Weight {
  readonly sockets: number;
  readonly changes: number;
  readonly seed: number;
}

/** One change in so many is wrong. */
const mistakesIn = 4;
/** No file names them. */
const endpointsOfApi = 2;
const taken = /SIGHUP: evenkeel\.yaml (?:is in force|says what is in force already|was not taken over)/;

export async function proveUndisturbed(t: TestContext, { sockets: count, changes, seed }: Weight): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const random = seeded(seed);
  const endpoints = await Promise.all(Array.from({ length: 8 + endpointsOfApi }, async () => stack.use(await SocketEndpoint.open())));
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  stack.defer(() => void holder.close());
  const folder = stack.use(await freshFolder());
  const ports = endpoints.map(({ port }) => port);
  const stage = { ports: ports.slice(endpointsOfApi), takenPort: portOf(holder), admin: `unix:${folder.path}/admin.sock` };
  const documents = new RandomDocuments(stage, random);
  const api = new ApiChanges(stage, ports.slice(0, endpointsOfApi), random);
  const write = (text: string) => writeFile(`${folder.path}/evenkeel.yaml`, text);
  await write(documents.text());
  const evenkeel = stack.use(new EvenkeelProcess(['run'], folder.path));
  const port = Number(await evenkeel.line(/shop listening on http:\/\/127\.0\.0\.1:(\d+)/));

  const sockets = await openSockets(port, count);
  stack.defer(() => sockets.forEach((socket) => void socket.destroy()));
  const load = stack.use(new ChangeLoad(port, 6));
  await load.more(50);
  const reload = async (text: string, count: number): Promise<void> => {
    await write(text);
    evenkeel.signal('SIGHUP');
    await evenkeel.said(taken, count);
  };
  const began = performance.now();
  const { files, mistakes } = await changeAtRandom({ changes, random, documents, api, load, reload });
  const seconds = (performance.now() - began) / 1000;
  await load.more(50);
  await write(documents.text());
  await api.end();
  await load.more(50);
  await load.stop();
  const refused = evenkeel.count(/was not taken over/);
  const alive = await Promise.all(sockets.map(echoes));
  const lost = alive.filter((isAlive) => !isAlive).length;
  t.diagnostic(
    `seed ${seed}: ${changes} changes in ${seconds.toFixed(1)} s: ${files} of the file (${refused} refused, ${mistakes} were wrong), ` +
      `${api.counts.changed} over the API, ${api.counts.rollbacks} rollbacks, ${api.counts.refused} refused by the API; ` +
      `${lost} of ${count} WebSockets lost, ${load.failures.length} of ${load.answered + load.failures.length} requests failed`,
  );
  assert.equal(refused, mistakes, 'what is wrong is refused, and nothing else');
  assert.deepEqual(load.failures, []);
  assert.equal(lost, 0);
}

interface Changing {
  readonly changes: number;
  readonly random: Random;
  readonly documents: RandomDocuments;
  readonly api: ApiChanges;
  readonly load: ChangeLoad;
  /** Resolves when so many files were taken or refused. */
  readonly reload: (text: string, count: number) => Promise<void>;
}

async function changeAtRandom({ changes, random, documents, api, load, reload }: Changing): Promise<{ files: number; mistakes: number }> {
  let files = 0;
  let mistakes = 0;
  const file = (): Promise<void> => reload(documents.change(), ++files);
  const mistake = (): Promise<void> => {
    mistakes++;
    return reload(documents.mistake(), ++files);
  };
  const together = () => Promise.all([file(), api.change(), api.rollback(), api.change()]);
  // Half of what is right is a file.
  const right = [file, file, file, file, () => api.change(), () => api.takeBack(), () => api.rollback(), together];
  const wrong = [mistake, () => api.mistake()];
  for (let change = 1; change <= changes; change++) {
    const among: readonly (() => Promise<unknown>)[] = random() * mistakesIn < 1 ? wrong : right;
    await among[Math.floor(random() * among.length)]?.();
    await load.more(1);
  }
  return { files, mistakes };
}

async function openSockets(port: number, count: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  // Some at a time, as clients come.
  while (sockets.length < count)
    sockets.push(...(await Promise.all(Array.from({ length: Math.min(50, count - sockets.length) }, () => openSocket(port)))));
  return sockets;
}

async function openSocket(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => socket.destroy());
  socket.write('GET /socket HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  const [answer] = await once(socket, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 101 /);
  return socket;
}

/** What is sent comes back. */
async function echoes(socket: Socket): Promise<boolean> {
  if (socket.destroyed || socket.readableEnded) return false;
  const heard = Promise.withResolvers<boolean>();
  socket.once('data', (bytes) => heard.resolve(String(bytes) === 'hello'));
  socket.once('close', () => heard.resolve(false));
  socket.write('hello');
  return heard.promise;
}

const portOf = (server: { address(): AddressInfo | string | null }): number => (server.address() as AddressInfo).port;
