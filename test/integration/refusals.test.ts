// Bad input meets a running balancer: every wire case that is refused, whole and one byte at a time. A client gets a clear answer and an orderly
// end, and no endpoint a request; an endpoint that answers badly costs its client that answer only, and its connection is not used again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Abilities } from '../../src/data-plane/sockets/native-stream.ts';
import type { ParseFault } from '../../src/domain/http/parse-fault.ts';
import { parseFaults } from '../../src/domain/http/parse-fault.ts';
import type { Balanced } from '../support/balanced.ts';
import { balanced, eventually } from '../support/balanced.ts';
import type { BytePeer } from '../support/byte-peer.ts';
import { readRequest, readResponse } from '../support/http/message-reader.ts';
import { readStrictResponse } from '../support/http/strict-parser.ts';
import type { WireCase } from '../support/http/wire-cases.ts';
import { readWireCases } from '../support/http/wire-cases.ts';
import type { Send } from '../support/http/wire-replay.ts';
import { groupsOf, kindsOfSockets, shownLimits, ways, writtenLimits } from '../support/http/wire-replay.ts';
import { answerOf, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const cases = readWireCases();
const isFault = (outcome: string): outcome is ParseFault => outcome in parseFaults;
const timeout = 120_000;

const refusedRequests = cases.filter(
  ({ kind, expected }) => kind === 'request' && (isFault(expected.outcome) || expected.status !== undefined),
);
const badAnswers = cases.filter(
  ({ kind, expected }) => kind === 'answer' && (isFault(expected.outcome) || expected.outcome === 'incomplete'),
);

const beyondLimits: { readonly [Fault in ParseFault]?: readonly [number, string] } = {
  'head-too-large': [431, 'request-head-too-large'],
  'too-many-headers': [431, 'request-head-too-large'],
  'target-too-long': [414, 'target-too-long'],
  'body-too-large': [413, 'body-too-large'],
};

const refuses = (abilities: Abilities | undefined) => {
  for (const [way, send] of ways) {
    for (const { limits, paths, group } of groupsOf(refusedRequests)) {
      const rules = paths === undefined ? {} : { paths };
      test(`${way}: ${group.length} requests, ${shownLimits(limits)}${JSON.stringify(rules)}`, async () => {
        let seen = 0;
        await using endpoint = await ScriptedEndpoint.open(async (peer) => {
          await peer.request();
          seen++;
          peer.send(answerOf('seen'));
        });
        await using here = await balanced({ endpoints: [endpoint], listener: { limits: writtenLimits(limits), ...rules }, abilities });
        for (const wireCase of group) {
          const before = endpoint.peers.length;
          await assertRefused(here, wireCase, send);
          if (isHeadFault(wireCase)) assert.equal(endpoint.peers.length, before, `${wireCase.name}: an endpoint was asked`);
        }
        assert.equal(seen, 0, 'an endpoint saw a whole request');
        await eventually(() => here.listener.openConnections === 0, 'every connection to be closed');
        assert.equal(here.listener.exchangesInFlight, 0);
        assert.equal(here.endpoint().inFlight, 0);
      });
    }
  }
};

async function assertRefused(here: Balanced, wireCase: WireCase, send: Send): Promise<void> {
  const { bytes, expected, name } = wireCase;
  await using client = await here.connect();
  await send(client, bytes);
  const { startLine, lines, body } = await client.answer();
  const [status, kind] = isFault(expected.outcome)
    ? (beyondLimits[expected.outcome] ?? [400, 'malformed-request'])
    : [expected.status, 'method-not-implemented'];
  assert.equal(startLine.split(' ')[1], String(status), name);
  const { error, fault } = JSON.parse(body);
  assert.deepEqual({ error, fault }, { error: kind, fault: isFault(expected.outcome) ? expected.outcome : undefined }, name);
  if (!isFault(expected.outcome)) return;
  assert.ok(lines.includes('Connection: close'), name);
  assert.deepEqual(await client.over(), { ending: 'end', rest: '' }, `${name}: the end is orderly, and nothing comes after the answer`);
}

/** A fault in the body shows when its head has gone to an endpoint already. */
const isHeadFault = ({ bytes, limits }: WireCase): boolean => {
  const { head } = readRequest(bytes, [], limits);
  return head === undefined || head.method === 'CONNECT' || head.length > limits.body;
};

const breaks = (abilities: Abilities | undefined) => {
  for (const [way, send] of ways) {
    for (const { limits, group } of groupsOf(badAnswers)) {
      test(`${way}: ${group.length} answers, ${shownLimits(limits)}`, async () => {
        let bad: Buffer = Buffer.alloc(0);
        await using endpoint = await ScriptedEndpoint.open(async (peer) => {
          const { startLine } = await peer.request();
          if (startLine.startsWith('GET /good ')) return void peer.send(answerOf('good', 'Connection: close\r\n'));
          await send(peer, bad);
          // What is not whole by now will never be.
          if (!peer.isOver) peer.end();
        });
        const { head, fields } = writtenLimits(limits);
        await using here = await balanced({ endpoints: [endpoint], pool: { limits: { head, fields } }, abilities });
        for (const wireCase of group) {
          bad = wireCase.bytes;
          await assertBadAnswer(here, wireCase);
          const peers = endpoint.peers.length;
          assert.match(await here.ask('GET /good HTTP/1.1\r\nHost: a.test\r\n\r\n'), /\r\n\r\ngood$/);
          assert.equal(endpoint.peers.length, peers + 1, `${wireCase.name}: the connection was used again`);
          await endpoint.peers.at(-2)?.closed();
        }
        assert.equal(endpoint.peers.length, 2 * group.length, 'a malformed answer is not asked for twice');
        assert.equal(here.endpoint().inFlight, 0);
      });
    }
  }
};

async function assertBadAnswer(here: Balanced, { bytes, expected, limits, name }: WireCase): Promise<void> {
  await using client = await here.connect();
  client.send('GET /bad HTTP/1.1\r\nHost: a.test\r\n\r\n');
  const hasLeft = readResponse(bytes, [], false, limits).head !== undefined;
  if (hasLeft) {
    // A part of the answer has left: the client must see that something is missing.
    const { rest } = await client.over();
    assert.match(rest, /^HTTP\/1\.1 200 /, name);
    assert.equal(readStrictResponse(rest, 'GET'), undefined, `${name}: the answer looks complete`);
    return;
  }
  const { startLine, body } = await client.answer();
  assert.equal(startLine, 'HTTP/1.1 502 Bad Gateway', name);
  const { error, fault } = JSON.parse(body);
  if (isFault(expected.outcome)) assert.deepEqual({ error, fault }, { error: 'malformed-response', fault: expected.outcome }, name);
  else assert.deepEqual({ error, fault }, { error: 'response-cut-short', fault: undefined }, name);
}

/** An answer that nobody asked for. */
const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';
const endedAnswers = cases.filter(
  ({ kind, bytes, expected }) =>
    kind !== 'request' && expected.outcome === 'accepted' && !expected.untilClose && !/^HTTP\/1\.1 1/.test(bytes.latin1Slice(0, 10)),
);

const sorts = (abilities: Abilities | undefined) => {
  test('with the answer before it', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint], abilities });
    for (const wireCase of endedAnswers) {
      await using client = await here.connect();
      await using upstream = await answerWith({ endpoint, client, wireCase }, poison);
      await using next = await here.connect();
      next.send('GET /next HTTP/1.1\r\nHost: a.test\r\n\r\n');
      // The old connection ends, which is no answer to the question which of them is asked next.
      const reused = upstream.until('GET /next').then(
        () => undefined,
        () => new Promise<never>(() => {}),
      );
      await using fresh = await Promise.race([endpoint.connection(), reused]);
      assert.ok(fresh, `${wireCase.name}: the connection was used again`);
      await fresh.request();
      fresh.send(answerOf('good', 'Connection: close\r\n'));
      assert.equal((await next.answer()).body, 'good', wireCase.name);
      assert.equal(client.received, '', wireCase.name);
    }
  });

  test('while nothing is asked', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint], abilities });
    for (const wireCase of endedAnswers) {
      await using client = await here.connect();
      await using upstream = await answerWith({ endpoint, client, wireCase }, '');
      upstream.send(poison);
      await upstream.closed();
      assert.equal(client.received, '', wireCase.name);
    }
  });
};

interface Asked {
  readonly endpoint: ScriptedEndpoint;
  readonly client: BytePeer;
  readonly wireCase: WireCase;
}

/** Lets the client have the answer of the case, with something behind it. Gives the connection to the endpoint. */
async function answerWith({ endpoint, client, wireCase }: Asked, more: string): Promise<BytePeer> {
  const isHead = wireCase.kind === 'answer to HEAD';
  client.send(`${isHead ? 'HEAD' : 'GET'} / HTTP/1.1\r\nHost: a.test\r\n\r\n`);
  const upstream = await endpoint.connection();
  await upstream.request();
  const whole = wireCase.bytes.subarray(0, readResponse(wireCase.bytes, [], isHead).end);
  upstream.send(Buffer.concat([whole, Buffer.from(more)]));
  await client.answer(isHead);
  return upstream;
}

for (const [name, abilities] of kindsOfSockets) {
  describe(`a request that is refused, ${name}`, { timeout }, () => refuses(abilities));
  describe(`an answer that is malformed, ${name}`, { timeout }, () => breaks(abilities));
  describe(`an answer that nobody asked for goes to nobody, ${name}`, { timeout }, () => sorts(abilities));
}
