// What a section keeps, what it takes out, and what it learns on the way. Refusals stand as wire cases too.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectionBit } from './connection-options.ts';
import type { SectionPart } from './field-section.ts';
import { FieldSection, faulty, incomplete, noLength, withoutFields } from './field-section.ts';
import { forwardedFieldsOf } from './forwarding-headers.ts';

const limits = { head: 1000, fields: 10 };
/** The section stands amid other bytes, as in a connection. */
const base = 4;

function read(text: string, part: SectionPart = 'request'): { section: FieldSection; place: number; head: string; fields: string } {
  const section = new FieldSection(part);
  const bytes = Buffer.from(`GET ${text}\r\n\r\n`, 'latin1');
  const place = section.parse(bytes, base, bytes.length - 4, limits);
  const head = bytes.latin1Slice(base);
  return { section, place: place < 0 ? place : place - base, head, fields: place < 0 ? '' : section.fields(head, base) };
}

function faultOf(text: string, part: SectionPart = 'request'): string | undefined {
  const { section, place } = read(`${text}\r\n\r\n`, part);
  assert.equal(place, faulty);
  return section.fault;
}

describe('lines', () => {
  test('pass in their order, case and spacing', () => {
    const lines = 'Host: a\r\nX-b:c\r\nACCEPT: \t d \xe9 e \t\r\nX-Empty:\r\n';
    const { place, fields } = read(`${lines}\r\n`);
    assert.equal(place, lines.length + 2);
    assert.equal(fields, lines);
  });

  test('may be none', () => {
    assert.deepEqual([read('\r\n').place, read('\r\n').fields], [2, '']);
  });

  test('of this hop are taken out wherever they stand', () => {
    const { fields } = read('Connection: close\r\nA: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nB: 2\r\nProxy-Connection: x\r\n\r\n');
    assert.equal(fields, 'A: 1\r\nB: 2\r\n');
  });

  test('are taken out when Connection names them', () => {
    const { section, fields } = read('X-GONE: 1\r\nA: 1\r\nConnection: x-gone, close,X-Away\r\nX-Gone-2: 1\r\n\r\n');
    assert.equal(fields, 'A: 1\r\nX-Gone-2: 1\r\n');
    assert.deepEqual(section.named, ['x-gone', 'x-away']);
  });

  test('of the message before are forgotten', () => {
    const section = new FieldSection('request');
    const first = Buffer.from(
      'Connection: x-gone\r\nContent-Length: 5\r\nUpgrade: a\r\nTE: trailers\r\nExpect: 100-continue\r\nHost: a\r\n\r\n',
    );
    section.parse(first, 0, first.length, limits);
    const second = Buffer.from('X-Gone: 1\r\n\r\n');
    section.parse(second, 0, second.length, limits);
    const text = second.toString('latin1');
    assert.equal(section.fields(text, 0), 'X-Gone: 1\r\n');
    assert.deepEqual([section.contentLength, section.connection, section.hasHost, section.upgrade(text, 0)], [noLength, 0, false, '']);
    assert.deepEqual([section.acceptsTrailers, section.expectsContinue, section.hasForwarded], [false, false, false]);
  });
});

describe('a section that is not whole', () => {
  test('is incomplete wherever it ends', () => {
    const text = 'Host: a.test\r\nX:\t b\r\nConnection: close\r\n\r\n';
    for (let end = 0; end < text.length; end++) assert.equal(read(text.slice(0, end)).place, incomplete, `after ${end} bytes`);
    assert.equal(read(text).place, text.length);
  });
});

describe('a section learns', () => {
  test('how long the body is', () => {
    assert.equal(read('Content-Length: 42\t \r\n\r\n').section.contentLength, 42);
    assert.equal(read('Content-Length: 9007199254740991\r\n\r\n').section.contentLength, Number.MAX_SAFE_INTEGER);
    assert.equal(read('Transfer-Encoding: Chunked\r\n\r\n').section.isChunked, true);
  });

  test('what becomes of the connection, from all its lines', () => {
    const { close, keepAlive, upgrade } = connectionBit;
    assert.equal(read('Connection: close\r\nConnection: Keep-Alive, UPGRADE\r\n\r\n').section.connection, close | keepAlive | upgrade);
  });

  test('which host is asked for', () => {
    const { section, head } = read('A: 1\r\nHost:  a.test:80 \r\n\r\n');
    assert.deepEqual([section.hasHost, section.host(head, base)], [true, 'a.test:80']);
  });

  test('which protocols are offered', () => {
    const { section, head, fields } = read('Upgrade: websocket, foo\r\n\r\n');
    assert.deepEqual([section.upgrade(head, base), fields], ['websocket, foo', '']);
  });

  test('whether trailers are welcome', () => {
    for (const value of ['trailers', 'Trailers', 'gzip, trailers', 'gzip;q=0.5 ,\ttrailers , deflate']) {
      assert.equal(read(`TE: ${value}\r\n\r\n`).section.acceptsTrailers, true, value);
    }
    for (const value of ['', 'gzip', 'xtrailers', 'trailers2'])
      assert.equal(read(`TE: ${value}\r\n\r\n`).section.acceptsTrailers, false, value);
    assert.equal(read('TE: trailers\r\nTE: gzip\r\n\r\n').section.acceptsTrailers, true);
  });

  test('whether the client waits for a word before it sends its body', () => {
    assert.equal(read('Expect: 100-Continue\r\n\r\n').section.expectsContinue, true);
    assert.equal(read('Expect: 100-continue\r\nExpect: other\r\n\r\n').section.expectsContinue, true);
    assert.equal(read('Expect: other\r\n\r\n').section.expectsContinue, false);
  });

  test('how long an idle connection is kept', () => {
    assert.equal(read('Keep-Alive: timeout=5, max=100\r\n\r\n').section.keepAliveTimeout, 5);
    assert.equal(read('Keep-Alive: max=100;Timeout=15\r\n\r\n').section.keepAliveTimeout, 15);
    assert.equal(read('Keep-Alive: max=100, xtimeout=3\r\n\r\n').section.keepAliveTimeout, 0);
  });

  test('what balancers in front told, joined over lines', () => {
    const { section, head, fields } = read(
      'X-Forwarded-For: a\r\nForwarded: for=a\r\nX-Forwarded-For:\r\nx-forwarded-for: b, c\r\nX-Forwarded-Proto: https\r\n' +
        'X-Forwarded-Host: d\r\nX-Forwarded-Port: 1\r\n\r\n',
    );
    assert.deepEqual([section.hasForwarded, fields], [true, '']);
    assert.deepEqual(forwardedFieldsOf(section, head, base), { forwarded: 'for=a', for: 'a, b, c', proto: 'https', host: 'd', port: '1' });
  });
});

