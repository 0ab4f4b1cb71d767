// What is answered to whoever asked for a change, by what came of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChangeOutcome } from '../../../control-plane/changing/outcomes.ts';
import type { AdminView } from '../operation.ts';
import { changed } from '../schemas/change.ts';
import { problem } from '../schemas/problem.ts';
import { answerOf } from './change.ts';

// Nothing else of it is looked at.
const view = { configuration: { state: { version: 7, etag: '7-0a' } } } as AdminView;
const parts = { added: ['a'], changed: [], removed: [] };
const difference = { listeners: parts, pools: parts, atStart: [], isNone: false };

const outcomes: readonly (readonly [ChangeOutcome, number, Readonly<Record<string, string>>])[] = [
  [{ kind: 'changed', difference }, 200, { ETag: '"7-0a"' }],
  [{ kind: 'unchanged' }, 200, { ETag: '"7-0a"' }],
  [{ kind: 'good', difference }, 200, { ETag: '"7-0a"' }],
  [{ kind: 'refused', issues: [] }, 422, {}],
  [{ kind: 'failed', reason: 'no room' }, 409, {}],
  [{ kind: 'conflict', etag: '8-0b' }, 412, { ETag: '"8-0b"' }],
  [{ kind: 'no-such-version' }, 404, {}],
  [{ kind: 'busy', reason: 'too many' }, 503, { 'Retry-After': '1' }],
];

for (const [outcome, status, headers] of outcomes) {
  test(`${outcome.kind} is ${status}`, () => {
    const answer = answerOf(view, outcome);
    assert.deepEqual([answer.status, answer.headers], [status, headers]);
    const body: unknown = JSON.parse(String(answer.body));
    assert.ok((status === 200 ? changed : problem).strict().safeParse(body).success, String(answer.body));
  });
}

test('what is new is told as such, and a dry run made nothing', () => {
  assert.equal(answerOf(view, { kind: 'changed', difference }, 201).status, 201);
  assert.equal(answerOf(view, { kind: 'good', difference }, 201).status, 200);
});
