// Nothing that nginx knows is dropped in silence, wherever it stands: each directive has a word of its own, and one that was thought of.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { everyDirective, withBlock } from '../../../../test/support/nginx/every-directive.ts';
import type { Directive } from '../language/directive.ts';
import { parseNginx } from '../language/parse.ts';
import { translate } from '../translate.ts';
import type { Entry } from './coverage.ts';
import { families, felt, guards, otherHandlers, refusedKinds, unneeded } from './known.ts';

/** What is said of each directive, with those that stand in blocks that are spoken of one by one. */
function said(text: string): { readonly directives: readonly Directive[]; readonly entries: readonly Entry[] } {
  const parsed = parseNginx('x.conf', text);
  assert.ok(parsed.ok, text);
  const { coverage } = translate({ directives: parsed.value, mistakes: [], files: ['x.conf'] }, 'x.conf');
  return { directives: parsed.value, entries: coverage.entries(parsed.value).filter(({ directive }) => directive !== undefined) };
}

const places: Readonly<Record<string, (directive: string) => string>> = {
  main: (directive) => `\n${directive}\nhttp { server { location / { return 200; } } }`,
  http: (directive) => `http {\n${directive}\nserver { location / { proxy_pass http://10.0.0.1; } } }`,
  upstream: (directive) => `upstream u { server 10.0.0.1;\n${directive}\n}\nserver { location / { proxy_pass http://u; } }`,
  'an upstream that nothing uses': (directive) => `upstream u {\n${directive}\n}\nserver { location / { return 200; } }`,
  server: (directive) => `server {\n${directive}\nlocation / { proxy_pass http://10.0.0.1; } }`,
  location: (directive) => `server { location / {\n${directive}\nproxy_pass http://10.0.0.1; } }`,
  'a location without proxy_pass': (directive) => `server { location / {\n${directive}\n} }`,
};

/** With arguments that most of them could have. */
const argumentsOf = ['', ' off', ' 7', ' a b'];

describe('each directive that nginx knows', () => {
  for (const [place, around] of Object.entries(places)) {
    test(`has a word where it stands in ${place}`, () => {
      for (const name of everyDirective) {
        for (const words of argumentsOf) {
          const { entries } = said(around(`${name}${words}${withBlock.has(name) ? ' { }' : ';'}`));
          const found = entries.filter(({ directive, place: { line } }) => line === 2 && directive?.split(' ')[0] === name);
          assert.equal(found.length, 1, `${name}${words} in ${place} has ${found.length} words`);
          assert.doesNotMatch(found[0]?.note ?? '', /not known to the translation|undefined|^$/, `${name}${words} in ${place}`);
        }
      }
    });
  }

  test('has it in files drawn by chance as well', () => {
    const line = fc.tuple(fc.constantFrom(...everyDirective), fc.constantFrom(...argumentsOf, ' /x', ' $host', ' 10.0.0.1'));
    const block = (depth: number): fc.Arbitrary<string> =>
      fc
        .array(
          line.chain(([name, words]) =>
            withBlock.has(name)
              ? (depth === 0 ? fc.constant('') : block(depth - 1)).map((inner) => `${name}${words} {\n${inner}\n}`)
              : fc.constant(`${name}${words};`),
          ),
          { maxLength: 6 },
        )
        .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(block(2), block(2), block(1), (outside, server, location) => {
        const text = `http {\n${outside}\nserver {\n${server}\nlocation / {\n${location}\n}\n}\n}`;
        const { directives, entries } = said(text);
        const words = new Map<string, number>();
        for (const { directive, place } of entries) {
          const key = `${place.line} ${directive?.split(' ')[0]}`;
          words.set(key, (words.get(key) ?? 0) + 1);
        }
        for (const { name, place } of spokenOf(directives)) {
          const count = words.get(`${place.line} ${name}`);
          assert.equal(count, 1, `${name} of line ${place.line} has ${count ?? 'no'} words in\n${text}`);
        }
      }),
      { seed: 0x5eed, numRuns: 2000 },
    );
  });

  test('stands in one of the lists at most', () => {
    const lists = [unneeded, felt, guards, otherHandlers, refusedKinds].flatMap((list) => Object.keys(list));
    assert.deepEqual(
      lists.filter((name, index) => lists.indexOf(name) !== index),
      [],
    );
  });

  test('of a family is meant by one of them', () => {
    for (const [names] of families) assert.ok(everyDirective.some((name) => names.test(name)));
    for (const name of everyDirective) assert.ok(families.filter(([names]) => names.test(name)).length <= 1, name);
  });
});

/** Tables, and what is not about HTTP, are spoken of as a whole, with the number of directives in it. */
const asAWhole = /^(?:types|map|geo|split_clients|charset_map|match|mail|stream|otel_exporter|oidc_provider|acme_issuer|num_map)$/;

const spokenOf = (directives: readonly Directive[]): readonly Directive[] =>
  directives.flatMap((directive) => [directive, ...(asAWhole.test(directive.name) ? [] : spokenOf(directive.block ?? []))]);
