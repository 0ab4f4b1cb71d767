import assert from 'node:assert/strict';
import { test } from 'node:test';
import { primeFrom } from './primes.ts';

test('a prime stays, and anything else is raised to the next one', () => {
  const known = [
    [0, 2],
    [2, 2],
    [3, 3],
    [4, 5],
    [8, 11],
    [9, 11],
    [24.5, 29],
    [250, 251],
    [65_536, 65_537],
    [655_360, 655_373],
    [1_000_000, 1_000_003],
  ] as const;
  for (const [number, prime] of known) assert.equal(primeFrom(number), prime);
});
