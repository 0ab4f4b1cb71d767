// Places, paths and values in words.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { issueOf, issueText, pathText, shown, valueAt } from './issue.ts';

describe('issues', () => {
  const issue = { file: 'a.yaml', line: 4, column: 11, path: 'listeners[0].pool', value: 'wbe', message: 'no such pool', nearest: 'web' };

  test('an issue is one line: place, path, message, and the nearest name', () => {
    assert.equal(issueText(issue), 'a.yaml:4:11: listeners[0].pool: no such pool; did you mean "web"?');
  });

  test('what is not known is left out', () => {
    assert.equal(issueText({ ...issue, line: undefined, column: undefined, path: '', nearest: undefined }), 'a.yaml: no such pool');
  });

  test('an issue holds the value that stands at its path', () => {
    const source = { file: 'a.yaml', value: { pools: { web: { retry: 5 } } }, place: () => ({ line: 1, column: 2 }) };
    assert.deepEqual(issueOf(source, { path: ['pools', 'web', 'retry'], message: 'no' }), {
      file: 'a.yaml',
      line: 1,
      column: 2,
      path: 'pools.web.retry',
      value: 5,
      message: 'no',
      nearest: undefined,
    });
  });

  test('the path into a short form ends at the short form', () => {
    const source = { file: 'a.yaml', value: { endpoints: ['a:1'] }, place: () => undefined };
    const { path, value } = issueOf(source, { path: ['endpoints', 0, 'address'], message: 'no' });
    assert.deepEqual([path, value], ['endpoints[0]', 'a:1']);
  });

  test('an issue about a secret does not hold it', () => {
    const source = { file: 'a.yaml', value: { secret: 'abc' }, place: () => undefined };
    const { path, value } = issueOf(source, { path: ['secret'], message: 'no', isSecret: true });
    assert.deepEqual([path, value], ['secret', undefined]);
  });
});

describe('paths', () => {
  test('keys that are plain words are joined by dots, others are quoted', () => {
    assert.equal(pathText(['pools', 'web', 'endpoints', 1, 'weight']), 'pools.web.endpoints[1].weight');
    assert.equal(pathText(['pools', 'my pool', 'a.b']), 'pools["my pool"]["a.b"]');
    assert.equal(pathText([]), '');
  });

  test('only own keys have values', () => {
    assert.equal(valueAt({ a: [1, 2] }, ['a', 1]), 2);
    assert.equal(valueAt({ a: 1 }, ['toString']), undefined);
    assert.equal(valueAt({ a: null }, ['a', 'b']), undefined);
    assert.equal(valueAt({ a: 'text' }, ['a', 'length']), undefined);
  });
});

describe('values in messages', () => {
  test('are short and plain', () => {
    assert.deepEqual([null, undefined, [], [1], {}, 5, true, 'a"b', () => 1].map(shown), [
      'nothing',
      'nothing',
      'an empty list',
      'a list',
      'a section',
      '5',
      'true',
      '"a\\"b"',
      'a function',
    ]);
    assert.equal(shown('x'.repeat(1000)).length, 80);
  });
});
