// Whether an endpoint is well, and the reason that people are given: that of whoever speaks against it now.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { milliseconds } from '../../foundation/basics/units.ts';
import { EndpointHealth } from './endpoint-health.ts';

const rules = { baseEjection: milliseconds(30_000), maxEjection: milliseconds(300_000), jitter: milliseconds(0) };

function eject(health: EndpointHealth, reason: string, now: number, mayEndOnPass = true): void {
  health.eject(reason, now, { begin: (ejection) => ejection.begin(now, rules, () => 0), mayEndOnPass });
}

const known = ({ isWell, reason, changedAt }: EndpointHealth): readonly [boolean, string, number] => [isWell, reason, changedAt];

test('an endpoint that nobody asks is well, for no reason', () => {
  assert.deepEqual(known(new EndpointHealth(undefined, 5)), [true, '', 5]);
  assert.deepEqual(known(new EndpointHealth('up', 5)), [true, '', 5]);
});

test('one that waits for its first probe is not, and the first result gives its reason', () => {
  const health = new EndpointHealth('checking', 5);
  assert.deepEqual(known(health), [false, 'no probe has passed yet', 5]);
  health.probedAs('down', 'the answer was 404', 10);
  // It is what it was, so since then.
  assert.deepEqual(known(health), [false, 'the answer was 404', 5]);
  health.probedAs('up', '2 probes passed in a row', 20);
  assert.deepEqual(known(health), [true, '2 probes passed in a row', 20]);
});

test('whoever spoke first against it gives the reason, until that is over', () => {
  const health = new EndpointHealth('up', 0);
  eject(health, '5 tries in a row without a whole answer', 10);
  health.probedAs('down', 'the connection was refused', 20);
  health.agentSays('down', 'the agent said "down"', 30);
  assert.deepEqual(known(health), [false, '5 tries in a row without a whole answer', 10]);
  health.endEjection('the time of its ejection is over', 40);
  assert.deepEqual(known(health), [false, 'the connection was refused', 10]);
  health.probedAs('up', 'a probe passed', 50);
  assert.deepEqual(known(health), [false, 'the agent said "down"', 10]);
  health.agentSays('up', 'the agent said "up"', 60);
  assert.deepEqual(known(health), [true, 'the agent said "up"', 60]);
});

test('an ejection that ends while nothing else speaks against it is the reason why it is back', () => {
  const health = new EndpointHealth('up', 0);
  eject(health, 'five failures', 10);
  health.endEjection('a probe passed', 20);
  health.endEjection('the time of its ejection is over', 30);
  assert.deepEqual(known(health), [true, 'a probe passed', 20]);
  assert.equal(health.ejections, 1);
});

test('what nobody judges it by any more does not count', () => {
  const health = new EndpointHealth('checking', 0);
  health.agentSays('down', 'the agent said "down"', 10);
  eject(health, 'five failures', 20);
  health.keepOnly({ probe: true, agent: true, ejections: true }, 30);
  assert.equal(health.isWell, false);
  health.keepOnly({ probe: false, agent: true, ejections: false }, 40);
  assert.deepEqual([health.reason, health.probed, health.ejection.isEjected], ['the agent said "down"', undefined, false]);
  health.keepOnly({ probe: false, agent: false, ejections: false }, 50);
  assert.deepEqual(known(health), [true, 'the document does not have it judged that way any more', 50]);
});
