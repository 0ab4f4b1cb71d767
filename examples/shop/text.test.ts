import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bar, clock, cut, duration, grouped, painter, seenLength } from './text.ts';

test('a bar is as long as its share, to an eighth of a character', () => {
  assert.equal(bar(0.5, 4), '██  ');
  assert.equal(bar(0.28125, 4), '█▏  ');
  assert.equal(bar(0, 4), '    ');
  assert.equal(bar(2, 4), '████');
});

test('durations have the digits that matter', () => {
  assert.deepEqual([undefined, 0.26, 9.94, 12.4, 1234].map(duration), ['–', '0.3 ms', '9.9 ms', '12 ms', '1.2 s']);
});

test('a clock shows hours only when there are any', () => {
  assert.deepEqual([7000, 750_000, 3_900_000].map(clock), ['0:07', '12:30', '1:05:00']);
});

test('large numbers are grouped', () => {
  assert.deepEqual([0, 999, 1000, 1_234_567].map(grouped), ['0', '999', '1,000', '1,234,567']);
});

test('colours count nothing towards the length of a line', () => {
  const paint = painter(true);
  const line = `${paint('red', 'abc')}def`;
  assert.equal(seenLength(line), 6);
  assert.equal(cut(line, 6), line);
  assert.equal(seenLength(cut(line, 4)), 4);
});

test('a line that is cut inside a colour ends it', () => {
  assert.equal(cut(painter(true)('red', 'abc'), 2), '\u001b[31mab\u001b[0m');
  assert.equal(cut('abc', 2), 'ab');
});

test('a brush without colour leaves text alone', () => {
  assert.equal(painter(false)('red', 'abc'), 'abc');
});
