// Sessions by a cookie of the balancer's own: what is issued, what is found again, and what nobody can make up.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { endpointsOf, times } from '../../../test/support/endpoints.ts';
import { answerHead, exchangeFacts } from '../../../test/support/http/exchange-facts.ts';
import { setCookieValue } from '../http/field-text.ts';
import { IssuedSessions } from './issued-sessions.ts';
import { noSlot } from './sessions.ts';

const settings = { cookie: 'SERVER', path: '/', secure: false, httpOnly: true };
const endpoints = endpointsOf([1, 1, 1]);
const signWith =
  (secret: string) =>
  (text: string): string =>
    createHmac('sha256', secret).update(text).digest('base64url');
const sessionsOf = (secret = 'a secret of many letters', pool = 'web', of = endpoints): IssuedSessions =>
  new IssuedSessions(settings, pool, of, signWith(secret));

const sessions = sessionsOf();
const newcomer = exchangeFacts();
/** What the balancer issues for a slot. */
const tokenOf = (slot: number, from = sessions): string =>
  setCookieValue(from.keep(newcomer, slot, answerHead()).fields, 'SERVER') ?? 'none';
const visitor = (token: string) => exchangeFacts([`Cookie: SERVER=${token}`]);

describe('a cookie that the balancer issues', () => {
  test('is added to the answer to a newcomer, behind what the endpoint said', () => {
    const head = answerHead(['Set-Cookie: a=1']);
    const kept = sessions.keep(newcomer, 1, head);
    assert.match(kept.fields, /^Server: a\r\nSet-Cookie: a=1\r\nSet-Cookie: SERVER=[\w-]{22}; Path=\/; HttpOnly\r\n$/);
    assert.deepEqual({ ...kept, fields: head.fields }, head);
    assert.equal(head.fields, 'Server: a\r\nSet-Cookie: a=1\r\n');
  });

  test('leads back to its endpoint', () => {
    for (const slot of [0, 1, 2]) assert.equal(sessions.find(visitor(tokenOf(slot))), slot);
  });

  test('is not sent to whom has it already', () => {
    const head = answerHead();
    assert.equal(sessions.keep(visitor(tokenOf(2)), 2, head), head);
  });

  test('is sent anew when another endpoint has answered', () => {
    const moved = sessions.keep(visitor(tokenOf(2)), 0, answerHead());
    assert.equal(setCookieValue(moved.fields, 'SERVER'), tokenOf(0));
  });

  test('is not sent with an answer of an endpoint that failed', () => {
    for (const status of [500, 503]) {
      const head = answerHead([], status);
      assert.equal(sessions.keep(newcomer, 1, head), head);
      assert.equal(sessions.keep(visitor(tokenOf(2)), 1, head), head);
    }
    for (const status of [101, 204, 304, 404, 499])
      assert.notEqual(sessions.keep(newcomer, 1, answerHead([], status)).fields, answerHead().fields);
  });

  test('does not tell the address, not even hashed without the secret', () => {
    const unsigned = ['', 'web\0', 'web'].map((before) => createHmac('sha256', '').update(`${before}e1:80`).digest('base64url'));
    for (const text of ['e1', ...unsigned.map((hash) => hash.slice(0, 22))]) assert.ok(!tokenOf(1).includes(text));
  });
});

describe('a cookie is unknown', () => {
  const refused = (token: string): void => {
    assert.equal(sessions.find(visitor(token)), noSlot, token);
    assert.equal(setCookieValue(sessions.keep(visitor(token), 1, answerHead()).fields, 'SERVER'), tokenOf(1));
  };

  test('when it was made up', () => {
    for (const token of ['', '0', '1', 'e1:80', '127.0.0.1:80', 'a'.repeat(22), 'constructor', '__proto__', '\u00e9']) refused(token);
  });

  test('when a letter of it is changed, in other letters, cut or longer', () => {
    const token = tokenOf(1);
    for (const at of times(token.length, (index) => index)) {
      refused(`${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`);
    }
    const swapped = [...token].map((letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()));
    refused(swapped.join(''));
    refused(token.slice(0, -1));
    refused(`${token}=`);
  });

  test('when it is of another secret, pool or endpoint', () => {
    refused(tokenOf(1, sessionsOf('another secret of many letters')));
    refused(tokenOf(1, sessionsOf(undefined, 'api')));
    const [, ...others] = endpointsOf([1, 1, 1, 1]);
    const [first = assert.fail(), ...rest] = others;
    refused(tokenOf(3, sessionsOf(undefined, 'web', [first, ...rest])));
  });

  test('when its name is in other letters', () => {
    assert.equal(sessions.find(exchangeFacts([`Cookie: server=${tokenOf(1)}`])), noSlot);
  });
});

test('the same secret and pool make the same cookies in another balancer', () => {
  assert.equal(sessionsOf().find(visitor(tokenOf(1))), 1);
});

test('the place of an endpoint in the pool does not matter, only its address', () => {
  const [zero, one, two] = endpoints;
  assert.ok(one !== undefined && two !== undefined);
  const turned = sessionsOf(undefined, 'web', [two, zero, one]);
  for (const slot of [0, 1, 2]) assert.equal(turned.find(visitor(tokenOf(slot))), slot);
});

test('of two cookies with the name the first counts, wherever it stands', () => {
  const [one, two] = [tokenOf(1), tokenOf(2)];
  assert.equal(sessions.find(exchangeFacts([`Cookie: a=b; SERVER=${one}; SERVER=${two}`])), 1);
  assert.equal(sessions.find(exchangeFacts(['Cookie: a=b', `cookie: SERVER="${two}"`, `Cookie: SERVER=${one}`])), 2);
});

test('an endpoint that is not of the pool has no cookie', () => {
  const head = answerHead();
  assert.equal(sessions.keep(newcomer, 7, head), head);
});
