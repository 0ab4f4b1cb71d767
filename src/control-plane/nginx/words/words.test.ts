// Durations, sizes, variables, patterns: words of nginx in the words of Evenkeel.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { durationText, nginxSize, nginxTime, sizeText } from './measures.ts';
import { exactPattern, faultOf, groupsOf, prefixPattern, regexPattern } from './patterns.ts';
import { hasVariables, type Surroundings, templateOf } from './variables.ts';

const nowhere: Surroundings = { fixed: {}, captures: new Map() };

describe('measures', () => {
  test('durations are read as nginx reads them', () => {
    const cases = {
      90: 90_000,
      '90s': 90_000,
      '1m30s': 90_000,
      '1m 30s': 90_000,
      '500ms': 500,
      '2h': 7_200_000,
      '1d': 86_400_000,
      '1M': 2_592_000_000,
      0: 0,
    };
    for (const [text, milliseconds] of Object.entries(cases)) assert.equal(nginxTime(text), milliseconds, text);
    for (const text of ['', 'x', '1x', 's', '-1', '1.5s']) assert.equal(nginxTime(text), undefined, text);
  });

  test('and written as documents write them', () => {
    const cases: Readonly<Record<string, number>> = {
      '60s': 60_000,
      '2m': 120_000,
      '1h': 3_600_000,
      '1d': 86_400_000,
      '1500ms': 1_500,
      '0s': 0,
      '24d': 1e12,
    };
    for (const [text, milliseconds] of Object.entries(cases)) assert.equal(durationText(milliseconds), text);
  });

  test('sizes', () => {
    for (const [text, bytes] of [
      ['512', 512],
      ['8k', 8_192],
      ['10M', 10_485_760],
      ['1g', 1_073_741_824],
      ['0', 0],
    ] as const)
      assert.equal(nginxSize(text), bytes, text);
    for (const text of ['', 'k', '1x', '1 k']) assert.equal(nginxSize(text), undefined, text);
    assert.deepEqual([0, 1_000, 8_192, 10_485_760].map(sizeText), ['0B', '1000B', '8KiB', '10MiB']);
  });
});

describe('variables', () => {
  const around = {
    fixed: { server_name: 'a{b}' },
    captures: new Map([
      ['1', '1'],
      ['id', 'id'],
    ]),
  };
  const cases: readonly (readonly [value: string, template: string])[] = [
    ['plain', 'plain'],
    ['{brace}', '{{brace}'],
    ['$host', '{host}'],
    [`\${host}x`, '{host}x'],
    ['$http_x_real_ip!', '{header:x-real-ip}!'],
    ['$cookie_Session', '{cookie:Session}'],
    ['$arg_page', '{query:page}'],
    ['https://$host$request_uri', 'https://{host}{uri}'],
    ['$server_name', 'a{{b}'],
    ['$1/$id', '{path:1}/{path:id}'],
  ];
  for (const [value, template] of cases)
    test(`${value} is ${template}`, () => assert.deepEqual(templateOf(value, around), { ok: true, text: template, differences: [] }));

  test('that no template knows are told by name', () => {
    assert.deepEqual(templateOf('a $upstream_addr b', nowhere), { ok: false, variable: '$upstream_addr' });
    assert.deepEqual(templateOf('$1', nowhere), { ok: false, variable: '$1' });
    assert.ok(hasVariables('a$b'));
    assert.ok(!hasVariables('a $ b'));
  });
});

describe('patterns', () => {
  test('paths are encoded as clients write them', () => {
    assert.equal(exactPattern('/a b/é*'), '/a%20b/%C3%A9%2A');
    assert.equal(prefixPattern('/a.b'), '~^/a\\.b');
    assert.equal(prefixPattern('/'), undefined);
  });

  test('expressions keep their meaning', () => {
    assert.equal(regexPattern('\\.php$', false), '~\\.php$');
    assert.equal(regexPattern('(?i)x', false), '~*x');
    assert.equal(regexPattern("(?'id'\\d)", false), '~(?<id>\\d)');
    assert.equal(faultOf('~*^/a'), undefined);
    assert.match(faultOf('~(a)\\1') ?? '', /refers back/);
  });

  test('groups are counted as PCRE counts them', () => {
    assert.deepEqual([...groupsOf('^/(a)(?:b)(?<id>c)\\((?P<x>[(]d)').keys()], ['1', '2', 'id', '3', 'x']);
  });
});
