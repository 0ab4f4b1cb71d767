// Lists of endpoints in all their forms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entriesInFile, entriesInJson } from './entries.ts';

const entries = (path: string, text: string): unknown => {
  const read = entriesInFile(path, text);
  return read.ok ? read.value : assert.fail(read.fault);
};
const faultOf = (path: string, text: string): string => {
  const read = entriesInFile(path, text);
  return read.ok ? assert.fail(JSON.stringify(read.value)) : read.fault;
};

test('an address on each line, with comments', () => {
  assert.deepEqual(entries('web.endpoints', '\uFEFF# all\n10.0.0.1:80\r\n  [::1]:80  # the second\n\n'), ['10.0.0.1:80', '[::1]:80']);
  assert.deepEqual(entries('web', ''), []);
});

test('a list, or a section with one, in YAML and in JSON', () => {
  const two = ['10.0.0.1:80', { address: '10.0.0.2:80', weight: 2 }];
  assert.deepEqual(entries('a.yaml', '- 10.0.0.1:80\n- { address: 10.0.0.2:80, weight: 2 }\n'), two);
  assert.deepEqual(entries('a.yml', 'endpoints: [10.0.0.1:80, { address: 10.0.0.2:80, weight: 2 }]'), two);
  assert.deepEqual(entries('a.json', JSON.stringify(two)), two);
  assert.deepEqual(entries('a.json', JSON.stringify({ endpoints: two, version: 7 })), two);
  for (const empty of ['# nobody\n', '', '[]']) assert.deepEqual(entries('a.yaml', empty), []);
});

test('what is no list says so', () => {
  assert.match(faultOf('a.json', ''), /^this is not JSON: /);
  assert.match(faultOf('a.json', '["10.0.0.1:80", "10.'), /^this is not JSON: /);
  assert.match(faultOf('a.json', '{"servers": []}'), /^expected a list such as /);
  assert.match(faultOf('a.yaml', 'endpoints: 7'), /^expected a list such as /);
  assert.match(faultOf('a.yaml', '- a\n b: ['), /^line:\d+:\d+: /);
  assert.match(
    faultOf(
      'a.yaml',
      `a: &a [1]\n${'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n'.repeat(1)}c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]`,
    ),
    /aliases/,
  );
  assert.equal(entriesInJson('7').ok, false);
});
