// Times that clients write, read exactly or not at all, and what of them is passed on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { allocatedBytes } from '../../../test/support/policies/allocated-bytes.ts';
import { hasExpired, noDeadline, readGrpcTimeout, readTimeout, timeLeftFor, writeGrpcTimeout } from './deadlines.ts';

const most = 24 * 86_400_000;

describe('a grpc-timeout', () => {
  const known: readonly (readonly [string, number])[] = [
    ['1H', 3_600_000],
    ['2M', 120_000],
    ['10S', 10_000],
    ['250m', 250],
    ['1500u', 2],
    ['1u', 1],
    ['1000001n', 2],
    ['99999999n', 100],
    ['00000001S', 1000],
    ['0m', 0],
    ['99999999H', most],
  ];
  for (const [value, expected] of known) test(`${value} is ${expected} ms`, () => assert.equal(readGrpcTimeout(value), expected));

  const broken = [
    '',
    'm',
    '1',
    '100000000m',
    '1h',
    '1s',
    '-1m',
    '+1m',
    '1.5S',
    ' 1m',
    '1m ',
    '1 m',
    '1ms',
    '1mm',
    'Infinity',
    '1e3m',
    '\u0661m',
  ];
  for (const value of broken) test(`"${value}" is none`, () => assert.equal(readGrpcTimeout(value), noDeadline));

  test('is written so that it is read as no more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: most }), (time) => {
        const read = readGrpcTimeout(writeGrpcTimeout(time));
        assert.ok(read <= time && read > time - 1000);
        if (time < 10 ** 8) assert.equal(read, time);
      }),
      { seed: 0x69c, numRuns: 500 },
    );
  });
});

describe('a time in a field', () => {
  const known: readonly (readonly [string, number])[] = [
    ['250', 250],
    ['0', 0],
    ['250ms', 250],
    ['2s', 2000],
    ['3m', 180_000],
    ['1h', 3_600_000],
    ['99999999h', most],
  ];
  for (const [value, expected] of known) test(`${value} is ${expected} ms`, () => assert.equal(readTimeout(value), expected));

  const broken = ['', 's', '1S', '1d', '1.5', '-1', '1 s', '1sm', '1us', '1msx', '123456789', '0x10', 'NaN'];
  for (const value of broken) test(`"${value}" is none`, () => assert.equal(readTimeout(value), noDeadline));

  test('is whole and within bounds, whatever is written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 12 }), fc.stringMatching(/^\d{0,10}[HMSmunsh]{0,2}$/)), (value) => {
        for (const read of [readTimeout(value), readGrpcTimeout(value)]) {
          assert.ok(Number.isInteger(read) && read >= noDeadline && read <= most, `${read} of ${value}`);
        }
      }),
      { seed: 0x71e0, numRuns: 2000 },
    );
  });
});

describe('what is passed on', () => {
  test('is what is left, less the margin', () => {
    assert.equal(timeLeftFor(1500, 1000, 20), 480);
    assert.equal(timeLeftFor(1500, 1000, 0), 499);
    assert.equal(timeLeftFor(1500, 1000.5, 0), 498);
    assert.equal(hasExpired(1500, 1478, 20), false);
    assert.equal(hasExpired(1500, 1480, 20), true);
    assert.equal(hasExpired(1500, 1500, 0), true);
  });

  test('never lasts longer than what was given, through any number of hops', () => {
    const hop = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 50 }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), fc.array(hop, { maxLength: 8 }), (given, hops) => {
        let now = 1000;
        const outer = now + given;
        let deadline = outer;
        for (const [passed, margin] of hops) {
          now += passed;
          if (hasExpired(deadline, now, margin)) return;
          const inner = now + timeLeftFor(deadline, now, margin);
          assert.ok(inner < deadline && inner > now, `${inner} of ${deadline}`);
          deadline = inner;
        }
        assert.ok(deadline <= outer);
      }),
      { seed: 0xc41d, numRuns: 1000 },
    );
  });
});

test('reading allocates nothing', () => {
  const values = ['250m', '10S', '1500u', '7'];
  const bytes = allocatedBytes((times) => {
    let sum = 0;
    for (let time = 0; time < times; time++) {
      const value = values[time & 3] as string;
      sum += readGrpcTimeout(value) + readTimeout(value);
    }
    return sum;
  });
  assert.ok(bytes < 1, `${bytes} bytes`);
});
