// SCRAM-SHA-256: the example of RFC 7677, and servers that cheat.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answerServer, firstMessage, isProvenBy, preparePassword, roundsIn } from './scram.ts';

// RFC 7677 section 3.
const login = { user: 'user', password: 'pencil', nonce: 'rOprNGfwEbeRWgbNEkqO' };
const serverNonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const salt = 'W22ZaJ0SNY7soEsUEjb6gQ==';
const serverFinal = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';

describe('SCRAM-SHA-256', () => {
  test('speaks as the example of the RFC', async () => {
    assert.equal(firstMessage(login.user, login.nonce), 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO');
    const answer = await answerServer(login, `r=${serverNonce},s=${salt},i=4096`);
    assert.equal(answer?.message, `c=biws,r=${serverNonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`);
    assert.equal(answer?.expected, serverFinal);
  });

  test('writes the two characters that divide fields as their numbers', () => {
    assert.equal(firstMessage('a=b,c', 'x'), 'n,,n=a=3Db=2Cc,r=x');
  });

  test('believes only the server that knows the password', () => {
    assert.ok(isProvenBy(serverFinal, serverFinal));
    assert.ok(!isProvenBy(serverFinal.replace('6', '7'), serverFinal));
    assert.ok(!isProvenBy('', serverFinal));
    assert.ok(!isProvenBy('e=other-error', serverFinal));
  });

  for (const [what, message] of [
    ['another nonce', `r=x${serverNonce},s=${salt},i=4096`],
    ['no nonce of its own', `r=${login.nonce},s=${salt},i=4096`],
    ['an extension that must be understood', `m=x,r=${serverNonce},s=${salt},i=4096`],
    ['no rounds', `r=${serverNonce},s=${salt},i=0`],
    ['more rounds than a probe is worth', `r=${serverNonce},s=${salt},i=100001`],
    ['more digits than a number has', `r=${serverNonce},s=${salt},i=99999999999999999999`],
    ['nothing', ''],
  ] as const) {
    test(`does not answer a server that sends ${what}`, async () => {
      assert.equal(await answerServer(login, message), undefined);
    });
  }
});

test('the rounds that a server asks for are read, whatever else it says', () => {
  assert.equal(roundsIn(`r=${serverNonce},s=${salt},i=600000`), 600_000);
  assert.equal(roundsIn('r=x,s=x,i=5,more'), 5);
  for (const message of ['', 'r=x', 'i=', 'r=x,i=x']) assert.equal(roundsIn(message), Number.NaN);
});

describe('a password', () => {
  // RFC 4013 section 3.
  for (const [password, prepared] of [
    ['user', 'user'],
    ['USER', 'USER'],
    ['I\u00adX', 'IX'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
    ['a\u00a0b', 'a b'],
  ] as const) {
    test(`${JSON.stringify(password)} is prepared to ${JSON.stringify(prepared)}`, () => assert.equal(preparePassword(password), prepared));
  }

  test('that may not be prepared is taken as it is', () => {
    for (const password of ['a\u0007b\u00aa', '\u00ad', '\ue000']) assert.equal(preparePassword(password), password);
  });
});
