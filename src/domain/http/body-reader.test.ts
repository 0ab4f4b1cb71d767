// Bodies by count, by chunks and up to the end: what is handed on, where they end, and what is refused.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BodyReader } from './body-reader.ts';
import { longestChunkLine, mostExtensionBytes } from './limits.ts';
import { bodyLength } from './request-head.ts';

const limits = { head: 60, fields: 3 };
const none = Number.POSITIVE_INFINITY;

class Collector {
  text = '';
  pieces = 0;

  bodyBytes(bytes: Buffer, start: number, end: number): void {
    assert.ok(start < end, 'a piece has bytes');
    this.text += bytes.latin1Slice(start, end);
    this.pieces++;
  }
}

interface Case {
  readonly reader: BodyReader;
  readonly collector: Collector;
  readonly taken: number;
}

function readBody(length: number, text: string, largest = none): Case {
  const reader = new BodyReader(limits, largest);
  const collector = new Collector();
  reader.begin(length);
  const bytes = Buffer.from(text, 'latin1');
  return { reader, collector, taken: reader.read(bytes, 0, bytes.length, collector) };
}

const readChunks = (text: string, largest = none): Case => readBody(bodyLength.unknown, text, largest);

function chunkFault(text: string, largest = none): string | undefined {
  const { reader } = readChunks(text, largest);
  assert.equal(reader.isDone, false);
  return reader.fault;
}

describe('a counted body', () => {
  test('ends at its count, and leaves what follows', () => {
    const { reader, collector, taken } = readBody(5, 'helloGET /');
    assert.deepEqual([reader.isDone, collector.text, taken], [true, 'hello', 5]);
  });

  test('comes in pieces', () => {
    const { reader, collector, taken } = readBody(5, 'hel');
    assert.deepEqual([reader.isDone, reader.remaining, taken], [false, 2, 3]);
    assert.equal(reader.read(Buffer.from('lo!'), 0, 3, collector), 2);
    assert.deepEqual([reader.isDone, collector.text], [true, 'hello']);
  });

  test('hands nothing on when nothing came', () => {
    const { reader, collector, taken } = readBody(5, '');
    assert.deepEqual([reader.isDone, collector.pieces, taken], [false, 0, 0]);
  });

  test('of no bytes is over before it begins', () => {
    assert.equal(readBody(0, 'GET /').taken, 0);
    assert.equal(readBody(0, '').reader.isDone, true);
  });

  test('larger than the limit is refused before a byte is read', () => {
    const reader = new BodyReader(limits, 5);
    reader.begin(6);
    assert.equal(reader.fault, 'body-too-large');
    reader.begin(5);
    assert.equal(reader.fault, undefined);
  });
});

test('a body that lasts until the end of the connection never says that it is done', () => {
  const { reader, collector, taken } = readBody(bodyLength.untilClose, 'HTTP/1.1 200 OK');
  assert.deepEqual([reader.isDone, reader.remaining, collector.text, taken], [false, none, 'HTTP/1.1 200 OK', 15]);
});

describe('a chunked body', () => {
  test('is the bytes of its chunks', () => {
    const { reader, collector, taken } = readChunks('5\r\nhello\r\n00A\r\n, chunked!\r\n0\r\n\r\nGET /');
    assert.deepEqual([reader.isDone, reader.fault, collector.text, taken], [true, undefined, 'hello, chunked!', 32]);
    assert.equal(reader.trailers, '');
  });

  test('hands bytes on before a chunk is whole, and asks again for the rest of a line', () => {
    const { reader, collector, taken } = readChunks('a\r\nhello');
    assert.deepEqual([collector.text, taken, reader.remaining], ['hello', 8, 5]);
    const more = Buffer.from('world\r');
    assert.equal(reader.read(more, 0, more.length, collector), 5);
    const last = Buffer.from('\r\n0');
    assert.equal(reader.read(last, 0, last.length, collector), 2);
    assert.equal(collector.text, 'helloworld');
  });

  test('may have extensions, which are left out', () => {
    for (const extension of [';a', ';a=b', ' ; a = "b\\"; c" ;d', '\t;a', ';chunk-signature=0123456789abcdef', ';a=""']) {
      const { reader, collector } = readChunks(`1${extension}\r\nx\r\n0${extension}\r\n\r\n`);
      assert.deepEqual([reader.isDone, reader.fault, collector.text], [true, undefined, 'x'], extension);
    }
  });

  test('may have trailers', () => {
    const { reader, taken } = readChunks('0\r\nX-Sum: 1\r\nx-two:2\r\n\r\nGET /');
    assert.deepEqual([reader.isDone, reader.trailers, taken], [true, 'X-Sum: 1\r\nx-two:2\r\n', 24]);
  });

  test('loses the trailers that Connection named in the head', () => {
    const reader = new BodyReader(limits, none);
    reader.begin(bodyLength.unknown, ['x-sum']);
    const bytes = Buffer.from('0\r\nX-Sum: 1\r\nX-Two: 2\r\n\r\n');
    reader.read(bytes, 0, bytes.length, new Collector());
    assert.equal(reader.trailers, 'X-Two: 2\r\n');
  });

  test('after another one has no trailers of its', () => {
    const { reader, collector } = readChunks('0\r\nX-Sum: 1\r\n\r\n');
    reader.begin(bodyLength.unknown);
    reader.read(Buffer.from('0\r\n\r\n'), 0, 5, collector);
    assert.deepEqual([reader.isDone, reader.trailers], [true, '']);
  });

  test('is incomplete up to its last byte', () => {
    const text = '5;a\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n';
    for (let end = 0; end < text.length; end++) {
      const { reader } = readChunks(text.slice(0, end));
      assert.deepEqual([reader.isDone, reader.fault], [false, undefined], `after ${end} bytes`);
    }
  });
});

