// Lines of agents, as HAProxy reads them, and agents that misbehave.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ask, isLeft, leavesNothingOpen, rude, writeForEver } from '../../../../test/support/probing/probed-server.ts';
import { agent, readAgentLine } from './agent.ts';

describe('a line', () => {
  const cases: readonly (readonly [line: string, result: ReturnType<typeof readAgentLine>])[] = [
    ['up', { passed: true, advice: {} }],
    ['UP 99%', { passed: true, advice: { share: 0.99 } }],
    ['50% up', { passed: true, advice: { share: 0.5 } }],
    ['ready,up,100%,maxconn:30', { passed: true, advice: { state: 'ready', share: 1, maxConnections: 30 } }],
    ['\tup  150%', { passed: true, advice: { share: 1.5 } }],
    ['down', { passed: false, reason: 'the agent said "down"', advice: {} }],
    ['down # disk full', { passed: false, reason: 'the agent said "down": "disk full"', advice: {} }],
    ['failed 0%', { passed: false, reason: 'the agent said "failed"', advice: { share: 0 } }],
    ['fail', { passed: false, reason: 'the agent said "fail"', advice: {} }],
    ['stopped', { passed: false, reason: 'the agent said "stopped"', advice: {} }],
    ['up down', { passed: false, reason: 'the agent said "down"', advice: {} }],
    ['up drain maint', { passed: true, advice: { state: 'maint' } }],
    ['up 10% 20%', { passed: true, advice: { share: 0.2 } }],
    ['#up', { passed: undefined, reason: 'the agent said nothing of being up or down', advice: {} }],
    ['75%', { passed: undefined, reason: 'the agent said nothing of being up or down', advice: { share: 0.75 } }],
    ['drain', { passed: undefined, reason: 'the agent said nothing of being up or down', advice: { state: 'drain' } }],
    ['', { passed: undefined, reason: 'the agent said nothing of being up or down', advice: {} }],
  ];
  for (const [line, result] of cases) test(`"${line}" is read`, () => assert.deepEqual(readAgentLine(line), result));

  test('has words that mean nothing, of which the first is told and the others do no harm', () => {
    for (const word of ['upp', '75', '%', '-5%', '1e3%', '7.5%', 'maxconn:', 'maxconn:-1', 'up%', '9999999%']) {
      const remark = `the agent said "${word}", which means nothing here`;
      assert.deepEqual(readAgentLine(`${word} up nonsense 5%`), { passed: true, advice: { remark, share: 0.05 } });
    }
  });
});

test('the line is read up to its end, after the agent was told what it is to be told', async () => {
  await leavesNothingOpen(async () => {
    await using server = await rude((socket) =>
      socket.once('data', (sent: Buffer) => socket.write(`up 30% #${sent.toString()}\r\ndown\n`)),
    );
    assert.deepEqual(await ask(agent, server.target, { send: 'web/app\n' }), { passed: true, advice: { share: 0.3 } });
  });
});

test('an agent that cannot be heard says nothing of the endpoint', async () => {
  await leavesNothingOpen(async () => {
    await using mute = await rude((socket) => socket.end('up 75%'));
    const reason = 'the connection was closed before the answer was whole';
    assert.deepEqual(
      await ask(agent, mute.target, { send: '' }),
      { passed: undefined, reason },
      'a line without an end may be half of one',
    );
    const { target } = mute;
    await mute[Symbol.asyncDispose]();
    assert.deepEqual(await ask(agent, target, { send: '' }), { passed: undefined, reason: 'the connection was refused' });
  });
});

test('an agent whose line never ends is left', async () => {
  await leavesNothingOpen(async () => {
    await using server = await rude((socket) => writeForEver(socket, 'up '.repeat(1000)));
    assert.deepEqual(await ask(agent, server.target, { send: '' }), { passed: undefined, reason: 'the answer is longer than 4096 bytes' });
    await isLeft(server);
  });
});
