// Heads and chunks as they stand on the wire.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chunkEnd, chunkStart, lastChunk, ownResponseText, requestText, responseText, switchingText } from './head-writer.ts';
import type { RequestHead } from './request-head.ts';
import { bodyLength } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';

const request: RequestHead = {
  method: 'GET',
  target: '/a?b',
  path: '/a',
  host: 'a.test',
  minor: 1,
  fields: 'Host: a.test\r\nX-One: 1\r\n',
  length: 0,
  keepAlive: true,
  upgrade: '',
  expectsContinue: false,
  acceptsTrailers: false,
  hopByHop: [],
  forwarded: undefined,
};
const response: ResponseHead = {
  status: 200,
  reason: 'OK',
  fields: 'X-One: 1\r\n',
  length: 0,
  keepAlive: true,
  keepAliveTimeout: 0,
  upgrade: '',
  hopByHop: [],
};
const additions = { lines: 'X-Forwarded-For: 192.0.2.1\r\n', host: 'endpoint.test', upgrade: '' };
const start = 'GET /a?b HTTP/1.1\r\nHost: a.test\r\nX-One: 1\r\nX-Forwarded-For: 192.0.2.1\r\n';

describe('a request', () => {
  test('has its own fields first, then what is added', () => {
    assert.equal(requestText(request, additions), `${start}\r\n`);
  });

  test('of HTTP/1.0 without a host gets the one of the endpoint', () => {
    assert.equal(
      requestText({ ...request, host: '', fields: '' }, additions),
      'GET /a?b HTTP/1.1\r\nX-Forwarded-For: 192.0.2.1\r\nHost: endpoint.test\r\n\r\n',
    );
  });

  test('whose body shows its own end is chunked', () => {
    assert.equal(requestText({ ...request, length: bodyLength.unknown }, additions), `${start}Transfer-Encoding: chunked\r\n\r\n`);
  });

  test('whose client takes trailers says so for itself', () => {
    assert.equal(requestText({ ...request, acceptsTrailers: true }, additions), `${start}Connection: TE\r\nTE: trailers\r\n\r\n`);
  });

  test('that offers other protocols offers them to the endpoint', () => {
    assert.equal(
      requestText({ ...request, acceptsTrailers: true }, { ...additions, upgrade: 'websocket' }),
      `${start}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
  });
});

describe('an answer', () => {
  test('says how the connection goes on', () => {
    assert.equal(responseText(response, '', false), 'HTTP/1.1 200 OK\r\nX-One: 1\r\n\r\n');
    assert.equal(responseText(response, 'Connection: close\r\n', false), 'HTTP/1.1 200 OK\r\nX-One: 1\r\nConnection: close\r\n\r\n');
  });

  test('may be chunked', () => {
    assert.equal(
      responseText(response, 'Connection: keep-alive\r\n', true),
      'HTTP/1.1 200 OK\r\nX-One: 1\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n',
    );
  });

  test('without a reason keeps the space before it', () => {
    assert.equal(responseText({ ...response, reason: '' }, '', false), 'HTTP/1.1 200 \r\nX-One: 1\r\n\r\n');
  });

  test('that changes the protocol names it', () => {
    assert.equal(
      switchingText({ ...response, status: 101, reason: 'Switching Protocols', upgrade: 'websocket' }),
      'HTTP/1.1 101 Switching Protocols\r\nX-One: 1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
  });

  test('of our own has a length, and no body for HEAD', () => {
    const parts = { status: 503, lines: 'Retry-After: 1\r\n', body: 'busy\n', connection: '', toHead: false } as const;
    const head = 'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 5\r\n\r\n';
    assert.equal(ownResponseText(parts), `${head}busy\n`);
    assert.equal(ownResponseText({ ...parts, toHead: true }), head);
  });
});

describe('a chunked body', () => {
  test('is sizes in hexadecimal, bytes and line ends', () => {
    assert.equal(`${chunkStart(26)}${'a'.repeat(26)}${chunkEnd}`, `1a\r\n${'a'.repeat(26)}\r\n`);
  });

  test('ends with an empty chunk and the trailers', () => {
    assert.equal(lastChunk(''), '0\r\n\r\n');
    assert.equal(lastChunk('X-Sum: 1\r\n'), '0\r\nX-Sum: 1\r\n\r\n');
  });
});
