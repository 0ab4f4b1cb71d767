import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defineOperation, textAnswer } from './operation.ts';
import { Router } from './router.ts';

const answer = () => textAnswer(200, '');
const shown = { summary: '', answers: {}, answer };
const things = defineOperation({ method: 'GET', path: '/things', ...shown });
const thing = defineOperation({ method: 'GET', path: '/things/{thing}', ...shown });
const change = defineOperation({ method: 'PATCH', path: '/things/{thing}', ...shown });
const part = defineOperation({ method: 'GET', path: '/things/{thing}/parts/{part}', ...shown });
const router = new Router([things, thing, change, part]);

describe('what is found', () => {
  for (const [method, path, operation, parameters] of [
    ['GET', '/things', things, {}],
    ['HEAD', '/things', things, {}],
    ['GET', '/things/a', thing, { thing: 'a' }],
    ['HEAD', '/things/a', thing, { thing: 'a' }],
    ['PATCH', '/things/a', change, { thing: 'a' }],
    ['GET', '/things/a/parts/b', part, { thing: 'a', part: 'b' }],
    ['GET', '/things/10.0.0.1:80', thing, { thing: '10.0.0.1:80' }],
    ['GET', '/things/[::1]:80', thing, { thing: '[::1]:80' }],
    ['GET', '/things/unix:%2Frun%2Fapp.sock', thing, { thing: 'unix:/run/app.sock' }],
    ['GET', '/things/%2525', thing, { thing: '%25' }],
    ['GET', '/things/', thing, { thing: '' }],
    ['GET', '/things/{thing}', thing, { thing: '{thing}' }],
  ] as const) {
    test(`${method} ${path}`, () => assert.deepEqual(router.find(method, path), { kind: 'found', operation, parameters }));
  }
});

test('a path that other methods may ask for is told with them', () => {
  assert.deepEqual(router.find('POST', '/things'), { kind: 'wrong-method', methods: ['GET', 'HEAD'] });
  assert.deepEqual(router.find('DELETE', '/things/a'), { kind: 'wrong-method', methods: ['GET', 'HEAD', 'PATCH'] });
  assert.deepEqual(router.find('PATCH', '/things/a/parts/b'), { kind: 'wrong-method', methods: ['GET', 'HEAD'] });
  assert.deepEqual(router.find('get', '/things'), { kind: 'wrong-method', methods: ['GET', 'HEAD'] });
});

test('any other path is unknown', () => {
  for (const path of [
    '',
    '/',
    '/thing',
    '/things/a/',
    '/things/a/parts',
    '/things/a/b/c',
    '//things',
    '/Things',
    '/things/a/parts/b/c',
    '*',
  ]) {
    assert.deepEqual(router.find('GET', path), { kind: 'unknown-path' }, path);
  }
});

test('what is not percent-encoded as it should be is malformed', () => {
  for (const path of ['/things/%', '/things/%zz', '/things/%ff', '/things/a/parts/%e2%82'])
    assert.deepEqual(router.find('GET', path), { kind: 'malformed' }, path);
});

test('every path is listed once', () => assert.deepEqual(router.paths, ['/things', '/things/{thing}', '/things/{thing}/parts/{part}']));