describe('a section refuses', () => {
  const faults: Readonly<Record<string, readonly string[]>> = {
    'header-name-invalid': [': a', 'a', 'a\0: b', 'a\xe9: b', '(a): b', 'a\x7f: b'],
    'header-name-with-space': ['a : b', 'a\t: b', 'Host :a', 'a b: c'],
    'header-folded': ['a: b\r\n c: d', 'a: b\r\n\tc', ' a: b', ' '],
    'header-value-invalid': ['a: b\0', 'a: \x01', 'a: b\x7fc', 'a: \x0b'],
    'bare-line-feed': ['a: b\nc: d', 'a\n', '\n', 'a:\n'],
    'bare-carriage-return': ['a: b\rc', 'a: b\r\r\n', '\rx'],
    'host-repeated': ['Host: a\r\nHost: a'],
    'host-invalid': ['Host:', 'Host: a b', 'Host: a,b:c'],
    'length-invalid': [
      '',
      '+1',
      '-1',
      '1 2',
      '0x10',
      '1.0',
      '1e3',
      '01',
      '00',
      '9007199254740992',
      '99999999999999999999',
      '5, 5',
      '٣',
    ].map((length) => `Content-Length: ${length}`),
    'length-repeated': ['Content-Length: 5\r\nContent-Length: 5', 'Content-Length: 5\r\ncontent-length: 6'],
    'length-and-encoding': [
      'Content-Length: 5\r\nTransfer-Encoding: chunked',
      'Transfer-Encoding: chunked\r\nContent-Length: 5',
      'Content-Length: 0\r\nTransfer-Encoding: identity',
    ],
    'encoding-unsupported': [
      ...['', 'identity', 'gzip, chunked', 'chunked, chunked', 'xchunked', 'chunked;a', '"chunked"'].map(
        (coding) => `Transfer-Encoding: ${coding}`,
      ),
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
    ],
    'connection-invalid': ['Connection: host', 'Connection: close, Content-Length', 'Connection: TRANSFER-ENCODING'],
    'too-many-headers': [`${'a: b\r\n'.repeat(10)}c: d`],
  };
  for (const [fault, texts] of Object.entries(faults)) {
    test(fault, () => {
      for (const text of texts) assert.equal(faultOf(text), fault, JSON.stringify(text));
    });
  }

  test('no more fields than the limit', () => {
    assert.equal(read(`${'a: b\r\n'.repeat(10)}\r\n`).place, 62);
  });
});

describe('in an answer', () => {
  test('what concerns requests alone passes unjudged', () => {
    const lines = 'Host: a b\r\nHost:\r\nX-Forwarded-For: a\r\nForwarded: b\r\nExpect: 100-continue\r\nX-Forwarded-Port: 1\r\n';
    const { section, fields } = read(`${lines}TE: x\r\n\r\n`, 'answer');
    assert.equal(fields, lines);
    assert.deepEqual([section.hasForwarded, section.hasHost, section.expectsContinue], [false, false, false]);
  });
});

describe('in trailers', () => {
  test('fields pass', () => {
    assert.equal(read('X-Sum: 1\r\nServer-Timing: a\r\n\r\n', 'trailers').fields, 'X-Sum: 1\r\nServer-Timing: a\r\n');
  });

  test('fields that frame, route or admit a message are refused', () => {
    for (const name of [
      'Content-Length',
      'transfer-encoding',
      'Host',
      'Authorization',
      'Set-Cookie',
      'Trailer',
      'X-Forwarded-For',
      'Connection',
    ]) {
      assert.equal(faultOf(`X: 1\r\n${name}: 1`, 'trailers'), 'trailer-forbidden', name);
    }
  });
});

test('fields are taken out of lines by their names in any case', () => {
  assert.equal(withoutFields('A: 1\r\nB:\r\na: 2\r\nAb: 3\r\n', ['a', 'c']), 'B:\r\nAb: 3\r\n');
  assert.equal(withoutFields('A: 1\r\n', ['a']), '');
});
