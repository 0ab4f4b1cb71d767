// Holds the parsers and the writer to the strict parser: whatever is accepted is read by both alike, and written so that the strict one reads
// the same again.
import assert from 'node:assert/strict';
import type { Arrival } from '../../../src/domain/http/forwarding-headers.ts';
import { forwardingLines } from '../../../src/domain/http/forwarding-headers.ts';
import { chunkEnd, chunkStart, lastChunk, requestText, responseText } from '../../../src/domain/http/head-writer.ts';
import type { RequestHead } from '../../../src/domain/http/request-head.ts';
import { bodyLength } from '../../../src/domain/http/request-head.ts';
import type { ResponseHead } from '../../../src/domain/http/response-head.ts';
import type { Reading } from './message-reader.ts';
import { readRequest, readResponse } from './message-reader.ts';
import type { StrictField, StrictMessage } from './strict-parser.ts';
import { readStrictRequest, readStrictResponse, valuesOf } from './strict-parser.ts';

/** RFC 9110 section 7.6.1. */
const hopByHop = ['connection', 'keep-alive', 'te', 'transfer-encoding', 'upgrade'];
const forProxies = ['proxy-connection', 'proxy-authenticate', 'proxy-authorization'];
/** Written anew for every request. */
const toldByUs = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-port'];
const told = ['forwarded', ...toldByUs, ...toldByUs.flatMap(withUnderscores)];

const arrival: Arrival = { client: '192.0.2.1', proto: 'http', port: '80' };

/** The message accepted and read by both alike, or refused. True when it was accepted. */
export function assertRequestAgrees(text: string): boolean {
  const reading = readRequest(Buffer.from(text, 'latin1'), []);
  if (reading.outcome !== 'accepted' || reading.head === undefined) return false;
  const strict = readStrictRequest(text);
  assert.ok(strict, 'the strict parser refuses what was accepted');
  const { head } = reading;
  const [method, target] = strict.startLine;
  assert.equal(head.method, method);
  // A tunnel is refused by the dispatcher, and never written.
  if (method === 'CONNECT') return true;
  const absolute = /^https?:\/\/([^/?]*)/i.exec(target);
  const onward = absolute === null ? target : target.slice(absolute[0].length) || (method === 'OPTIONS' ? '*' : '/');
  assert.equal(head.target, onward.startsWith('?') ? `/${onward}` : onward);
  const addedHost = absolute !== null && valuesOf(strict.fields, 'host').length === 0 ? `Host: ${absolute[1]}\r\n` : '';
  assert.equal(head.fields, addedHost + passingLines(strict.fields, [...hopByHop, ...forProxies, ...told]));
  assertBodyAgrees(text, reading, strict);
  assertRequestIsWritten(reading, head);
  return true;
}

/** The same for an answer to a request of this method. */
export function assertResponseAgrees(text: string, method: string): boolean {
  const reading = readResponse(Buffer.from(text, 'latin1'), [], method === 'HEAD');
  if (reading.outcome !== 'accepted' || reading.head === undefined) return false;
  const strict = readStrictResponse(text, method);
  assert.ok(strict, 'the strict parser refuses what was accepted');
  const { head } = reading;
  assert.deepEqual([String(head.status), head.reason], strict.startLine.slice(1));
  assert.equal(head.fields, passingLines(strict.fields, [...hopByHop, ...forProxies]));
  assertBodyAgrees(text, reading, strict);
  assertResponseIsWritten(reading, head, method);
  return true;
}

const linesOf = (fields: readonly StrictField[]): string => fields.map(({ line }) => line).join('');

function passingLines(fields: readonly StrictField[], ending: readonly string[]): string {
  const gone = new Set([...ending, ...namedByConnection(fields)]);
  return linesOf(fields.filter((field) => !gone.has(field.name.toLowerCase())));
}

function namedByConnection(fields: readonly StrictField[]): string[] {
  const options = valuesOf(fields, 'connection').flatMap((value) => value.split(','));
  return options.map((option) => option.replace(/^[ \t]+|[ \t]+$/g, '').toLowerCase());
}

function assertBodyAgrees(text: string, reading: Reading<unknown>, strict: StrictMessage): void {
  assert.equal(reading.body, strict.body);
  assert.equal(reading.trailers, passingLines(strict.trailers, namedByConnection(strict.fields)));
  assert.equal(text.slice(reading.end), strict.rest);
}

/** As a connection to an endpoint writes it. */
function assertRequestIsWritten(reading: Reading<RequestHead>, head: RequestHead): void {
  const lines = forwardingLines(arrival, head.host);
  const start = requestText(head, { lines, host: 'endpoint.test', upgrade: head.upgrade });
  const strict = readStrictRequest(start + writtenBody(reading, head.length === bodyLength.unknown));
  assert.ok(strict, 'the strict parser refuses what was written');
  assert.deepEqual(strict.startLine, [head.method, head.target, 'HTTP/1.1']);
  assert.deepEqual(valuesOf(strict.fields, 'host'), [head.host === '' ? 'endpoint.test' : head.host]);
  assert.ok(linesOf(strict.fields).startsWith(head.fields + lines));
  assertPassed(reading, strict);
}

/** As a connection to a client writes it, also where the end of the connection was the end of the body. */
function assertResponseIsWritten(reading: Reading<ResponseHead>, head: ResponseHead, method: string): void {
  const isOpenEnded = head.length === bodyLength.untilClose;
  for (const isChunked of isOpenEnded ? [true, false] : [head.length === bodyLength.unknown]) {
    const start = responseText(head, isOpenEnded && !isChunked ? 'Connection: close\r\n' : '', isChunked);
    const strict = readStrictResponse(start + writtenBody(reading, isChunked), method);
    assert.ok(strict, 'the strict parser refuses what was written');
    assert.deepEqual(strict.startLine, ['HTTP/1.1', String(head.status), head.reason]);
    assert.ok(linesOf(strict.fields).startsWith(head.fields));
    assertPassed(reading, strict);
  }
}

function writtenBody({ body, trailers }: Reading<unknown>, isChunked: boolean): string {
  if (!isChunked) return body;
  const chunk = body === '' ? '' : chunkStart(body.length) + body + chunkEnd;
  return chunk + lastChunk(trailers);
}

function assertPassed(reading: Reading<unknown>, strict: StrictMessage): void {
  assert.equal(strict.body, reading.body);
  assert.equal(linesOf(strict.trailers), reading.trailers);
  assert.equal(strict.rest, '');
}

/** A name with an underscore in place of its first hyphen, its second, or both. */
function withUnderscores(name: string): readonly string[] {
  const [first = '', second = '', third = ''] = name.split('-');
  return [`${first}_${second}-${third}`, `${first}-${second}_${third}`, `${first}_${second}_${third}`];
}
