// The four forms of RFC 9112 section 3.2.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readTarget } from './request-target.ts';

describe('a request target', () => {
  test('in origin form goes on as it is, and its path ends at the query', () => {
    assert.deepEqual(readTarget('GET', '/a/b?c=d?e'), { target: '/a/b?c=d?e', path: '/a/b', authority: '', authorityStart: 0 });
    assert.deepEqual(readTarget('GET', '//b.test/c'), { target: '//b.test/c', path: '//b.test/c', authority: '', authorityStart: 0 });
  });

  test('in absolute form goes on in origin form', () => {
    const authority = 'b.test:81';
    assert.deepEqual(readTarget('GET', 'http://b.test:81/c?d'), { target: '/c?d', path: '/c', authority, authorityStart: 7 });
    assert.deepEqual(readTarget('GET', 'HTTPS://b.test:81/c'), { target: '/c', path: '/c', authority, authorityStart: 8 });
  });

  test('in absolute form without a path gets one', () => {
    assert.deepEqual(readTarget('GET', 'http://b.test'), { target: '/', path: '/', authority: 'b.test', authorityStart: 7 });
    assert.deepEqual(readTarget('GET', 'http://b.test?c'), { target: '/?c', path: '/', authority: 'b.test', authorityStart: 7 });
  });

  test('in asterisk form is for OPTIONS alone', () => {
    assert.deepEqual(readTarget('OPTIONS', '*'), { target: '*', path: '*', authority: '', authorityStart: 0 });
    assert.equal(readTarget('GET', '*'), undefined);
  });

  test('of OPTIONS for a host without a path asks about the server as a whole', () => {
    assert.deepEqual(readTarget('OPTIONS', 'http://b.test'), { target: '*', path: '*', authority: 'b.test', authorityStart: 7 });
    assert.deepEqual(readTarget('OPTIONS', 'http://b.test/'), { target: '/', path: '/', authority: 'b.test', authorityStart: 7 });
    assert.deepEqual(readTarget('OPTIONS', 'http://b.test?c'), { target: '/?c', path: '/', authority: 'b.test', authorityStart: 7 });
  });

  test('of CONNECT is let pass, whatever it is', () => {
    assert.deepEqual(readTarget('CONNECT', 'b.test:443'), { target: 'b.test:443', path: '', authority: '', authorityStart: 0 });
  });

  test('in no form is refused', () => {
    for (const text of [
      'a',
      'b.test:443',
      'a/b',
      '**',
      'ftp://b.test/',
      'http:/b.test',
      'http://',
      'http:///a',
      'http://?a',
      '?a',
      'xhttp://b.test/',
    ]) {
      assert.equal(readTarget('GET', text), undefined, text);
    }
  });
});
