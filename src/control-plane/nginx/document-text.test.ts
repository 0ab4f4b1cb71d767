// What is written as a document is read as what it was, whatever its texts hold.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { fillIn } from '../configuration/reading/elsewhere.ts';
import { documentText } from './document-text.ts';

test('texts that look like values from elsewhere stay what they are', async () => {
  const document = { a: `x$\{env:HOME}`, b: [`$$\{`, '$1 {host}'] };
  const { value, findings } = await fillIn(parse(documentText(document, 'translated')), () => '.');
  assert.deepEqual([value, findings], [document, []]);
});
