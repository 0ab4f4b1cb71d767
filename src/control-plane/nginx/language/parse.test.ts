// The language of nginx's configuration: words, quotes, escapes, comments, blocks, and the places of what is wrong.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Directive } from './directive.ts';
import { directiveText } from './directive.ts';
import { parseNginx } from './parse.ts';

type Plain = readonly (string | readonly Plain[])[];

/** Words alone, with blocks as lists behind them. */
const plain = (directives: readonly Directive[]): readonly Plain[] =>
  directives.map(({ name, args, block }) => [name, ...args, ...(block === undefined ? [] : [plain(block)])]);

function read(text: string): readonly Plain[] {
  const parsed = parseNginx('x.conf', text);
  return parsed.ok ? plain(parsed.value) : assert.fail(parsed.fault.message);
}

describe('words', () => {
  const cases: readonly (readonly [title: string, text: string, words: readonly string[]])[] = [
    ['are set apart by spaces and lines', 'a b\tc\r\n  d;', ['a', 'b', 'c', 'd']],
    ['keep spaces, braces and semicolons in quotes', `a "b c;{}" 'd # e';`, ['a', 'b c;{}', 'd # e']],
    ['lose the backslash before quotes and itself', String.raw`a "b\"c\\d" 'e\'f';`, ['a', 'b"c\\d', "e'f"]],
    ['have lines and tabs by letters', String.raw`a "b\nc\td\re";`, ['a', 'b\nc\td\re']],
    ['keep a backslash before anything else', String.raw`a \.php$ "\d+\s";`, ['a', '\\.php$', '\\d+\\s']],
    ['keep an escaped space or semicolon together', String.raw`a b\ c\;d;`, ['a', 'b\\ c\\;d']],
    ['keep a quote that is not at their beginning', `a b"c d'e;`, ['a', 'b"c', "d'e"]],
    ['keep the brace of a variable', `a \${b}c x\${d};`, ['a', `\${b}c`, `x\${d}`]],
    ['keep a brace that closes', 'a b}c;', ['a', 'b}c']],
    ['keep a number sign within', 'a b#c;', ['a', 'b#c']],
    ['may be empty', `a "" '';`, ['a', '', '']],
    ['end at a brace', 'a b{}', ['a', 'b']],
  ];
  for (const [title, text, words] of cases) {
    test(title, () => {
      const [first] = read(text);
      assert.deepEqual(first?.slice(0, words.length), words);
    });
  }
});

test('comments go to the end of the line', () => {
  assert.deepEqual(read('# a b;\na 1; # "\n\nb; #'), [['a', '1'], ['b']]);
});

test('blocks nest, and stand where they stand', () => {
  assert.deepEqual(read('http { server { listen 80; location / { } } gzip on; } user x;'), [
    [
      'http',
      [
        [
          'server',
          [
            ['listen', '80'],
            ['location', '/', []],
          ],
        ],
        ['gzip', 'on'],
      ],
    ],
    ['user', 'x'],
  ]);
});

test('a directive knows its line, also behind quotes over several lines', () => {
  const parsed = parseNginx('x.conf', 'a;\nb "1\n2"\n c;\nd { e; }\n\nf;');
  assert.ok(parsed.ok);
  assert.deepEqual(
    parsed.value.map(({ name, place }) => [name, place.line]),
    [
      ['a', 1],
      ['b', 2],
      ['d', 5],
      ['f', 7],
    ],
  );
});

describe('what nginx would not start with', () => {
  const mistakes: readonly (readonly [text: string, line: number, message: RegExp])[] = [
    ['a\nb', 1, /"a" is not ended by ";" before the file ends/],
    ['http {\n a 1\n}', 3, /"a" is not ended by ";" before this "}"/],
    ['a;\n}', 2, /no block that this "}" could close/],
    ['\nhttp {\n server {\n }\n', 2, /the block of "http" is never closed/],
    [';', 1, /no directive before this ";"/],
    ['a;\n{ }', 2, /no directive before this "{"/],
    ['a;\nb "c;\n', 2, /the quote " that opens here is never closed/],
    ['a "b"c;', 1, /expected a space, ";" or "{" behind the closing quote, found "c"/],
    ['a { '.repeat(40), 1, /nested deeper than 32/],
  ];
  for (const [text, line, message] of mistakes) {
    test(`${JSON.stringify(text.slice(0, 24))} is told with its place`, () => {
      const parsed = parseNginx('x.conf', text);
      assert.ok(!parsed.ok);
      assert.deepEqual(parsed.fault.place, { file: 'x.conf', line });
      assert.match(parsed.fault.message, message);
    });
  }
});

const someWord = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('a', '"', "'", '\\', '$', '{', '}', ';', '#', ' ', '\n', 'n'), maxLength: 8 }),
);

test('whatever is written in quotes comes back', () => {
  const quoted = (word: string): string => `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  fc.assert(
    fc.property(fc.array(someWord, { minLength: 1, maxLength: 5 }), (words) => {
      assert.deepEqual(read(`${words.map(quoted).join(' ')};`), [words]);
    }),
    { seed: 1 },
  );
});

test('any text is read or told of, and a line that was read is the same when it is shown and read again', () => {
  const pieces = fc.constantFrom('a', 'b c', ' ', ';', '; ', '{', '}', ' { ', '"', "'", '\\', '#', '\n', '$', '${', '"x y"', 'http', 'n');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const parsed = parseNginx('x.conf', parts.join(''));
      if (!parsed.ok) {
        assert.ok(parsed.fault.place.line >= 1);
        return;
      }
      for (const directive of parsed.value.filter(({ block }) => block === undefined))
        assert.deepEqual(read(`${directiveText(directive)};`), [[directive.name, ...directive.args]]);
    }),
    { numRuns: 2_000, seed: 1 },
  );
});
