// Measures read what people write, and say what is allowed where they cannot.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type * as z from 'zod';
import { count, duration, name, network, size, weight } from './measures.ts';

/** The value, or the complaint. */
function read<Value>(schema: z.ZodType<Value>, input: unknown): Value | string {
  const parsed = schema.safeParse(input);
  return parsed.success ? parsed.data : (parsed.error.issues[0]?.message ?? '');
}

const refuses = (schema: z.ZodType, inputs: readonly unknown[]): void => {
  for (const input of inputs) assert.equal(schema.safeParse(input).success, false, `${String(input)} is refused`);
};

describe('durations', () => {
  test('every unit is understood, also with a space and with decimals', () => {
    const inputs = ['250ms', '2s', '2 s', '1.5m', '1h', '1d'];
    assert.deepEqual(
      inputs.map((input) => read(duration(), input)),
      [250, 2000, 2000, 90_000, 3_600_000, 86_400_000],
    );
  });

  test('a decimal that binary numbers miss by a hair is still whole', () => {
    assert.equal(read(duration(), '2.3s'), 2300);
    assert.equal(read(duration(), '1.001s'), 1001);
  });

  test('a number without a unit is refused, and the message shows how it is written', () => {
    assert.equal(read(duration(), 10), 'expected a duration (a number and a unit: ms, s, m, h or d, such as 250ms or 2s)');
  });

  test('what is no duration is refused', () => {
    refuses(duration(), [
      '',
      '2',
      's',
      '2 sec',
      '-2s',
      '1e3s',
      '2s ',
      ' 2s',
      '2  s',
      '0x2s',
      '2S',
      '1m30s',
      'NaNs',
      '٢s',
      null,
      undefined,
      {},
      [],
      true,
    ]);
  });

  test('"toString" is no unit, though every object has it', () => {
    refuses(duration(), ['1toString', '1constructor', '1__proto__']);
  });

  test('fractions of a millisecond are refused', () => {
    assert.match(String(read(duration(), '1.5ms')), /without fractions of a millisecond$/);
  });

  test('the range is kept, ends included', () => {
    const some = duration({ least: '1s', most: '1m' });
    assert.equal(read(some, '1s'), 1000);
    assert.equal(read(some, '1m'), 60_000);
    assert.match(String(read(some, '999ms')), /from 1s to 1m$/);
    assert.match(String(read(some, '61s')), /from 1s to 1m$/);
  });

  test('without a range it is from a millisecond to what a timer can count', () => {
    assert.equal(read(duration(), '24d'), 2_073_600_000);
    refuses(duration(), ['0s', 0, '25d']);
  });

  test('zero needs no unit where it is allowed', () => {
    assert.equal(read(duration({ least: '0s' }), 0), 0);
    assert.equal(read(duration({ least: '0s' }), '0s'), 0);
  });

  test('"none" is infinity where it is allowed, and refused elsewhere', () => {
    assert.equal(read(duration({ none: true }), 'none'), Number.POSITIVE_INFINITY);
    refuses(duration(), ['none', Number.POSITIVE_INFINITY]);
    assert.match(String(read(duration({ none: true }), 'never')), /, or "none" for no limit$/);
  });
});

describe('sizes', () => {
  test('binary and decimal units are understood', () => {
    const inputs = ['512B', '64KiB', '1MiB', '1GiB', '1KB', '1.5MB', '1GB'];
    assert.deepEqual(
      inputs.map((input) => read(size(), input)),
      [512, 65_536, 1_048_576, 1_073_741_824, 1000, 1_500_000, 1_000_000_000],
    );
  });

  test('units in other letters, half bytes and bare numbers are refused', () => {
    refuses(size(), ['64kb', '64K', '64k', '1.5B', 64, '64', '']);
  });

  test('"none" is infinity where it is allowed', () => {
    assert.equal(read(size({ none: true }), 'none'), Number.POSITIVE_INFINITY);
    refuses(size(), ['none']);
  });
});

describe('counts', () => {
  test('whole numbers in range are read', () => {
    assert.equal(read(count(), 1), 1);
    assert.equal(read(count({ least: 0, most: 3 }), 0), 0);
    assert.equal(read(count({ none: true }), 'none'), Number.POSITIVE_INFINITY);
  });

  test('fractions, text and what is out of range are refused', () => {
    refuses(count({ most: 3 }), [0, 4, 1.5, '2', Number.NaN, Number.POSITIVE_INFINITY, 'none', null]);
    assert.equal(read(count({ least: 0, most: 3 }), 4), 'expected a whole number from 0 to 3');
  });
});

describe('weights', () => {
  test('numbers above zero are read, decimals as well', () => {
    assert.equal(read(weight(), 3), 3);
    assert.equal(read(weight(), 0.25), 0.25);
  });

  test('zero, negative and endless weights are refused', () => {
    refuses(weight(), [0, -1, Number.POSITIVE_INFINITY, Number.NaN, '3', null]);
  });
});

describe('networks', () => {
  test('networks and single addresses of both versions are read, in lower case', () => {
    for (const text of ['10.0.0.0/8', '192.0.2.7', 'fd00::/8', '::1', '0.0.0.0/0', '::/0']) assert.equal(read(network(), text), text);
    assert.equal(read(network(), 'FD00::/8'), 'fd00::/8');
  });

  test('names and networks that cannot be are refused', () => {
    refuses(network(), ['localhost', '10.0.0.0/33', '10.0.0/8', '256.0.0.1', '::/129', '10.0.0.0/', 5, null]);
  });
});

describe('names', () => {
  test('letters, digits, dashes, underscores and dots are a name', () => {
    for (const text of ['web', 'a', '2nd', 'shop.api-v2_x', 'x'.repeat(64)]) assert.equal(read(name(), text), text);
  });

  test('anything that would need quotes elsewhere is refused', () => {
    refuses(name(), ['', 'my pool', '-web', '.web', '_web', 'web/api', 'wéb', 'x'.repeat(65), 'web\n', 5, null]);
  });

  test('what every object has of itself is refused: a look at parts by name would find it', () => {
    refuses(name(), ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__']);
    assert.equal(read(name(), 'Constructor'), 'Constructor');
  });
});
