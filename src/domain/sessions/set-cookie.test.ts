// The line that a browser gets, attribute by attribute.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { milliseconds } from '../../foundation/basics/units.ts';
import { setCookieLine } from './set-cookie.ts';

const plain = { cookie: 'SERVER', path: '/', secure: false, httpOnly: false };

test('a cookie has a path and nothing else that is not set', () => {
  assert.equal(setCookieLine(plain, 'abc'), 'Set-Cookie: SERVER=abc; Path=/\r\n');
});

test('every attribute is written, in one order', () => {
  const all = {
    ...plain,
    path: '/shop',
    domain: 'a.test',
    maxAge: milliseconds(90_000),
    secure: true,
    httpOnly: true,
    sameSite: 'none',
  } as const;
  assert.equal(
    setCookieLine(all, 'abc'),
    'Set-Cookie: SERVER=abc; Path=/shop; Domain=a.test; Max-Age=90; HttpOnly; Secure; SameSite=None\r\n',
  );
});

test('SameSite is written as browsers write it', () => {
  assert.match(setCookieLine({ ...plain, sameSite: 'lax' }, 'abc'), /; SameSite=Lax\r\n$/);
  assert.match(setCookieLine({ ...plain, sameSite: 'strict' }, 'abc'), /; SameSite=Strict\r\n$/);
});
