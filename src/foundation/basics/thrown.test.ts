// Whatever is thrown has a text, and what was thrown in a file has a place.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { thrownAt, thrownText } from './thrown.ts';

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

class Hostile extends Error {
  override get message(): string {
    throw new Error('not even this');
  }

  override get stack(): string {
    throw new Error('nor this');
  }
}

const withStack = (stack: string | undefined): Error => Object.assign(new Error('x'), { stack });

describe('the text of what was thrown', () => {
  test('is the name and the message of an error', () => {
    assert.equal(thrownText(new TypeError('not today')), 'TypeError: not today');
  });

  test('is the thing itself where it is no error', () => {
    assert.deepEqual([thrownText('boom'), thrownText(null), thrownText(Symbol('s')), thrownText(7n)], ['boom', 'null', 'Symbol(s)', '7']);
  });

  test('is one short line', () => {
    assert.equal(thrownText(new Error('one\n  two')), 'Error: one two');
    assert.equal(thrownText('x'.repeat(1000)).length, 300);
    assert.equal(thrownText(' \n'), 'an empty text');
  });

  test('is there also for what cannot be read', () => {
    assert.equal(thrownText(new Hostile()), 'something that has no text');
    assert.equal(thrownText(Object.create(null)), 'something that has no text');
  });
});

describe('the place of what was thrown', () => {
  test('is the first file in the stack', () => {
    const place = thrownAt(
      thrownBy(() => {
        throw new Error('here');
      }),
    );
    assert.match(place ?? '', /^\/.*\/thrown\.test\.ts:\d+:\d+$/);
  });

  test('is where a file cannot be understood', () => {
    assert.equal(
      thrownAt(withStack('/etc/my policies/mine.ts:3\nexport {{\n  ^\n\nSyntaxError: x\n    at file:///other.ts:1:1')),
      '/etc/my policies/mine.ts:3',
    );
    assert.equal(thrownAt(withStack('file:///etc/mine.ts:1\nimport { a }\nSyntaxError: x')), '/etc/mine.ts:1');
  });

  test('is told as the file is called', () => {
    assert.equal(thrownAt(withStack('Error: x\n    at pick (file:///etc/my%20policies/mine.ts:7:11)')), '/etc/my policies/mine.ts:7:11');
  });

  test('is unknown where nothing tells', () => {
    const unplaced = [withStack(undefined), withStack('Error: x\n    at node:internal/modules:1:1'), 'boom', null, new Hostile()];
    for (const thrown of unplaced) assert.equal(thrownAt(thrown), undefined);
  });
});
