// Good input meets a running balancer: every wire case that is accepted, whole and one byte at a time, comes out on the other side as it was read.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Abilities } from '../../src/data-plane/sockets/native-stream.ts';
import type { Balanced } from '../support/balanced.ts';
import { balanced, eventually } from '../support/balanced.ts';
import { readRequest, readResponse } from '../support/http/message-reader.ts';
import { readStrictResponse } from '../support/http/strict-parser.ts';
import type { WireCase } from '../support/http/wire-cases.ts';
import { readWireCases } from '../support/http/wire-cases.ts';
import type { Send } from '../support/http/wire-replay.ts';
import { groupsOf, kindsOfSockets, shownLimits, ways, writtenLimits } from '../support/http/wire-replay.ts';
import { answerOf, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const accepted = readWireCases().filter(({ expected }) => expected.outcome === 'accepted' && expected.status === undefined);
const requests = accepted.filter(({ kind }) => kind === 'request');
/**
 * Interim answers and changes of protocol are followed by something else than the end. What an answer with a body is followed by depends on
 * the reads that it comes in: upstream-connections.test.ts has that.
 */
const answers = accepted.filter(({ kind, bytes, expected }) => {
  const hasSurplus = expected.rest !== '' && expected.body !== '';
  return kind !== 'request' && !hasSurplus && !/^HTTP\/1\.1 1/.test(bytes.latin1Slice(0, 10));
});
const timeout = 120_000;

const passes = (abilities: Abilities | undefined) => {
  for (const [way, send] of ways) {
    for (const { limits, group } of groupsOf(requests)) {
      test(`${way}: ${group.length} requests, ${shownLimits(limits)}`, async () => {
        await using endpoint = await ScriptedEndpoint.open();
        await using here = await balanced({ endpoints: [endpoint], listener: { limits: writtenLimits(limits) }, abilities });
        for (const wireCase of group) await assertPasses({ here, endpoint, send }, wireCase);
        await eventually(() => here.listener.exchangesInFlight === 0, 'every exchange to be over');
      });
    }
  }
};

interface Setting {
  readonly here: Balanced;
  readonly endpoint: ScriptedEndpoint;
  readonly send: Send;
}

async function assertPasses({ here, endpoint, send }: Setting, { bytes, limits, name }: WireCase): Promise<void> {
  const { head, body, trailers } = readRequest(bytes, [], limits);
  await using client = await here.connect();
  const sent = send(client, bytes);
  await using upstream = await endpoint.connection();
  const request = await upstream.request();
  assert.equal(request.startLine, `${head?.method} ${head?.target} HTTP/1.1`, name);
  assert.ok(joined(request.lines).startsWith(head?.fields ?? 'none'), name);
  assert.deepEqual([request.body, joined(request.trailers)], [body, trailers], name);
  await sent;
  upstream.send(answerOf('fine', 'Connection: close\r\n'));
  const answer = await client.answer(head?.method === 'HEAD');
  assert.equal(answer.startLine, 'HTTP/1.1 200 OK', name);
  assert.equal(answer.lines.includes('Connection: close'), head?.keepAlive === false, name);
}

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('');

const returns = (abilities: Abilities | undefined) => {
  for (const [way, send] of ways) {
    test(`${way}: ${answers.length} answers`, async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      for (const wireCase of answers) await assertReturns({ here, endpoint, send }, wireCase);
      assert.equal(here.endpoint().inFlight, 0);
    });
  }
};

async function assertReturns({ here, endpoint, send }: Setting, { kind, bytes, name }: WireCase): Promise<void> {
  const method = kind === 'answer' ? 'GET' : 'HEAD';
  const { head, body, trailers } = readResponse(bytes, [], method === 'HEAD');
  await using client = await here.connect();
  client.send(`${method} / HTTP/1.1\r\nHost: a.test\r\nTE: trailers\r\nConnection: close, TE\r\n\r\n`);
  await using upstream = await endpoint.connection();
  await upstream.request();
  await send(upstream, bytes);
  if (!upstream.isOver) upstream.end();
  const { ending, rest } = await client.over();
  const answer = readStrictResponse(rest, method);
  assert.ok(answer, `${name}: ${rest}`);
  assert.deepEqual([ending, ...answer.startLine], ['end', 'HTTP/1.1', String(head?.status), head?.reason], name);
  assert.ok(
    answer.fields
      .map(({ line }) => line)
      .join('')
      .startsWith(head?.fields ?? 'none'),
    name,
  );
  assert.deepEqual([answer.body, answer.trailers.map(({ line }) => line).join('')], [body, trailers], name);
}

for (const [name, abilities] of kindsOfSockets) {
  describe(`a request that is accepted reaches an endpoint as it was read, ${name}`, { timeout }, () => passes(abilities));
  describe(`an answer that is accepted reaches the client as it was read, ${name}`, { timeout }, () => returns(abilities));
}
