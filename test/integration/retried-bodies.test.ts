// Bodies of requests that are tried again: sent again whole or not at all, also while they still come, and never twice where that may do harm.
import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { Wire } from '../../src/data-plane/sockets/wire.ts';
import type { BalancedParts } from '../support/balanced.ts';
import { balanced, eventually } from '../support/balanced.ts';
import { FlowReader, flowHash, sendFlow } from '../support/byte-flow.ts';
import type { BytePeer } from '../support/byte-peer.ts';
import { HeldTimers } from '../support/held-timers.ts';
import type { Reaction } from '../support/recording-endpoint.ts';
import { answering, closing, RecordingEndpoint, silent } from '../support/recording-endpoint.ts';
import { answerOf, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 60_000;
const firstFirst = { balance: 'first-available' } as const;
type Pool = NonNullable<BalancedParts['pool']>;

/** 10 KiB, no two lines of which are alike. */
const body = Array.from({ length: 1024 }, (_, line) => `${String(line).padStart(9, '.')}\n`).join('');
const half = body.length / 2;
const fixed = (method: string, lines = ''): string =>
  `${method} / HTTP/1.1\r\nHost: a.test\r\n${lines}Content-Length: ${body.length}\r\n\r\n`;
const chunked = (method: string): string => `${method} / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n`;
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const trailers = '0\r\nX-Sum: 9f\r\nX-Other: 1\r\n\r\n';

/** A first endpoint that does as it says, and a second one that answers. */
async function two(reaction: Reaction, pool: Pool = {}) {
  await using stack = new AsyncDisposableStack();
  const first = stack.use(await RecordingEndpoint.open(reaction));
  const second = stack.use(await RecordingEndpoint.open(answering(200)));
  const here = stack.use(await balanced({ endpoints: [first, second], pool: { ...firstFirst, ...pool } }));
  const kept = stack.move();
  return { first, second, here, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Two endpoints whose connections the test takes itself. */
async function twoByHand(pool: Pool = {}) {
  await using stack = new AsyncDisposableStack();
  const first = stack.use(await ScriptedEndpoint.open());
  const second = stack.use(await ScriptedEndpoint.open());
  const here = stack.use(await balanced({ endpoints: [first, second], pool: { ...firstFirst, ...pool } }));
  const client = stack.use(await here.connect());
  const kept = stack.move();
  return { first, second, here, client, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

describe('a body of 10 KiB', { timeout }, () => {
  const ends: readonly { readonly what: string; readonly reaction: Reaction; readonly pool: Pool }[] = [
    { what: 'an endpoint that closes', reaction: closing, pool: {} },
    { what: 'an answer of the list', reaction: answering(503), pool: { retry: { on: [503] } } },
    { what: 'the end of the time for a try', reaction: silent, pool: { retry: { perTry: '300ms' } } },
  ];
  for (const { what, reaction, pool } of ends) {
    test(`of a length is sent again whole after ${what}`, async () => {
      await using all = await two(reaction, pool);
      assert.match(await all.here.ask(fixed('PUT') + body), /^HTTP\/1\.1 200 /);
      for (const { requests } of [all.first, all.second]) assert.deepEqual([requests.length, requests[0]?.body], [1, body]);
    });

    test(`in chunks, with trailers, is sent again whole after ${what}`, async () => {
      await using all = await two(reaction, pool);
      assert.match(await all.here.ask(chunked('PUT') + chunk(body.slice(0, 99)) + chunk(body.slice(99)) + trailers), /^HTTP\/1\.1 200 /);
      for (const { requests } of [all.first, all.second]) {
        assert.deepEqual([requests.length, requests[0]?.body], [1, body]);
        assert.deepEqual(requests[0]?.trailers, ['X-Sum: 9f', 'X-Other: 1']);
      }
    });
  }

  test('is sent again from endpoint to endpoint, past one that nobody reaches', async () => {
    await using first = await RecordingEndpoint.open(closing);
    await using last = await RecordingEndpoint.open(answering(200));
    await using here = await balanced({ endpoints: [first, 'unix:/nowhere.sock', last], pool: firstFirst });
    assert.match(await here.ask(fixed('PUT') + body), /^HTTP\/1\.1 200 /);
    assert.deepEqual([first.requests.length, last.requests[0]?.body], [1, body]);
  });

  test('of an unsafe request reaches one endpoint only', async () => {
    await using all = await two(closing);
    assert.match(await all.here.ask(fixed('POST') + body), /^HTTP\/1\.1 502 .*"endpoint-closed"/s);
    assert.deepEqual([all.first.requests.length, all.second.endpoint.peers.length], [1, 0]);
  });

  test('of an unsafe request with a key is sent again whole', async () => {
    await using all = await two(closing);
    assert.match(await all.here.ask(fixed('POST', 'Idempotency-Key: 1\r\n') + body), /^HTTP\/1\.1 200 /);
    assert.equal(all.second.requests[0]?.body, body);
  });
});

describe('the limit for bodies', { timeout }, () => {
  for (const { limit, isSentAgain } of [
    { limit: '10KiB', isSentAgain: true },
    { limit: '10239B', isSentAgain: false },
    { limit: '0B', isSentAgain: false },
  ] as const) {
    test(`of ${limit} ${isSentAgain ? 'has one of 10 KiB sent again' : 'has one of 10 KiB tried once'}`, async () => {
      await using all = await two(closing, { retry: { body: limit } });
      const answer = await all.here.ask(fixed('PUT') + body);
      assert.match(answer, isSentAgain ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 502 .*"endpoint-closed"/s);
      assert.deepEqual([all.first.requests.length, all.second.endpoint.peers.length], [1, Number(isSentAgain)]);
      assert.equal(all.here.pool.retriesRefused, 0);
    });
  }

  test('says nothing of a request that has none', async () => {
    await using all = await two(closing, { retry: { body: '0B' } });
    assert.match(await all.here.ask('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'), /^HTTP\/1\.1 200 /);
  });

  test('has an answer of the list passed on when the body was too long to keep', async () => {
    await using all = await two(answering(503), { retry: { on: [503], body: '4KiB' } });
    assert.match(await all.here.ask(fixed('PUT') + body), /^HTTP\/1\.1 503 /);
    assert.equal(all.second.endpoint.peers.length, 0);
  });
});

describe('a body that is still coming when its endpoint dies', { timeout }, () => {
  async function answerAndRead(upstream: BytePeer, client: BytePeer) {
    const request = await upstream.request();
    upstream.send(answerOf('done'));
    assert.equal((await client.answer()).body, 'done');
    return request;
  }

  test('is completed at the next one', async () => {
    await using all = await twoByHand();
    const { client } = all;
    client.send(fixed('PUT') + body.slice(0, half));
    const dying = await all.first.connection();
    await dying.until(body.slice(half - 10, half));
    dying.reset();
    const next = await all.second.connection();
    await eventually(() => next.received.endsWith(body.slice(half - 10, half)), 'what had come is sent again');
    client.send(body.slice(half));
    assert.equal((await answerAndRead(next, client)).body, body);
    assert.equal(all.here.endpoint(0).retries, 1);
  });

  test('in chunks too, with its trailers', async () => {
    await using all = await twoByHand();
    const { client } = all;
    client.send(chunked('PUT') + chunk(body.slice(0, half)));
    const dying = await all.first.connection();
    await dying.until(body.slice(half - 10, half));
    dying.close();
    const next = await all.second.connection();
    client.send(chunk(body.slice(half)) + trailers);
    const request = await answerAndRead(next, client);
    assert.deepEqual([request.body, request.trailers], [body, ['X-Sum: 9f', 'X-Other: 1']]);
  });

  test('is not lost with an answer of the list that comes before its end', async () => {
    await using all = await twoByHand({ retry: { on: [503] } });
    const { client } = all;
    client.send(fixed('PUT') + body.slice(0, half));
    const busy = await all.first.connection();
    await busy.until('\r\n\r\n');
    busy.send('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
    const next = await all.second.connection();
    client.send(body.slice(half));
    assert.equal((await answerAndRead(next, client)).body, body);
  });

  test('waits with it for the next try', async () => {
    using timers = new HeldTimers(1_000_000);
    await using last = await ScriptedEndpoint.open();
    await using first = await ScriptedEndpoint.open();
    await using second = await ScriptedEndpoint.open();
    const retry = { backoff: { base: '1h', jitter: 'equal' } } as const;
    await using here = await balanced({ endpoints: [first, second, last], pool: { ...firstFirst, retry } });
    await using client = await here.connect();
    client.send(fixed('PUT') + body.slice(0, half));
    for (const endpoint of [first, second]) {
      const dying = await endpoint.connection();
      await dying.until(body.slice(half - 10, half));
      dying.reset();
    }
    await eventually(() => timers.waits.length === 1, 'the next try waits');
    client.send(body.slice(half));
    timers.run();
    assert.equal((await answerAndRead(await last.connection(), client)).body, body);
  });

  test('is not sent again in part: what came with the news of the death may be too much to keep', async () => {
    await using all = await two(closing, { retry: { body: '16KiB' } });
    // The kernel tells of a death where something is sent, which is in the middle of what was read of the client.
    const { sendBytes } = Wire.prototype;
    using _ = restoring(
      mock.method(Wire.prototype, 'sendBytes', function (this: Wire, bytes: Buffer, start: number, end: number, stays: boolean) {
        if (bytes.subarray(start, end).includes('the last straw')) this.socketLost('EPIPE');
        else sendBytes.call(this, bytes, start, end, stays);
      }),
    );
    const answer = await all.here.ask(`${chunked('PUT')}${chunk(body)}${chunk('the last straw')}${chunk(body)}0\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 502 .*"endpoint-closed"/s);
    assert.deepEqual([all.first.requests.length, all.second.requests.length], [0, 0]);
    assert.deepEqual([all.here.endpoint(0).inFlight, all.here.endpoint(1).inFlight], [0, 0]);
  });

  test('waits with it for the try after an answer of the list, too', async () => {
    using timers = new HeldTimers(1_000_000);
    await using last = await ScriptedEndpoint.open();
    await using first = await ScriptedEndpoint.open();
    await using second = await ScriptedEndpoint.open();
    const retry: Pool['retry'] = { on: [503], backoff: { base: '1h', jitter: 'equal' }, perTry: '10h', within: '20h' };
    await using here = await balanced({ endpoints: [first, second, last], pool: { ...firstFirst, retry } });
    await using client = await here.connect();
    client.send(fixed('PUT') + body.slice(0, half));
    for (const endpoint of [first, second]) {
      const busy = await endpoint.connection();
      await busy.until(body.slice(half - 10, half));
      busy.send('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
    }
    await eventually(() => timers.waits.some((wait) => wait <= 3_600_000), 'the next try waits');
    client.send(body.slice(half));
    timers.run(3_600_000);
    assert.equal((await answerAndRead(await last.connection(), client)).body, body);
    assert.deepEqual(timers.waits, []);
  });

  test('waits also where the next one breaks while it is sent what was kept', async () => {
    using timers = new HeldTimers(1_000_000);
    await using last = await ScriptedEndpoint.open();
    await using first = await ScriptedEndpoint.open();
    await using second = await ScriptedEndpoint.open();
    const retry: Pool['retry'] = { body: '6KiB', backoff: { base: '1h', jitter: 'equal' } };
    await using here = await balanced({ endpoints: [first, second, last], pool: { ...firstFirst, retry } });
    await using client = await here.connect();
    client.send(fixed('PUT') + body.slice(0, half));
    const dying = await first.connection();
    await dying.until(body.slice(half - 10, half));
    // The kernel tells of a death where something is sent: the second endpoint dies of what it is sent first.
    const { sendBytes } = Wire.prototype;
    let hasDied = false;
    using _ = restoring(
      mock.method(Wire.prototype, 'sendBytes', function (this: Wire, bytes: Buffer, start: number, end: number, stays: boolean) {
        const dies = !hasDied && end - start === half;
        hasDied ||= dies;
        if (dies) this.socketLost('EPIPE');
        else sendBytes.call(this, bytes, start, end, stays);
      }),
    );
    dying.reset();
    await eventually(() => timers.waits.length === 1, 'the next try waits');
    client.send(body.slice(half));
    // Whatever could be read by now has been read.
    for (let turn = 0; turn < 3; turn++) assert.match(await here.ask('nonsense\r\n\r\n'), /^HTTP\/1\.1 400 /);
    timers.run();
    assert.equal((await answerAndRead(await last.connection(), client)).body, body);
    assert.deepEqual([here.endpoint(0).failed, here.endpoint(1).failed, here.endpoint(2).succeeded], [1, 1, 1]);
  });

  test('is sent to nobody else where that may do harm', async () => {
    await using all = await twoByHand();
    all.client.send(fixed('POST') + body.slice(0, half));
    const dying = await all.first.connection();
    await dying.until(body.slice(half - 10, half));
    dying.reset();
    assert.equal((await all.client.answer()).startLine, 'HTTP/1.1 502 Bad Gateway');
    assert.equal(all.second.peers.length, 0);
  });

  test('holds the client back where the next one does not read', async () => {
    const size = 256 * 2 ** 20;
    const kept = 12 * 2 ** 20;
    await using all = await twoByHand({ retry: { body: '16MiB' } });
    const { client } = all;
    client.send(`PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${kept + size}\r\n\r\n`);
    client.send(Buffer.alloc(kept));
    const dying = await all.first.connection();
    await dying.until('\r\n\r\n');
    await dying.bytes(kept);
    dying.reset();
    const next = await all.second.connection();
    next.socket.pause();
    const sent = sendFlow(client.socket, size);
    await stands(() => client.socket.bytesWritten - client.socket.writableLength);
    assert.ok(client.socket.bytesWritten < size / 2, `the client was let send ${client.socket.bytesWritten} bytes`);
    next.socket.resume();
    await next.until('\r\n\r\n');
    await next.bytes(kept);
    const reader = new FlowReader(next.socket, size, next.received);
    assert.equal(await reader.hash, flowHash(size));
    await sent;
  });
});

describe('a body that its client keeps until it is told to go on', { timeout }, () => {
  const expecting = fixed('PUT', 'Expect: 100-continue\r\n');
  const goOn = 'HTTP/1.1 100 Continue\r\n\r\n';

  test('is asked for by the next endpoint when the first one left before it asked', async () => {
    await using all = await twoByHand();
    const { client } = all;
    client.send(expecting);
    const leaving = await all.first.connection();
    await leaving.until('\r\n\r\n');
    leaving.close();
    const next = await all.second.connection();
    await next.until('Expect: 100-continue\r\n');
    next.send(goOn);
    await client.until(goOn);
    client.send(body);
    await next.until(body);
    next.send(answerOf('done'));
    assert.equal((await client.answer()).body, 'done');
  });

  test('is sent again without another word when the first endpoint had it, and its client is told once more at most', async () => {
    await using all = await twoByHand();
    const { client } = all;
    client.send(expecting);
    const dying = await all.first.connection();
    await dying.until('\r\n\r\n');
    dying.send(goOn);
    await client.until(goOn);
    client.send(body.slice(0, half));
    await dying.until(body.slice(half - 10, half));
    dying.reset();
    const next = await all.second.connection();
    await next.until(body.slice(half - 10, half));
    client.send(body.slice(half));
    await next.until(body.slice(-10));
    next.send(goOn + answerOf('done'));
    await client.until(goOn);
    assert.equal((await client.answer()).body, 'done');
  });

  test('is not asked for where the answer is given without it, and where that is of the list the next one is asked', async () => {
    await using all = await twoByHand({ retry: { on: [503] } });
    const { client } = all;
    client.send(expecting);
    const busy = await all.first.connection();
    await busy.until('\r\n\r\n');
    busy.send('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
    const next = await all.second.connection();
    await next.until('\r\n\r\n');
    next.send('HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n');
    const { head } = await client.answer();
    assert.match(head, /^HTTP\/1\.1 417 .*\r\nConnection: close/s);
    assert.equal(client.received, '', 'nobody was told to go on');
  });
});

const restoring = (mocked: { readonly mock: { restore(): void } }): Disposable => ({ [Symbol.dispose]: () => mocked.mock.restore() });

/** Waits until a figure has risen and stands still: everything on the way is full. */
async function stands(figure: () => number): Promise<void> {
  let last = 0;
  let since = performance.now();
  await eventually(() => {
    const now = figure();
    if (now !== last) since = performance.now();
    last = now;
    return now > 0 && performance.now() - since > 500;
  }, 'the flow stands still');
}
