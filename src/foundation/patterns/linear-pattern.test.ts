// Expressions that are read and refused, and what they find, beside the language's own.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { LinearPattern } from './linear-pattern.ts';
import { linearPattern } from './linear-pattern.ts';
import { parsePattern } from './pattern-parser.ts';
import { compilePattern } from './pattern-program.ts';
import { PatternWalk } from './pattern-walk.ts';

function patternOf(text: string, ignoreCase = false): LinearPattern {
  const pattern = linearPattern(text, ignoreCase);
  return pattern.ok ? pattern.value : assert.fail(`${text} ${pattern.fault}`);
}

describe('an expression', () => {
  const finds: readonly (readonly [expression: string, text: string, found: readonly (string | undefined)[] | undefined])[] = [
    ['', '', ['']],
    ['a', 'bab', ['a']],
    ['^a', 'ba', undefined],
    ['^$', '', ['']],
    ['^$', 'a', undefined],
    ['a$', 'aba', ['a']],
    ['\\.(?:png|jpe?g)$', '/x/y.jpeg', ['.jpeg']],
    ['^/users/(?<id>\\d+)(?:/(.*))?$', '/users/42/orders', ['/users/42/orders', '42', 'orders']],
    ['^/users/(?P<id>\\d+)(?:/(.*))?$', '/users/42', ['/users/42', '42', undefined]],
    ['(a|ab)(c|bcd)', 'abcd', ['abcd', 'a', 'bcd']],
    ['(a+?)(a*)', 'aaa', ['aaa', 'a', 'aa']],
    ['[^/]+', '//ab/c', ['ab']],
    ['[\\w.-]+@[a-c\\]]', '!a.b-c@]', ['a.b-c@]']],
    ['a{2,3}', 'aaaa', ['aaa']],
    ['a{2}', 'a', undefined],
    ['a{2,}$', 'aaaaa', ['aaaaa']],
    ['x*', 'aaa', ['']],
    ['\\x41\\u0042\\/\\t', 'AB/\t', ['AB/\t']],
    ['(?:|a)*b', 'aab', ['aab']],
    ['(a*)*$', 'b', ['', undefined]],
    ['é', 'caf\xe9', ['é']],
    ['[^a]', '\u4e00', ['\u4e00']],
  ];
  for (const [expression, text, found] of finds) {
    test(`${expression} in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(patternOf(expression).find(text)?.groups, found);
      assert.equal(patternOf(expression).test(text), found !== undefined);
    });
  }

  test('ignores case when it is told to, also in classes that are turned around', () => {
    assert.ok(patternOf('^/API/[a-f]$', true).test('/api/E'));
    assert.ok(patternOf('(?i)^/API').test('/api'));
    assert.ok(!patternOf('^[^a]$', true).test('A'));
    assert.ok(!patternOf('^/API$').test('/api'));
  });

  test('tells what every match begins with', () => {
    assert.equal(patternOf('^/api/v(\\d)').prefix, '/api/v');
    assert.equal(patternOf('^/api\\.x').prefix, '/api.x');
    assert.equal(patternOf('^/api', true).prefix, '/');
    assert.equal(patternOf('/api').prefix, '');
    assert.equal(patternOf('^/a|^/b').prefix, '');
    assert.equal(patternOf('^/ab?').prefix, '/a');
  });

  const refused: readonly (readonly [expression: string, because: RegExp])[] = [
    ['(a)\\1', /refers back/],
    ['(?<n>a)\\k<n>', /refers back/],
    ['a(?=b)', /looks ahead or behind/],
    ['(?<!a)b', /looks ahead or behind/],
    ['(?>a)', /atomic/],
    ['a++', /possessive/],
    ['a**', /repeats a repetition/],
    ['a(?i)', /may stand in front of all/],
    ['\\bword', /edge of a word/],
    ['\\p{L}', /"\\p", which is not supported/],
    ['[[:alpha:]]', /named class/],
    ['[]', /empty class/],
    ['[a', /"\[" without its "\]"/],
    ['[z-a]', /ends before it begins/],
    ['a{3,2}', /ends before it begins/],
    ['a{2000}', /counts to more than 1000/],
    ['(?:a{100}){100}', /more than 2000 steps/],
    ['a{', /begins no count/],
    ['{', /nothing before it/],
    ['*a', /nothing before it/],
    ['(a', /"\(" without its "\)"/],
    ['a)', /"\)" without its "\("/],
    ['a\\', /ends in a backslash/],
    ['\\x4', /hexadecimal/],
    ['^*', /repeats "\^"/],
    ['(?<a>x)(?<a>y)', /two groups "a"/],
    ['('.repeat(500), /too deep/],
  ];
  for (const [expression, because] of refused) {
    test(`${expression.slice(0, 20)} is refused with the reason`, () => {
      const pattern = linearPattern(expression);
      assert.match(pattern.ok ? 'read' : pattern.fault, because);
    });
  }
});

/** Few letters, so that expressions and texts meet often. No group is repeated: there JavaScript forgets what earlier rounds found, and PCRE does not. */
const someExpression = fc.letrec<{ choice: string; sequence: string; item: string; atom: string; plain: string }>((tie) => ({
  choice: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|')),
  sequence: fc.array(tie('item'), { maxLength: 4 }).map((parts) => parts.join('')),
  item: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(tie('atom'), fc.constantFrom('', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?')).map((both) => both.join('')),
    fc.constantFrom('^', '$'),
    tie('choice').map((body) => `(${body})`),
  ),
  atom: fc.oneof({ depthSize: 'small' }, tie('plain'), tie('plain'), tie('plain')),
  plain: fc.constantFrom('a', 'b', '/', '.', '[ab]', '[^a]', '\\w', '\\W', '\\d', '[a-c/]', '(?:ab|a)', '(?:a|b?)'),
})).choice;
const someText = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '/', '1', 'A', '\n'), maxLength: 12 });

test('what is found is what the language finds', () => {
  fc.assert(
    fc.property(someExpression, someText, fc.boolean(), (expression, text, ignoreCase) => {
      const own = new RegExp(expression, ignoreCase ? 'i' : '').exec(text);
      const pattern = patternOf(expression, ignoreCase);
      assert.equal(pattern.test(text), own !== null, 'whether');
      const found = pattern.find(text);
      assert.deepEqual(found?.groups, own === null ? undefined : [...own], 'what');
      assert.equal(found?.start, own?.index, 'where');
    }),
    { seed: 0x5eed, numRuns: 2000 },
  );
});

test('walking finds what the language finds', () => {
  fc.assert(
    fc.property(someExpression, someText, (expression, text) => {
      // A walk begins behind the beginning of a text.
      fc.pre(!/(?<!\[)\^/.test(expression));
      const parsed = parsePattern(expression, false);
      const program = parsed.ok ? compilePattern(parsed.value) : parsed;
      fc.pre(program.ok);
      assert.equal(program.ok && new PatternWalk(program.value).matches(text, 0, [0]), new RegExp(expression).test(text));
    }),
    { seed: 0x5eed, numRuns: 2000 },
  );
});

test('texts that lead to more states than are kept are answered as well', () => {
  // The tenth letter from the end: 1024 states, of which a part is kept.
  const pattern = patternOf('a[ab]{10}$');
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 100, maxLength: 3000 }), (text) => {
      assert.equal(pattern.test(text), text.at(-11) === 'a');
      assert.equal(pattern.test('b'.repeat(20)), false);
    }),
    { seed: 0x5eed, numRuns: 100 },
  );
});

test('expressions at which others take for ever are answered', () => {
  const text = `${'a'.repeat(50_000)}!`;
  for (const expression of ['^(a+)+$', '(a*)*b', '(a|aa)+$', '(.*)(.*)(.*)x', '(?:a?){50}a{50}b'])
    assert.equal(patternOf(expression).test(text), false);
});
