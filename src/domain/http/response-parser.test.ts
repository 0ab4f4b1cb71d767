// Answers as dispatching gets to see them. Malformed ones stand as wire cases, and are counted here once each.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { faulty, incomplete } from './field-section.ts';
import { bodyLength } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import { ResponseParser } from './response-parser.ts';

const limits = { head: 160, fields: 10 };

function parse(text: string, toHead = false): { readonly parser: ResponseParser; readonly place: number } {
  const parser = new ResponseParser(limits);
  const bytes = Buffer.from(text, 'latin1');
  return { parser, place: parser.parse(bytes, 0, bytes.length, toHead) };
}

function headOf(text: string, toHead = false): ResponseHead {
  const { parser, place } = parse(text, toHead);
  assert.equal(parser.fault, undefined);
  assert.equal(place, text.length);
  assert.ok(parser.head);
  return parser.head;
}

function faultOf(text: string): string | undefined {
  const { parser, place } = parse(text);
  assert.equal(place, faulty);
  return parser.fault;
}

const ok = 'HTTP/1.1 200 OK\r\n';

describe('the head of an answer', () => {
  test('says everything that dispatching needs', () => {
    assert.deepEqual(headOf(`${ok}Content-Length: 5\r\nX-One: 1\r\nKeep-Alive: timeout=9\r\nConnection: keep-alive, x-gone\r\n\r\n`), {
      status: 200,
      reason: 'OK',
      fields: 'Content-Length: 5\r\nX-One: 1\r\n',
      length: 5,
      keepAlive: true,
      keepAliveTimeout: 9,
      upgrade: '',
      hopByHop: ['x-gone'],
    });
  });

  test('may have a reason of any characters, or none', () => {
    assert.equal(headOf('HTTP/1.1 404 N\xf8t  Found\t\r\n\r\n').reason, 'N\xf8t  Found\t');
    assert.equal(headOf('HTTP/1.1 404 \r\n\r\n').reason, '');
    assert.equal(headOf('HTTP/1.1 404\r\n\r\n').reason, '');
  });

  test('tells how long the body is', () => {
    assert.equal(headOf(`${ok}Transfer-Encoding: chunked\r\n\r\n`).length, bodyLength.unknown);
    assert.equal(headOf(`${ok}\r\n`).length, bodyLength.untilClose);
    assert.equal(headOf(`${ok}Content-Length: 0\r\n\r\n`).length, 0);
  });

  test('to HEAD, and of a status without a body, is all there is', () => {
    assert.equal(headOf(`${ok}Content-Length: 5\r\n\r\n`, true).length, 0);
    assert.equal(headOf(`${ok}Transfer-Encoding: chunked\r\n\r\n`, true).length, 0);
    assert.equal(headOf('HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n').length, 0);
    assert.equal(headOf('HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n').length, 0);
    assert.equal(headOf('HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n').length, 0);
    assert.equal(headOf('HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n').length, 0);
  });

  test('keeps the connection in HTTP/1.1 unless it says close, in HTTP/1.0 only when it says keep-alive', () => {
    const length = 'Content-Length: 0\r\n';
    assert.equal(headOf(`${ok}${length}\r\n`).keepAlive, true);
    assert.equal(headOf(`${ok}${length}Connection: close\r\n\r\n`).keepAlive, false);
    assert.equal(headOf(`HTTP/1.0 200 OK\r\n${length}\r\n`).keepAlive, false);
    assert.equal(headOf(`HTTP/1.0 200 OK\r\n${length}Connection: keep-alive\r\n\r\n`).keepAlive, true);
  });

  test('that lasts until the connection ends does not keep it', () => {
    assert.equal(headOf(`${ok}\r\n`).keepAlive, false);
    assert.equal(headOf(`${ok}Connection: keep-alive\r\n\r\n`).keepAlive, false);
    assert.equal(headOf(`${ok}\r\n`, true).keepAlive, true);
  });

  test('names the protocol that a 101 changes to', () => {
    const lines = 'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    assert.equal(headOf(`HTTP/1.1 101 Switching Protocols\r\n${lines}`).upgrade, 'websocket');
    assert.equal(headOf(`HTTP/1.1 426 Upgrade Required\r\n${lines}`).upgrade, '');
    assert.equal(headOf('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n').upgrade, '');
  });

  test('may come after other bytes and before others', () => {
    const parser = new ResponseParser(limits);
    const bytes = Buffer.from('xxHTTP/1.1 200 OK\r\nA: 1\r\n\r\nbody', 'latin1');
    assert.equal(parser.parse(bytes, 2, bytes.length, false), bytes.length - 4);
    assert.deepEqual([parser.head?.reason, parser.head?.fields], ['OK', 'A: 1\r\n']);
  });

  test('is incomplete up to its last byte', () => {
    const text = `${ok}X-One: 1\r\n\r\n`;
    for (let end = 0; end < text.length; end++) assert.equal(parse(text.slice(0, end)).place, incomplete, `after ${end} bytes`);
  });
});

describe('an answer is refused for', () => {
  test('a status line that is none', () => {
    const lines = [
      '',
      ' HTTP/1.1 200 OK',
      'http/1.1 200 OK',
      'HTTP/1.2 200 OK',
      'HTTP/2 200',
      'HTTP/1.1  200 OK',
      'HTTP/1.1 20 OK',
      'HTTP/1.1 099 OK',
    ];
    const others = [
      'HTTP/1.1 2000 OK',
      'HTTP/1.1 2x0 OK',
      'HTTP/1.1 200\tOK',
      'HTTP/1.1 200 \0',
      'HTTP/1.1 200 O\x7fK',
      'HTTP/1.1200 OK',
      'ICY 200 OK',
    ];
    for (const line of [...lines, ...others]) assert.equal(faultOf(`${line}\r\n\r\n`), 'status-line-invalid', JSON.stringify(line));
  });

  test('line ends that are none', () => {
    assert.equal(faultOf('HTTP/1.1 200 OK\nA: 1\n\n'), 'bare-line-feed');
    assert.equal(faultOf('HTTP/1.1 200\n'), 'bare-line-feed');
    assert.equal(faultOf('HTTP/1.1 200 OK\rA: 1'), 'bare-carriage-return');
  });

  test('a header that is malformed', () => {
    assert.equal(faultOf(`${ok}A : 1\r\n\r\n`), 'header-name-with-space');
    assert.equal(faultOf(`${ok}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`), 'length-and-encoding');
  });

  test('a coding in HTTP/1.0', () => {
    assert.equal(faultOf('HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'), 'encoding-in-http-1-0');
  });

  test('a body announced where none can be', () => {
    for (const status of [100, 101, 103, 204]) {
      assert.equal(faultOf(`HTTP/1.1 ${status} A\r\nContent-Length: 1\r\n\r\n`), 'encoding-without-body');
      assert.equal(faultOf(`HTTP/1.1 ${status} A\r\nTransfer-Encoding: chunked\r\n\r\n`), 'encoding-without-body');
    }
  });

  test('a head larger than the limit, and not for one that just fits', () => {
    const fits = `${ok}A: ${'a'.repeat(160 - ok.length - 7)}\r\n\r\n`;
    assert.equal(headOf(fits).status, 200);
    assert.equal(parse(fits.slice(0, 159)).place, incomplete);
    assert.equal(faultOf(fits.replace('\r\n\r\n', 'a\r\n\r\n')), 'head-too-large');
  });
});
