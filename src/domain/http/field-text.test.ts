// Looking up fields, cookies and parameters in text: known cases, and against slow readers that take the whole text apart.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { cookieValue, fieldStart, fieldValue, queryValue, setCookieValue } from './field-text.ts';

const head = (...lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('');

describe('the value of a field', () => {
  test('is found whatever letters its name is written in', () => {
    for (const line of ['X-User: ann', 'x-user: ann', 'X-USER: ann', 'x-UsEr: ann']) {
      assert.equal(fieldValue(head('Host: a', line, 'Accept: b'), 'x-user'), 'ann');
    }
  });

  test('keeps its own letters', () => {
    assert.equal(fieldValue(head('X-User: Ann'), 'x-user'), 'Ann');
  });

  test('has no blanks around it, and keeps those inside', () => {
    assert.equal(fieldValue(head('X-User: \t ann  lee\t '), 'x-user'), 'ann  lee');
    assert.equal(fieldValue(head('X-User:ann'), 'x-user'), 'ann');
  });

  test('may be empty, which is not the same as absent', () => {
    assert.equal(fieldValue(head('X-User:', 'Host: a'), 'x-user'), '');
    assert.equal(fieldValue(head('X-User: \t '), 'x-user'), '');
    assert.equal(fieldValue(head('Host: a'), 'x-user'), undefined);
    assert.equal(fieldValue('', 'x-user'), undefined);
  });

  test('is not taken from a field whose name begins or ends alike', () => {
    assert.equal(fieldValue(head('X-Users: a', 'X-Use: b', 'My-X-User: c', 'X-User-Id: d'), 'x-user'), undefined);
  });

  test('is not taken from the value of another field', () => {
    assert.equal(fieldValue(head('Referer: http://a/?x-user: b', 'Other: x-user: c'), 'x-user'), undefined);
  });

  test('may hold colons and bytes beyond ASCII', () => {
    assert.equal(fieldValue(head('X-User: a:b:\u00e9'), 'x-user'), 'a:b:\u00e9');
  });

  test('is the first of several, or the first behind a place', () => {
    const lines = head('A: 1', 'B: 2', 'A: 3');
    assert.equal(fieldValue(lines, 'a'), '1');
    assert.equal(fieldValue(lines, 'a', lines.indexOf('B')), '3');
    assert.equal(fieldValue(lines, 'b', lines.lastIndexOf('A')), undefined);
  });

  test('with a hyphen is not one with an underscore', () => {
    assert.equal(fieldValue(head('X_User: a'), 'x-user'), undefined);
    // Setting the sixth bit would make these alike.
    assert.equal(fieldValue(head('X\rUser: a'), 'x-user'), undefined);
    assert.equal(fieldValue(head('@: a'), '`'), undefined);
  });

  test('stands where its line begins', () => {
    const lines = head('Host: a', 'X-User: b');
    assert.equal(fieldStart(lines, 'x-user', 0), 9);
    assert.equal(fieldStart(lines, 'host', 9), -1);
  });
});

describe('a cookie', () => {
  const cookie = (value: string, name = 'id'): string | undefined => cookieValue(head('Host: a', `Cookie: ${value}`), name);

  test('is found first, last and between others', () => {
    for (const value of ['id=1', 'id=1; a=2', 'a=2; id=1', 'a=2; id=1; b=3']) assert.equal(cookie(value), '1', value);
  });

  test('is told from names that begin or end alike', () => {
    assert.equal(cookie('aid=1; id2=2; i=3; xid=4'), undefined);
    assert.equal(cookie('aid=1; id=5; id2=2'), '5');
    assert.equal(cookie('a=id=1'), undefined);
  });

  test('is told from one with other letters', () => {
    assert.equal(cookie('ID=1; Id=2'), undefined);
    assert.equal(cookie('ID=1; id=2'), '2');
  });

  test('is the first where a name comes twice', () => {
    assert.equal(cookie('id=1; id=2'), '1');
    assert.equal(cookieValue(head('Cookie: id=1', 'Cookie: id=2'), 'id'), '1');
  });

  test('is found in any of several lines', () => {
    const lines = head('cookie: a=1; b=2', 'Host: a', 'COOKIE: id=3', 'Cookie: c=4');
    assert.deepEqual(
      ['a', 'b', 'id', 'c', 'd'].map((name) => cookieValue(lines, name)),
      ['1', '2', '3', '4', undefined],
    );
  });

  test('may be separated in odd ways', () => {
    for (const value of ['a=2;id=1', 'a=2 ; id=1 ', 'a=2;\t id=1\t;', ';;id=1;', ' ; a ; =; id= 1 '])
      assert.equal(cookie(value), '1', value);
  });

  test('loses the quotes around its value, if there are two', () => {
    assert.equal(cookie('id="1"'), '1');
    assert.equal(cookie('id=""'), '');
    assert.equal(cookie('id= "1 2" ; a=3'), '1 2');
    assert.equal(cookie('id="'), '"');
    assert.equal(cookie('id="1'), '"1');
    assert.equal(cookie('id=1"'), '1"');
    assert.equal(cookie('id=""1""'), '"1"');
  });

  test('ends at a semicolon, in quotes as well, as browsers see it', () => {
    assert.equal(cookie('id="1;2"'), '"1');
  });

  test('may be empty, and a name alone is no cookie', () => {
    assert.equal(cookie('id='), '');
    assert.equal(cookie('id=; a=1'), '');
    assert.equal(cookie('id'), undefined);
    assert.equal(cookie('id; id=1'), '1');
    assert.equal(cookie(''), undefined);
  });

  test('may hold equals signs', () => {
    assert.equal(cookie('id=a=b=='), 'a=b==');
  });

  test('with a blank before the equals sign is none', () => {
    assert.equal(cookie('id =1'), undefined);
  });

  test('is looked for in Cookie alone, and not in the lines behind it', () => {
    assert.equal(cookieValue(head('Cookies: id=1', 'Set-Cookie: id=2', 'X-Cookie: id=3', 'Cookie2: id=4'), 'id'), undefined);
    assert.equal(cookieValue(head('Cookie: a=1', 'X-Other: b; id=1'), 'id'), undefined);
    assert.equal(cookieValue(head('Cookie: a', 'id=1: b'), 'id'), undefined);
  });
});

describe('a cookie that an answer sets', () => {
  const set = (...values: readonly string[]): string | undefined =>
    setCookieValue(head(...values.map((value) => `Set-Cookie: ${value}`)), 'id');

  test('is its value without its attributes', () => {
    assert.equal(set('id=1; Path=/; HttpOnly'), '1');
    assert.equal(set('id=1'), '1');
    assert.equal(set('id="1" ;Secure'), '1');
    assert.equal(set('\tid=1;'), '1');
  });

  test('is not an attribute of another', () => {
    assert.equal(set('a=1; id=2'), undefined);
    assert.equal(set('a=1;id=2; Path=/'), undefined);
    assert.equal(setCookieValue(head('Set-Cookie: a=1; Path=/'), 'Path'), undefined);
  });

  test('is the last where it is set twice, other lines between them or not', () => {
    assert.equal(set('id=1', 'id=2'), '2');
    assert.equal(set('id=1', 'a=3; id=4', 'id=2; Path=/'), '2');
    assert.equal(setCookieValue(head('set-cookie: id=1', 'Server: a', 'SET-COOKIE: id=2', 'Date: b'), 'id'), '2');
  });

  test('is empty when the answer deletes it', () => {
    assert.equal(set('id=; Max-Age=0'), '');
  });

  test('is not taken from Cookie', () => {
    assert.equal(setCookieValue(head('Cookie: id=1'), 'id'), undefined);
  });
});

describe('a parameter of a query', () => {
  test('is found first, last and between others', () => {
    for (const target of ['/?id=1', '/?id=1&a=2', '/a?a=2&id=1', '/a/b?a&id=1&b=2']) assert.equal(queryValue(target, 'id'), '1', target);
  });

  test('may be empty or without a value', () => {
    assert.equal(queryValue('/?id=', 'id'), '');
    assert.equal(queryValue('/?id', 'id'), '');
    assert.equal(queryValue('/?id&a=1', 'id'), '');
  });

  test('is not taken from the path, another value or a name that begins alike', () => {
    for (const target of ['/id=1', '/&id=1', '/?aid=1', '/?id2=1', '/?a=id=1', '/?ID=1', '/?', '*', '']) {
      assert.equal(queryValue(target, 'id'), undefined, target);
    }
  });

  test('is the first of several, as it was written', () => {
    assert.equal(queryValue('/?id=a%20b+c&id=2', 'id'), 'a%20b+c');
    assert.equal(queryValue('/?a=1?id=2&id=3?4', 'id'), '3?4');
  });
});

describe('for any text the same is found as by taking all of it apart', () => {
  const seed = 0x517e;
  const parts = ['id', 'i', 'd', 'ID', 'a', '=', ';', '"', ' ', '\t', '; ', 'id=', ':'];
  const value = fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map((items) => items.join(''));
  const fieldName = fc.constantFrom('Cookie', 'cookie', 'Set-Cookie', 'SET-COOKIE', 'Cookies', 'Id', 'ID', 'X-Id');
  const lines = fc
    .array(fc.tuple(fieldName, fc.constantFrom(':', ': ', ':\t '), value), { maxLength: 6 })
    .map((list) => head(...list.map((line) => line.join(''))));
  const name = fc.constantFrom('id', 'i', 'd', 'a');

  const withoutBlanks = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '');
  const withoutQuotes = (text: string): string => /^"(.*)"$/.exec(text)?.[1] ?? text;
  const valuesOf = (text: string, wanted: string): string[] =>
    text
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1)] as const)
      .filter(([field]) => field === wanted)
      .map(([, content]) => withoutBlanks(content));
  const pairs = (texts: readonly string[], wanted: string): string[] =>
    texts
      .map(withoutBlanks)
      .filter((text) => text.startsWith(`${wanted}=`))
      .map((text) => withoutQuotes(withoutBlanks(text.slice(wanted.length + 1))));

  test('fields', () => {
    fc.assert(
      fc.property(lines, fc.constantFrom('id', 'x-id', 'cookie', 'set-cookie'), (text, wanted) => {
        assert.equal(fieldValue(text, wanted), valuesOf(text, wanted)[0]);
      }),
      { seed, numRuns: 2000 },
    );
  });

  test('cookies', () => {
    fc.assert(
      fc.property(lines, name, (text, wanted) => {
        const all = valuesOf(text, 'cookie').flatMap((content) => content.split(';'));
        assert.equal(cookieValue(text, wanted), pairs(all, wanted)[0]);
      }),
      { seed, numRuns: 3000 },
    );
  });

  test('cookies that an answer sets', () => {
    fc.assert(
      fc.property(lines, name, (text, wanted) => {
        const all = valuesOf(text, 'set-cookie').map((content) => content.split(';')[0] ?? '');
        assert.equal(setCookieValue(text, wanted), pairs(all, wanted).at(-1));
      }),
      { seed, numRuns: 3000 },
    );
  });

  test('parameters', () => {
    const target = fc.array(fc.constantFrom('id', 'i', 'a', '=', '&', '?', '/', '%20'), { maxLength: 12 }).map((items) => items.join(''));
    fc.assert(
      fc.property(target, name, (text, wanted) => {
        const query = text.includes('?') ? text.slice(text.indexOf('?') + 1) : undefined;
        const all = (query?.split('&') ?? []).map((pair): readonly [string, string] => {
          const equals = pair.indexOf('=');
          return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
        });
        const expected = query === undefined ? undefined : all.find(([key]) => key === wanted)?.[1];
        assert.equal(queryValue(text, wanted), expected);
      }),
      { seed, numRuns: 3000 },
    );
  });
});
