// When a source is asked again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { milliseconds } from '../../foundation/basics/units.ts';
import { longestValidity, nextAfterAnswer, nextAfterFailure, shortestValidity } from './timing.ts';

const usual = milliseconds(5000);
const early = (): number => 0;
const late = (): number => 1;

test('an answer holds as long as it says, within bounds', () => {
  const after = (validFor: number | undefined, random = early) =>
    nextAfterAnswer({ every: undefined, validFor: validFor === undefined ? undefined : milliseconds(validFor), usual }, random);
  assert.equal(after(20_000), 20_000);
  assert.equal(after(0), shortestValidity);
  assert.equal(after(86_400_000), longestValidity);
  assert.equal(after(undefined), usual, 'one that says nothing holds as long as is usual');
  assert.equal(after(20_000, late), 22_000, 'by chance up to a tenth later, and never earlier');
});

test('what the document says counts in place of the answer, also beyond the bounds', () => {
  for (const every of [100, 600_000]) {
    assert.equal(nextAfterAnswer({ every: milliseconds(every), validFor: milliseconds(20_000), usual }, early), every);
  }
});

test('after failures it is asked more and more seldom, up to half a minute', () => {
  const most = Array.from({ length: 8 }, (_, index) => nextAfterFailure(index + 1, { every: undefined, usual }, late));
  assert.deepEqual(most, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  const least = Array.from({ length: 8 }, (_, index) => nextAfterFailure(index + 1, { every: undefined, usual }, early));
  assert.deepEqual(
    least,
    most.map((delay) => delay / 2),
    'chance takes up to half of it',
  );
  assert.equal(nextAfterFailure(1000, { every: undefined, usual }, late), 30_000, 'for ever');
  assert.equal(nextAfterFailure(1, { every: milliseconds(100), usual }, late), 100, 'what is asked often is tried soon');
});
