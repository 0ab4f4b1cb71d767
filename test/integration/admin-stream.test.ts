// Events as they come: which of them, to whom, and what becomes of readers that fall behind, come back or are still there at the end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { describe, test } from 'node:test';
import { openAdmin } from '../support/admin/open-admin.ts';
import { BytePeer } from '../support/byte-peer.ts';

const timeout = 60_000;
const accept = { accept: 'text/event-stream' };
const event = (reason: string) => ({ pool: 'web', endpoint: '127.0.0.1:9', by: 'operator', to: 'up', reason }) as const;

interface Told {
  readonly event?: string;
  readonly id?: string;
  readonly data?: string;
  readonly comment?: string;
}

/** One stream, read block by block. */
async function stream(address: string, headers: Readonly<Record<string, string>> = {}, query = '') {
  const [host, port] = address.split(':');
  const asked = httpRequest({ host, port, path: `/api/v1/events${query}`, headers: { ...accept, ...headers } });
  asked.end();
  // The one value of the event.
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  // Whoever leaves is not told that it left.
  answer.on('error', () => undefined);
  return { answer, blocks: blocksIn(answer), close: () => asked.destroy() };
}

async function* blocksIn(answer: IncomingMessage): AsyncGenerator<Told> {
  let text = '';
  for await (const bytes of answer) {
    text += String(bytes);
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const told = Object.fromEntries(
        block.split('\n').map((line) => [/^: /.test(line) ? 'comment' : line.split(': ', 1)[0], line.replace(/^[a-z]*: /, '')]),
      );
      if (told['retry'] === undefined) yield told;
    }
  }
}

async function take(blocks: AsyncGenerator<Told>, count: number): Promise<readonly Told[]> {
  const taken: Told[] = [];
  while (taken.length < count) {
    const { value, done } = await blocks.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

const reasons = (told: readonly Told[]) => told.map(({ data = '{}' }) => (JSON.parse(data) as { reason?: string }).reason);

describe('a stream of events', { timeout }, () => {
  test('tells those that come from now on', async () => {
    await using here = await openAdmin();
    const { events } = here.supervisor;
    events.add(event('before'));
    const { answer, blocks, close } = await stream(here.address);
    assert.deepEqual([answer.statusCode, answer.headers['content-type']], [200, 'text/event-stream; charset=utf-8']);
    events.add(event('one'));
    events.addConfiguration({ version: 2, origin: 'API', difference: 'Pools: added spare.' });
    const [first, second] = await take(blocks, 2);
    assert.deepEqual([first?.event, second?.event], ['endpoint', 'configuration']);
    const run = here.supervisor.startedAt.getTime().toString(36);
    assert.deepEqual([first?.id, second?.id], [`${run}-2`, `${run}-3`]);
    const { at, ...data } = JSON.parse(second?.data ?? '{}') as Record<string, unknown>;
    assert.ok(typeof at === 'string');
    assert.deepEqual(data, { id: 3, kind: 'configuration', version: 2, origin: 'API', difference: 'Pools: added spare.' });
    close();
  });

  test('goes on where a reader was, and from the beginning for one of another run', async () => {
    await using here = await openAdmin();
    for (const reason of ['one', 'two', 'three']) here.supervisor.events.add(event(reason));
    const run = here.supervisor.startedAt.getTime().toString(36);
    for (const [headers, query, expected] of [
      [{ 'last-event-id': `${run}-2` }, '', ['three']],
      [{ 'last-event-id': 'mzzzzz-2' }, '', ['one', 'two', 'three']],
      [{ 'last-event-id': 'what is none' }, '', ['one', 'two', 'three']],
      [{}, '?since=1', ['two', 'three']],
      [{ 'last-event-id': `${run}-2` }, '?since=0', ['three']],
    ] as const) {
      const { blocks, close } = await stream(here.address, headers, query);
      assert.deepEqual(reasons(await take(blocks, expected.length)), expected, JSON.stringify(headers) + query);
      close();
    }
  });

  test('ends with the admin server, and whole', async () => {
    const here = await openAdmin();
    const { answer, blocks } = await stream(here.address);
    here.supervisor.events.add(event('the last'));
    assert.deepEqual(reasons(await take(blocks, 1)), ['the last']);
    const rest = take(blocks, 1);
    await here[Symbol.asyncDispose]();
    assert.deepEqual(await rest, []);
    assert.equal(answer.complete, true);
  });

  test('keeps no more for a slow reader than the list does, and tells it what is missing', async () => {
    await using here = await openAdmin();
    const { answer, blocks, close } = await stream(here.address);
    answer.pause();
    const count = 4000;
    const long = 'x'.repeat(10_000);
    for (let index = 1; index <= count; index++) {
      here.supervisor.events.add(event(long));
      // What the kernel takes is taken.
      if (index % 100 === 0) await new Promise(setImmediate);
    }
    here.supervisor.events.add(event('the last'));
    let told = 0;
    let missed = 0;
    for await (const { event: kind, data = '{}' } of blocks) {
      // The stream's own words.
      const { missed: some = 0, reason } = JSON.parse(data) as { missed?: number; reason?: string };
      if (kind === 'missed') missed += some;
      else told++;
      if (reason === 'the last') break;
    }
    assert.equal(told + missed, count + 1);
    assert.ok(missed > 0, 'all of 40 MB was kept for a reader that took nothing');
    close();
  });

  test('is counted also where many are asked for on one connection, at once', async () => {
    await using here = await openAdmin();
    const { events } = here.supervisor;
    const onAdded = events.onAdded.bind(events);
    let streams = 0;
    events.onAdded = (listener) => {
      streams++;
      return onAdded(listener);
    };
    await using client = await BytePeer.connect({ host: '127.0.0.1', port: Number(here.address.split(':').at(-1)) });
    const asked = 'GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n';
    client.send(asked.repeat(60));
    // Everything that was sent has been read when another one is answered.
    while (streams < 32) await new Promise(setImmediate);
    const { answer } = await stream(here.address);
    answer.resume();
    assert.deepEqual([answer.statusCode, streams], [503, 32]);
  });

  test('is refused with the reason when there are as many as may be', async () => {
    await using here = await openAdmin();
    const open = await Promise.all(Array.from({ length: 32 }, () => stream(here.address)));
    const { answer } = await stream(here.address);
    assert.equal(answer.statusCode, 503);
    answer.resume();
    open[0]?.close();
    // The server hears of it a moment later.
    let status = 503;
    while (status === 503) {
      const next = await stream(here.address);
      status = next.answer.statusCode ?? 0;
      next.close();
    }
    assert.equal(status, 200);
    for (const { close } of open) close();
  });
});
