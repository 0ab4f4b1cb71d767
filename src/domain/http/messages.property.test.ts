// What holds for any message: however its bytes are split it is read the same, and what is accepted is read alike by a second, strict parser,
// before it passes and after.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { assertRequestAgrees, assertResponseAgrees } from '../../../test/support/http/agreement.ts';
import {
  cutsOf,
  damaged,
  someDamages,
  someRequest,
  someResponse,
  someShare,
  someShares,
} from '../../../test/support/http/made-messages.ts';
import type { MessageLimits, Reading } from '../../../test/support/http/message-reader.ts';
import { everywhere, readRequest, readResponse, usualLimits } from '../../../test/support/http/message-reader.ts';

const options = { seed: 0x9112, numRuns: 400 };
const manyRuns = { seed: 0x9112, numRuns: 4000 };
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
const someMethod = fc.constantFrom('GET', 'HEAD', 'POST');
/** Limits that made messages run into. */
const tightLimits: MessageLimits = { head: 200, fields: 6, target: 12, body: 40 };
const someLimits = fc.constantFrom(usualLimits, tightLimits);

describe('a good request', () => {
  test('is read as it was meant', () => {
    fc.assert(
      fc.property(someRequest, (made) => {
        const reading = readRequest(bytesOf(made.text), []);
        assert.equal(reading.outcome, 'accepted');
        const { method = '', target = '', host = '', fields = '' } = reading.head ?? {};
        assert.deepEqual({ method, target, host, passing: fields }, pick(made, ['method', 'target', 'host', 'passing']));
        assert.deepEqual(pick(reading, ['body', 'trailers', 'end']), { ...pick(made, ['body', 'trailers']), end: made.text.length });
      }),
      options,
    );
  });

  test('ends where it ends, whatever follows', () => {
    fc.assert(
      fc.property(someRequest, someRequest, (made, next) => {
        assert.equal(readRequest(bytesOf(made.text + next.text), []).end, made.text.length);
      }),
      options,
    );
  });

  test('is incomplete up to its last byte', () => {
    fc.assert(
      fc.property(someRequest, someShare, (made, share) => {
        const prefix = bytesOf(made.text).subarray(0, Math.floor(share * made.text.length));
        assert.equal(readRequest(prefix, []).outcome, 'incomplete');
        assert.equal(readRequest(prefix, everywhere(prefix)).outcome, 'incomplete');
      }),
      options,
    );
  });

  test('passes so that the strict parser reads the same', () => {
    fc.assert(
      fc.property(someRequest, (made) => assert.ok(assertRequestAgrees(made.text))),
      options,
    );
  });
});

describe('a good answer', () => {
  test('is read as it was meant', () => {
    fc.assert(
      fc.property(someResponse, (made) => {
        const reading = readResponse(bytesOf(made.text), [], false);
        assert.equal(reading.outcome, 'accepted');
        const { status = 0, reason = '', fields = '' } = reading.head ?? {};
        assert.deepEqual({ status, reason, passing: fields }, pick(made, ['status', 'reason', 'passing']));
        assert.deepEqual(pick(reading, ['body', 'trailers', 'end']), { ...pick(made, ['body', 'trailers']), end: made.text.length });
      }),
      options,
    );
  });

  test('passes so that the strict parser reads the same', () => {
    fc.assert(
      fc.property(someResponse, someMethod, (made, method) => assert.ok(assertResponseAgrees(made.text, method))),
      options,
    );
  });
});

describe('a damaged message', () => {
  test('is refused, or both parsers read the same request before and after', () => {
    let accepted = 0;
    fc.assert(
      fc.property(someRequest, someDamages, ({ text }, damages) => {
        if (assertRequestAgrees(damaged(text, damages))) accepted++;
      }),
      manyRuns,
    );
    assert.ok(accepted > 400, `only ${accepted} were accepted: the damage proves little`);
  });

  test('is refused, or both parsers read the same answer before and after', () => {
    let accepted = 0;
    fc.assert(
      fc.property(someResponse, someDamages, someMethod, ({ text }, damages, method) => {
        if (assertResponseAgrees(damaged(text, damages), method)) accepted++;
      }),
      manyRuns,
    );
    assert.ok(accepted > 400, `only ${accepted} were accepted: the damage proves little`);
  });
});

describe('any split of the bytes', () => {
  test('gives the same request or the same fault', () => {
    fc.assert(
      fc.property(someRequest, fc.option(someDamages), someShares, someLimits, ({ text }, damages, shares, limits) => {
        const bytes = bytesOf(damages === null ? text : damaged(text, damages));
        const whole = readRequest(bytes, [], limits);
        assertSameReading(readRequest(bytes, cutsOf(bytes.length, shares), limits), whole);
        assertSameReading(readRequest(bytes, everywhere(bytes), limits), whole);
      }),
      options,
    );
  });

  test('gives the same answer or the same fault', () => {
    fc.assert(
      fc.property(someResponse, fc.option(someDamages), someShares, someLimits, ({ text }, damages, shares, limits) => {
        const bytes = bytesOf(damages === null ? text : damaged(text, damages));
        const whole = readResponse(bytes, [], false, limits);
        assertSameReading(readResponse(bytes, cutsOf(bytes.length, shares), false, limits), whole);
        assertSameReading(readResponse(bytes, everywhere(bytes), false, limits), whole);
      }),
      options,
    );
  });
});

test('arbitrary bytes are read without a throw and without an end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('', 'GET / HTTP/1.1\r\n', 'HTTP/1.1 200 OK\r\n'), (noise, start) => {
      const bytes = Buffer.concat([bytesOf(start), noise]);
      assertSameReading(readRequest(bytes, everywhere(bytes)), readRequest(bytes, []));
      assertSameReading(readResponse(bytes, everywhere(bytes), true), readResponse(bytes, [], true));
      assertRequestAgrees(bytes.latin1Slice());
      assertResponseAgrees(bytes.latin1Slice(), 'GET');
    }),
    manyRuns,
  );
});

/** Of a faulty message only the fault counts: how much of its body came before depends on the split. */
function assertSameReading(reading: Reading<unknown>, whole: Reading<unknown>): void {
  assert.equal(reading.outcome, whole.outcome);
  assert.deepEqual(reading.head, whole.head);
  assert.equal(reading.body, whole.body);
  assert.equal(reading.trailers, whole.trailers);
  assert.equal(reading.end, whole.end);
}

function pick<Value extends object, Key extends keyof Value>(value: Value, keys: readonly Key[]): Pick<Value, Key> {
  // The cast names what the entries are made of.
  return Object.fromEntries(keys.map((key) => [key, value[key]])) as Pick<Value, Key>;
}
