// The sentences that people who send malformed messages get to read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFaults } from './parse-fault.ts';

test('every fault has a kebab-case name and one plain sentence of its own', () => {
  const sentences = Object.values(parseFaults);
  assert.equal(new Set(sentences).size, sentences.length);
  for (const [name, sentence] of Object.entries(parseFaults)) {
    assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)+$/);
    // Printable ASCII, so that the answer's length in characters is its length in bytes.
    assert.match(sentence, /^[A-Z][ -~]*\.$/);
  }
});
