// A policy of a user's own may leave out what only the reference reads; those of the list may not.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { definePolicy } from './policy.ts';
import { allPolicies } from './policy-settings.ts';

describe('defining a policy', () => {
  test('needs a name, a sentence, options and a way to build', () => {
    const mine = definePolicy({ name: 'mine', summary: 'The first.', options: {}, build: (candidates) => ({ pick: () => candidates[0] }) });
    const { name, choose, cost, source, honoursWeights } = mine;
    assert.deepEqual(
      { name, choose, cost, source, honoursWeights },
      { name: 'mine', choose: '', cost: '', source: '', honoursWeights: false },
    );
  });

  test('keeps what it is told', () => {
    const build = (): never => assert.fail('not built here');
    const told = { name: 'all', summary: 'S.', choose: 'C', cost: 'O(1)', source: 'P', honoursWeights: true, options: {}, build } as const;
    assert.deepEqual(definePolicy(told), told);
  });
});

test('every policy of the list says when to choose it, what it costs and whom it follows', () => {
  for (const { name, choose, cost, source } of allPolicies) {
    for (const told of [choose, cost, source]) assert.match(told, /^\S.*\.$/, name);
  }
});