describe('a chunked body is refused', () => {
  test('for a size that is none', () => {
    const lines = [
      '',
      ' 5',
      '+5',
      '-5',
      '0x5',
      '5 5',
      '5 ',
      '5\t',
      '5,',
      'g',
      '5g',
      '"5"',
      '5;',
      '5;;a',
      '5;a=',
      '5;a="b',
      '5;a b',
      '5;\xe9',
      '5;a\0',
    ];
    for (const line of lines) assert.equal(chunkFault(`${line}\r\nhello\r\n`), 'chunk-size-invalid', JSON.stringify(line));
    assert.equal(chunkFault(`${'0'.repeat(13)}5\r\n`), 'chunk-size-invalid');
    assert.equal(chunkFault('fffffffffffff\r\n'), undefined);
    assert.equal(chunkFault('10000000000000'), 'chunk-size-invalid');
  });

  test('for a size line without its line end', () => {
    for (const text of ['5\nhello', '5\rhello', '5;a\nhello', '5;a\rhello'])
      assert.equal(chunkFault(text), 'chunk-size-invalid', JSON.stringify(text));
  });

  test('for bytes beyond the size', () => {
    for (const text of ['1\r\nxy\r\n', '1\r\nx\n0\r\n', '1\r\nx\rx', '1\r\nx0\r\n']) {
      assert.equal(chunkFault(text), 'chunk-ending-invalid', JSON.stringify(text));
    }
  });

  test('for a size line without end', () => {
    const room = longestChunkLine - '0;a'.length - '\r\n'.length;
    assert.equal(readChunks(`0;a${'b'.repeat(room + 1)}\r\n\r\n`).reader.isDone, true);
    assert.equal(chunkFault(`0;a${'b'.repeat(room + 3)}`), 'chunk-line-too-long');
    assert.equal(chunkFault(`0;a${' '.repeat(1000)}`), 'chunk-line-too-long');
  });

  test('for extensions that come to much more than the body', () => {
    const chunk = `1;${'a'.repeat(100)}\r\nx\r\n`;
    const allowed = Math.floor(mostExtensionBytes / 100);
    assert.equal(chunkFault(chunk.repeat(allowed)), undefined);
    assert.equal(chunkFault(chunk.repeat(allowed + 3)), 'chunk-line-too-long');
    const balanced = `64;${'a'.repeat(100)}\r\n${'x'.repeat(100)}\r\n`;
    assert.equal(chunkFault(balanced.repeat(10 * allowed)), undefined);
  });

  test('for more bytes than the limit, as soon as they are announced', () => {
    assert.equal(readChunks('3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n', 5).reader.isDone, true);
    assert.equal(chunkFault('3\r\nabc\r\n3\r\n', 5), 'body-too-large');
  });

  test('for trailers that are too large or too many', () => {
    const sixty = `A: ${'a'.repeat(53)}\r\n\r\n`;
    assert.equal(readChunks(`0\r\n${sixty}`).reader.isDone, true);
    assert.equal(chunkFault(`0\r\n${'A'.repeat(60)}`), 'trailers-too-large');
    assert.equal(chunkFault('0\r\na: 1\r\na: 1\r\na: 1\r\na: 1\r\n'), 'trailers-too-large');
  });

  test('for trailers that are malformed or forbidden', () => {
    assert.equal(chunkFault('0\r\na : 1\r\n\r\n'), 'header-name-with-space');
    assert.equal(chunkFault('0\r\nContent-Length: 1\r\n\r\n'), 'trailer-forbidden');
    assert.equal(chunkFault('0\r\n\rx'), 'bare-carriage-return');
  });

  test('and nothing more is read of it', () => {
    const { reader, collector, taken } = readChunks('1\r\nx\r\nz\r\n');
    assert.equal(taken, 6);
    assert.equal(reader.read(Buffer.from('1\r\ny\r\n'), 0, 6, collector), 0);
    assert.equal(collector.text, 'x');
  });
});
