// An agent that is not heard, or not understood, is told of once, and again when a minute has passed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeResult } from '../probing/probe.ts';
import { AgentNews } from './agent-news.ts';

const refused: ProbeResult = { passed: undefined, reason: 'the connection was refused' };
const heard: ProbeResult = { passed: true, advice: { share: 0.5 } };
const garbled: ProbeResult = {
  passed: undefined,
  reason: 'nothing',
  advice: { remark: 'the agent said "dwon", which means nothing here' },
};
const agent = 'The agent of endpoint 10.0.0.1:80 of pool web';

function world() {
  const lines: string[] = [];
  const time = { now: 0 };
  const tell = (level: string) => (text: string) => lines.push(`${level} ${text}`);
  const news = new AgentNews({ clock: () => time.now, log: { info: tell('info'), warn: tell('warn') } });
  return {
    news,
    told(results: readonly ProbeResult[], after = 0, key = 'web 10.0.0.1:80 agent'): readonly string[] {
      time.now += after;
      const before = lines.length;
      for (const result of results) news.hear({ key, pool: 'web', endpoint: '10.0.0.1:80' }, result);
      return lines.slice(before);
    },
  };
}

test('an agent that is heard is not worth a word', () => assert.deepEqual(world().told([heard, heard]), []));

test('an agent that cannot be heard is told of once, and that it is heard again as well', () => {
  const { told } = world();
  const lost = `warn ${agent} is not heard: the connection was refused. What it said last holds.`;
  assert.deepEqual(told([refused, refused]), [lost]);
  assert.deepEqual(told([refused], 120_000), []);
  assert.deepEqual(told([heard, heard]), [`info ${agent} is heard again.`]);
  assert.deepEqual(told([refused]), [lost]);
  // One that comes and goes is not told of each time.
  assert.deepEqual(told([heard, refused, heard, refused], 1000), [`info ${agent} is heard again.`]);
  assert.deepEqual(told([refused], 60_000), [lost]);
});

test('what means nothing is told once in a minute, for each agent', () => {
  const { told } = world();
  const line = `warn ${agent}: the agent said "dwon", which means nothing here.`;
  assert.deepEqual(told([garbled, garbled]), [line]);
  assert.deepEqual(told([garbled], 59_999), []);
  assert.deepEqual(told([garbled], 1), [line]);
  assert.deepEqual(told([garbled], 0, 'another'), [line]);
});

test('agents that are asked no more are forgotten', () => {
  const { news, told } = world();
  assert.equal(told([refused]).length, 1);
  news.keepOnly(['web 10.0.0.1:80 agent']);
  assert.equal(told([refused]).length, 0);
  news.keepOnly([]);
  assert.equal(told([refused]).length, 1);
});
