// Asks a real nginx and Evenkeel the same things, and wants the same answers.
import assert from 'node:assert/strict';
import type { Answer, Asked, SideBySide } from './side-by-side.ts';

/** So many at a time: each is a connection of its own. */
const together = 8;

export async function sameAnswers(sides: SideBySide, requests: readonly Asked[], listener = 0): Promise<void> {
  const compare = async (asked: Asked): Promise<void> => {
    const [wanted, found] = await Promise.all([sides.ask('nginx', asked, listener), sides.ask('evenkeel', asked, listener)]);
    assert.deepEqual(withoutAdded(found, wanted), wanted, `"expected" is what nginx answers to ${JSON.stringify(asked)}`);
  };
  for (let first = 0; first < requests.length; first += together) await Promise.all(requests.slice(first, first + together).map(compare));
}

/** Evenkeel tells endpoints of the client also where nginx was not told to. */
function withoutAdded(found: Answer, wanted: Answer): Answer {
  if (typeof found.body !== 'object' || typeof wanted.body !== 'object' || 'x-forwarded-for' in wanted.body.headers) return found;
  const { 'x-forwarded-for': _, ...headers } = found.body.headers;
  return { ...found, body: { ...found.body, headers } };
}
