// Requests as dispatching gets to see them. Malformed ones stand as wire cases, and are counted here once each.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { faulty, incomplete } from './field-section.ts';
import type { RequestHead } from './request-head.ts';
import { bodyLength } from './request-head.ts';
import { RequestParser } from './request-parser.ts';

const limits = { head: 300, fields: 10, target: 20 };

function parse(text: string): { readonly parser: RequestParser; readonly place: number } {
  const parser = new RequestParser(limits);
  const bytes = Buffer.from(text, 'latin1');
  return { parser, place: parser.parse(bytes, 0, bytes.length) };
}

function headOf(text: string): RequestHead {
  const { parser, place } = parse(text);
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

const start = 'GET / HTTP/1.1\r\nHost: a.test\r\n';

describe('a request head', () => {
  test('says everything that dispatching needs', () => {
    assert.deepEqual(headOf('POST /a?b HTTP/1.1\r\nHost: A.test:80\r\nContent-Length: 5\r\nX-One: 1\r\n\r\n'), {
      method: 'POST',
      target: '/a?b',
      path: '/a',
      host: 'A.test:80',
      minor: 1,
      fields: 'Host: A.test:80\r\nContent-Length: 5\r\nX-One: 1\r\n',
      length: 5,
      keepAlive: true,
      upgrade: '',
      expectsContinue: false,
      acceptsTrailers: false,
      hopByHop: [],
      forwarded: undefined,
    });
  });

  test('may come after other bytes and before others', () => {
    const parser = new RequestParser(limits);
    const bytes = Buffer.from(`xx${start}\r\nGET /next`, 'latin1');
    assert.equal(parser.parse(bytes, 2, bytes.length), start.length + 4);
    assert.equal(parser.head?.host, 'a.test');
  });

  test('may come after one empty line', () => {
    assert.equal(headOf(`\r\n${start}\r\n`).method, 'GET');
    assert.equal(parse('\r').place, incomplete);
    assert.equal(parse('\r\n').place, incomplete);
    assert.equal(faultOf('\rG'), 'bare-carriage-return');
    assert.equal(faultOf(`\r\n\r\n${start}`), 'method-invalid');
  });

  test('has a body of unknown length when it is chunked, and none when it says nothing', () => {
    assert.equal(headOf(`${start}Transfer-Encoding: chunked\r\n\r\n`).length, bodyLength.unknown);
    assert.equal(headOf(`${start}\r\n`).length, 0);
  });

  test('keeps the connection in HTTP/1.1 unless it says close, in HTTP/1.0 only when it says keep-alive', () => {
    assert.equal(headOf(`${start}Connection: close\r\n\r\n`).keepAlive, false);
    assert.equal(headOf(`${start}Connection: keep-alive, close\r\n\r\n`).keepAlive, false);
    assert.equal(headOf('GET / HTTP/1.0\r\n\r\n').keepAlive, false);
    assert.equal(headOf('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n').keepAlive, true);
  });

  test('offers another protocol only in HTTP/1.1, and only when Connection says so', () => {
    const offer = 'Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    assert.equal(headOf(`${start}${offer}`).upgrade, 'websocket');
    assert.equal(headOf(`${start}Upgrade: websocket\r\n\r\n`).upgrade, '');
    assert.equal(headOf(`GET / HTTP/1.0\r\n${offer}`).upgrade, '');
  });

  test('does not offer HTTP/2 without TLS', () => {
    for (const protocols of ['h2c', 'H2C', 'websocket, h2c', 'h2c ,websocket']) {
      assert.equal(headOf(`${start}Upgrade: ${protocols}\r\nConnection: upgrade\r\n\r\n`).upgrade, '', protocols);
    }
  });

  test('of HTTP/1.0 waits for no word before its body', () => {
    assert.equal(headOf(`${start}Expect: 100-continue\r\n\r\n`).expectsContinue, true);
    assert.equal(headOf('GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n').expectsContinue, false);
  });

  test('tells what a balancer in front told, and which fields end here', () => {
    const head = headOf(`${start}X-Forwarded-For: b\r\nTE: trailers\r\nConnection: TE, X-Gone\r\n\r\n`);
    assert.equal(head.forwarded?.for, 'b');
    assert.deepEqual([head.acceptsTrailers, head.hopByHop, head.fields], [true, ['x-gone'], 'Host: a.test\r\n']);
  });

  test('of HTTP/1.0 may name no host, or name it in its target', () => {
    assert.deepEqual([headOf('GET / HTTP/1.0\r\n\r\n').host, headOf('GET / HTTP/1.0\r\n\r\n').minor], ['', 0]);
    const head = headOf('GET http://b.test/c HTTP/1.0\r\nX: 1\r\n\r\n');
    assert.deepEqual([head.host, head.target, head.fields], ['b.test', '/c', 'Host: b.test\r\nX: 1\r\n']);
  });

  test('in absolute form names its host twice alike, in any case', () => {
    const head = headOf('GET http://B.test:80/c HTTP/1.1\r\nHost: b.TEST:80\r\n\r\n');
    assert.deepEqual([head.host, head.target, head.fields], ['b.TEST:80', '/c', 'Host: b.TEST:80\r\n']);
  });

  test('of CONNECT passes to be refused by name', () => {
    assert.deepEqual(headOf('CONNECT b.test:443 HTTP/1.1\r\nHost: b.test\r\n\r\n').path, '');
  });

  test('is incomplete up to its last byte', () => {
    const text = `\r\n${start}X-One: 1\r\n\r\n`;
    for (let end = 0; end < text.length; end++) assert.equal(parse(text.slice(0, end)).place, incomplete, `after ${end} bytes`);
  });
});

describe('a request is refused for', () => {
  const faults: Readonly<Record<string, readonly string[]>> = {
    'method-invalid': [' / HTTP/1.1', '(a) / HTTP/1.1', 'G\0T / HTTP/1.1', 'GET\t/ HTTP/1.1', '\x16\x03\x01'],
    'target-invalid': [
      'GET  / HTTP/1.1',
      'GET /\0 HTTP/1.1',
      'GET /a\\b HTTP/1.1',
      'GET /a#b HTTP/1.1',
      'GET a HTTP/1.1',
      'GET /\xe9 HTTP/1.1',
    ],
    'version-unsupported': [
      ...[
        'GET',
        'GET /',
        'GET / ',
        'GET / HTTP/1.2',
        'GET / HTTP/2.0',
        'GET / http/1.1',
        'GET / HTTP/1.1 ',
        'GET / HTTP/1.10',
        'GET / HTTP/0.9',
      ],
      'GET / b HTTP/1.1',
    ],
    'bare-line-feed': ['\n', 'GET\n', 'GET /\n', 'GET / HTTP/1.1\n', 'GET / H\n', 'GET / HTTP/1.\n'],
    'bare-carriage-return': ['GET / HTTP/1.1\r'],
    'target-too-long': [`GET /${'a'.repeat(20)}`],
  };
  for (const [fault, lines] of Object.entries(faults)) {
    test(fault, () => {
      for (const line of lines) assert.equal(faultOf(`${line}\r\nHost: a.test\r\n\r\n`), fault, JSON.stringify(line));
    });
  }

  test('its head as a whole', () => {
    assert.equal(faultOf('GET / HTTP/1.1\r\n\r\n'), 'host-missing');
    assert.equal(faultOf('GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n'), 'encoding-in-http-1-0');
    assert.equal(faultOf('GET http://b.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n'), 'host-differs-from-target');
    assert.equal(faultOf('GET http://b.test:80/ HTTP/1.1\r\nHost: b.test\r\n\r\n'), 'host-differs-from-target');
    assert.equal(faultOf('GET * HTTP/1.1\r\nHost: a.test\r\n\r\n'), 'target-invalid');
  });

  test('a target whose host is none', () => {
    for (const host of ['a:99999', '[a]', 'user@a', 'a:', '%61']) {
      assert.equal(faultOf(`GET http://${host}/ HTTP/1.0\r\n\r\n`), 'target-invalid', host);
    }
  });

  test('a header that is malformed', () => {
    assert.equal(faultOf(`${start}A : b\r\n\r\n`), 'header-name-with-space');
  });

  test('a head larger than the limit, and not for one that just fits', () => {
    const fits = `${start}X: ${'a'.repeat(300 - start.length - 7)}\r\n\r\n`;
    assert.equal(headOf(fits).host, 'a.test');
    assert.equal(parse(fits.slice(0, 299)).place, incomplete);
    assert.equal(faultOf(fits.replace('\r\n\r\n', 'a\r\n\r\n')), 'head-too-large');
    assert.equal(faultOf('M'.repeat(300)), 'head-too-large');
  });

  test('a fault, and the next one not for the fault before it', () => {
    const parser = new RequestParser(limits);
    assert.equal(parser.parse(Buffer.from('\n'), 0, 1), faulty);
    const good = Buffer.from(`${start}\r\n`);
    assert.equal(parser.parse(good, 0, good.length), good.length);
    assert.equal(parser.fault, undefined);
  });
});
