// Tokens: which of them may do what.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Access } from './access.ts';

const access = new Access({ read: ['watching-0123456789'], full: ['changing-0123456789', 'older-token-0123456789=='] });

test('without tokens everybody may do everything', () => {
  const open = new Access(undefined);
  assert.equal(open.asksForTokens, false);
  assert.deepEqual([open.rightsOf(undefined), open.rightsOf('Bearer whatever')], ['full', 'full']);
});

test('each token has its rights, however "Bearer" is written', () => {
  assert.equal(access.asksForTokens, true);
  for (const [shown, rights] of [
    ['Bearer changing-0123456789', 'full'],
    ['bearer  changing-0123456789', 'full'],
    ['Bearer older-token-0123456789==', 'full'],
    ['Bearer watching-0123456789', 'read'],
  ])
    assert.equal(access.rightsOf(shown), rights, String(shown));
});

test('anything else is nobody', () => {
  for (const shown of [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'changing-0123456789',
    'Basic changing-0123456789',
    'Bearer changing-012345678',
    'Bearer changing-01234567890',
    'Bearer CHANGING-0123456789',
    'Bearer changing-0123456789, watching-0123456789',
    'Bearer changing-0123456789 x',
  ])
    assert.equal(access.rightsOf(shown), 'nobody', String(shown));
});

test('a token that stands in both lists may do everything', () => {
  const both = new Access({ read: ['the-same-0123456789'], full: ['the-same-0123456789'] });
  assert.equal(both.rightsOf('Bearer the-same-0123456789'), 'full');
});

test('lists without a token let nobody in', () => {
  const none = new Access({ read: [], full: [] });
  assert.deepEqual([none.rightsOf(undefined), none.rightsOf('Bearer ')], ['nobody', 'nobody']);
});
