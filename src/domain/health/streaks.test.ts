// When errors in a row are too many, and what ends a row.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Evidence } from './evidence.ts';
import type { StreakLimits, StreakReason } from './streaks.ts';
import { clearStreaks, countStreaks, streakWords, takeStreakReason } from './streaks.ts';

const off = Number.POSITIVE_INFINITY;
const all = { fivexx: 5, gateway: 5, local: 5 };
const at = 4;

/** The reason after each piece of evidence, judged each time. */
function reasonsOf(evidence: readonly Evidence[], limits: StreakLimits = all): readonly (StreakReason | undefined)[] {
  const words = new Int32Array(at + streakWords);
  return evidence.map((piece) => {
    countStreaks(words, at, piece);
    return takeStreakReason(words, at, limits);
  });
}

const times = (count: number, evidence: Evidence): readonly Evidence[] => new Array(count).fill(evidence);
const lastOf = (evidence: readonly Evidence[], limits?: StreakLimits): StreakReason | undefined => reasonsOf(evidence, limits).at(-1);

test('the fifth error in a row is a reason, and the one before is none', () => {
  assert.deepEqual(reasonsOf(times(5, 'fivexx')), [undefined, undefined, undefined, undefined, 'consecutive-5xx']);
  assert.deepEqual(reasonsOf(times(5, 'gateway')), [undefined, undefined, undefined, undefined, 'consecutive-gateway']);
  assert.deepEqual(reasonsOf(times(5, 'local')), [undefined, undefined, undefined, undefined, 'consecutive-local']);
});

test('errors of gateways are errors as well', () => {
  assert.equal(lastOf(times(5, 'gateway'), { ...all, gateway: off }), 'consecutive-5xx');
  assert.equal(lastOf(['fivexx', 'gateway', 'gateway', 'fivexx', 'gateway']), 'consecutive-5xx');
});

test('another error ends a streak of gateway errors, and no local failure does', () => {
  const limits = { fivexx: off, gateway: 3, local: off };
  assert.equal(lastOf(['gateway', 'gateway', 'fivexx', 'gateway', 'gateway'], limits), undefined);
  assert.equal(lastOf(['gateway', 'gateway', 'local', 'gateway'], limits), 'consecutive-gateway');
});

test('one try that does not fail ends all streaks', () => {
  assert.equal(lastOf([...times(4, 'fivexx'), 'ok', ...times(4, 'fivexx')]), undefined);
  assert.equal(lastOf([...times(4, 'gateway'), 'ok', ...times(4, 'gateway')]), undefined);
  assert.equal(lastOf([...times(4, 'local'), 'ok', ...times(4, 'local')]), undefined);
});

test('any answer ends a streak of local failures, and they end no streak of errors', () => {
  assert.equal(lastOf([...times(4, 'local'), 'fivexx', 'local'], { ...all, fivexx: off }), undefined);
  assert.equal(lastOf([...times(4, 'local'), 'gateway', 'local'], { ...all, fivexx: off }), undefined);
  assert.equal(lastOf([...times(4, 'fivexx'), 'local', 'fivexx']), 'consecutive-5xx');
});

test('what says nothing changes nothing', () => {
  assert.equal(lastOf([...times(4, 'local'), ...times(9, 'nothing'), 'local']), 'consecutive-local');
});

test('a reason is given once for as many errors', () => {
  const reasons = reasonsOf(times(10, 'local'));
  assert.deepEqual([reasons[4], reasons[5], reasons[8], reasons[9]], ['consecutive-local', undefined, undefined, 'consecutive-local']);
});

test('several workers may have gone beyond a limit before anybody looks', () => {
  const words = new Int32Array(at + streakWords);
  for (let error = 0; error < 12; error++) countStreaks(words, at, 'local');
  assert.equal(takeStreakReason(words, at, all), 'consecutive-local');
  assert.equal(takeStreakReason(words, at, all), undefined);
});

test('cleared streaks begin at nothing, and neighbours are left alone', () => {
  const words = new Int32Array(at + streakWords + 1).fill(7);
  clearStreaks(words, at);
  assert.deepEqual([...words], [7, 7, 7, 7, 0, 0, 0, 7]);
});

test('a reason is given exactly at each time that a plain count reaches the limit', () => {
  const evidence = fc.constantFrom<Evidence>('ok', 'fivexx', 'fivexx', 'local', 'local', 'nothing');
  fc.assert(
    fc.property(fc.array(evidence, { maxLength: 80 }), fc.integer({ min: 1, max: 6 }), (pieces, limit) => {
      let errors = 0;
      const expected = pieces.map((piece) => {
        if (piece === 'ok') errors = 0;
        if (piece === 'fivexx') errors++;
        if (errors < limit) return undefined;
        errors = 0;
        return 'consecutive-5xx';
      });
      assert.deepEqual(reasonsOf(pieces, { fivexx: limit, gateway: off, local: off }), expected);
    }),
    { seed: 0x5eed, numRuns: 500 },
  );
});
