// What rounds of measurements come to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measurement } from '../rows/measure.ts';
import { median, ratioToBetterPeer, summarize } from './results.ts';

const round = (user: number, errors?: string): Measurement => ({
  ...{ user, system: 10, busy: 0.9, disturbance: 0, perSecond: 1_000, p50: 1, p99: 2, p999: 3 },
  errors,
});

test('a median is the middle of an odd number of values, and lies between the two middle ones of an even number', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([10, 2, 4, 8]), 6);
  assert.ok(Number.isNaN(median([])));
});

test('one slow round does not move a summary', () => {
  const summary = summarize([round(5), round(500), round(6)]);
  assert.equal(summary.user, 6);
  assert.equal(summary.total, 16);
});

test('rounds that other programs disturbed are left out, as long as half of the rounds remain', () => {
  const disturbed = (user: number, disturbance: number): Measurement => ({ ...round(user), disturbance });
  assert.equal(summarize([round(5), disturbed(50, 0.5), round(6), disturbed(60, 0.6), round(7)]).user, 6);
  assert.equal(summarize([disturbed(9, 0.9), disturbed(2, 0.2), disturbed(3, 0.3), disturbed(4, 0.4), round(1)]).user, 2);
});

test('an error in a disturbed round is an error all the same', () => {
  assert.equal(summarize([round(5), { ...round(5, '1 reads failed'), disturbance: 0.9 }]).errors, '1 reads failed');
});

test('one round with errors is enough for a summary not to count', () => {
  assert.equal(summarize([round(5), round(5, '3 reads failed'), round(5)]).errors, '3 reads failed');
});

test('the ratio is taken to the peer that needs less, and says how much dearer Evenkeel is', () => {
  const summaries = new Map([
    ['nginx', summarize([round(10)])],
    ['haproxy', summarize([round(20)])],
    ['evenkeel', summarize([round(30)])],
  ]);
  assert.equal(ratioToBetterPeer(summaries, 'evenkeel', ['nginx', 'haproxy']), 0.5);
});

test('a peer whose row has errors is not compared with, however little it needed', () => {
  const summaries = new Map([
    ['nginx', summarize([round(1, 'the balancer ended')])],
    ['haproxy', summarize([round(20)])],
    ['evenkeel', summarize([round(20)])],
  ]);
  assert.equal(ratioToBetterPeer(summaries, 'evenkeel', ['nginx', 'haproxy']), 1);
});

test('there is no ratio for a row in which Evenkeel had errors', () => {
  const summaries = new Map([
    ['nginx', summarize([round(20)])],
    ['evenkeel', summarize([round(1, '1 answers were late')])],
  ]);
  assert.equal(ratioToBetterPeer(summaries, 'evenkeel', ['nginx']), undefined);
});
