// Runs every wire case against the parsers, whole and one byte at a time. What is accepted is held to the strict parser too.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PathRules } from '../../src/domain/http/paths/path-rules.ts';
import { readRequestPath } from '../../src/domain/http/paths/request-path.ts';
import type { RequestHead } from '../../src/domain/http/request-head.ts';
import { bodyLength } from '../../src/domain/http/request-head.ts';
import type { ResponseHead } from '../../src/domain/http/response-head.ts';
import { assertRequestAgrees, assertResponseAgrees } from '../support/http/agreement.ts';
import type { Reading } from '../support/http/message-reader.ts';
import { everywhere, readRequest, readResponse } from '../support/http/message-reader.ts';
import type { Expected, WireCase } from '../support/http/wire-cases.ts';
import { decode, readPage, readWireCases } from '../support/http/wire-cases.ts';

const cases = readWireCases();

for (const page of new Set(cases.map((wireCase) => wireCase.page))) {
  describe(page, () => {
    for (const wireCase of cases.filter((other) => other.page === page)) {
      test(wireCase.name, () => {
        check(wireCase, []);
        check(wireCase, everywhere(wireCase.bytes));
        if (wireCase.expected.outcome === 'accepted') checkAgreement(wireCase);
      });
    }
  });
}

function check(wireCase: WireCase, cuts: readonly number[]): void {
  const { kind, bytes, limits, expected } = wireCase;
  if (kind === 'request') {
    const reading = withPathRules(readRequest(bytes, cuts, limits), wireCase.paths);
    checkReading(wireCase, reading);
    if (expected.outcome === 'accepted') checkRequest(expected, reading.head);
  } else {
    const reading = readResponse(bytes, cuts, kind === 'answer to HEAD', limits);
    checkReading(wireCase, reading);
    if (expected.outcome === 'accepted') checkAnswer(expected, reading.head);
  }
}

/** As a listener reads it whose routes look at paths. */
function withPathRules(reading: Reading<RequestHead>, rules: PathRules | undefined): Reading<RequestHead> {
  if (reading.head === undefined || rules === undefined) return reading;
  const head = readRequestPath(reading.head, rules);
  return typeof head === 'string' ? { ...reading, outcome: head } : { ...reading, head };
}

function checkReading({ expected, bytes }: WireCase, reading: Reading<RequestHead | ResponseHead>): void {
  assert.equal(reading.outcome, expected.outcome);
  if (expected.outcome !== 'accepted') return;
  const { head } = reading;
  assertSaid(head?.fields, expected.passes, 'passes');
  assertSaid(reading.body, expected.body, 'body');
  assertSaid(reading.trailers, expected.trailers, 'trailers');
  assertSaid(head?.keepAlive, expected.stays, 'connection');
  assertSaid(head?.upgrade, expected.upgrade, 'upgrade');
  assert.equal(head?.length === bodyLength.untilClose, expected.untilClose || undefined === head);
  assert.equal(bytes.latin1Slice(reading.end), expected.rest ?? '');
}

function checkRequest(expected: Expected, head: RequestHead | undefined): void {
  assertSaid(`${head?.method} ${head?.target}`, expected.start, 'request');
  assertSaid(head?.host, expected.host, 'host');
}

function checkAnswer(expected: Expected, head: ResponseHead | undefined): void {
  assertSaid(`${head?.status} ${head?.reason}`, expected.start, 'answer');
}

function assertSaid<Value>(actual: Value, expected: Value | undefined, what: string): void {
  if (expected !== undefined) assert.equal(actual, expected, what);
}

function checkAgreement({ kind, bytes }: WireCase): void {
  const text = bytes.latin1Slice();
  if (kind === 'request') assert.ok(assertRequestAgrees(text));
  else assert.ok(assertResponseAgrees(text, kind === 'answer' ? 'GET' : 'HEAD'));
}

describe('the format of wire cases', () => {
  const page =
    '# A page\n\n## A case\n\nRFC 1 section 2.\n\n```http\nA \\?\nB\\\n```\n\n```each\n1\\x32\n\\{ab*3}\n```\n\n```expect\naccepted\n```\n';

  test('has lines that end with CRLF, escapes, repetitions and variants', () => {
    const texts = readPage('page.md', page).map(({ bytes }) => bytes.latin1Slice());
    assert.deepEqual(texts, ['A 12\r\nB', 'A ababab\r\nB']);
    assert.equal(decode('\\r\\n\\t\\s\\0\\\\x\\xff\\{\\r*2}'), '\r\n\t \0\\x\xff\r\r');
  });

  test('has no other escapes, limits, blocks and expectations', () => {
    assert.throws(() => decode('\\q'), /no escape/);
    assert.throws(() => readPage('page.md', page.replace('```each', '```limits')), /no limit/);
    assert.throws(() => readPage('page.md', page.replace('```each', '```every')), /one http block/);
    assert.throws(() => readPage('page.md', page.replace('accepted', 'accepted\npassed A')), /nothing that is known/);
    assert.throws(() => readPage('page.md', page.replace('RFC', 'See')), /a sentence/);
  });

  test('is used by more than a hundred cases with more than five hundred variants', () => {
    assert.ok(new Set(cases.map(({ page, name }) => `${page} ${name.split(':')[0]}`)).size > 100);
    assert.ok(cases.length > 500, `${cases.length}`);
  });
});
