// The page of benchmarks keeps what people wrote.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replaceSection } from './page.ts';

const page =
  '# Title\n<!-- begin results: by a program -->\nold\n<!-- end results -->\nby hand\n<!-- begin heap -->\nheap\n<!-- end heap -->\n';

test('only what stands between the marks of a section is replaced', () => {
  const expected = page.replace('\nold\n', '\n\n| new |\n\n');
  assert.equal(replaceSection(page, 'results', '| new |\n'), expected);
});

test('writing the same section twice changes nothing more', () => {
  const once = replaceSection(page, 'heap', '| new |');
  assert.equal(replaceSection(once, 'heap', '| new |'), once);
});

test('a page that has lost its marks is left alone', () => {
  assert.throws(() => replaceSection('# Title\n', 'results', 'text'), /has no lines/);
});
