// What an agent says beside an endpoint is obeyed, over both workers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fault, gone, listening, timeout, untilServing } from '../support/live/judged-pool.ts';
import { LivePool } from '../support/live/live-pool.ts';

describe('an agent', { timeout }, () => {
  test('that hangs, or is not there, changes nothing: what it said last holds', async () => {
    let said: string | undefined = '50%\n';
    let asked = 0;
    await using agent = await listening((socket) => {
      asked++;
      if (said !== undefined) socket.end(said);
    });
    const pool = { health: { tcp: true, interval: '50ms', agent: { port: agent.port } } } as const;
    await using live = await LivePool.start({ endpoints: { a: { weight: 4 } }, pool });
    await live.until(async () => fault((await live.status('a')).weight === 2, 'its word is heard'));
    await untilServing(live);
    said = undefined;
    const before = asked;
    await live.until(() => fault(asked >= before + 4, 'it hung three times'));
    const { state, weight, health: known } = await live.status('a');
    assert.deepEqual([state, weight, known.state], ['up', 2, 'well']);
    assert.equal((await live.ask()).status, 200);
    const news = live.log.matching(/agent/);
    assert.deepEqual(news, [
      `warn The agent of endpoint ${live.endpoint('a').address} of pool web is not heard: no answer within 50 ms, while waiting for the line of the agent. What it said last holds.`,
    ]);
  });

  test('says how much its endpoint bears, and what is beyond is refused or goes elsewhere', async () => {
    let said = 'maxconn:2\n';
    await using agent = await listening((socket) => socket.end(said));
    const pool = { health: { tcp: true, interval: '50ms', agent: { port: agent.port } } } as const;
    await using live = await LivePool.start({ endpoints: { a: { maxConnections: 8 } }, pool });
    const bears = (most: number): Promise<void> =>
      live.until(async () => fault((await live.status('a')).maxConnections === most, `it bears ${most}`));
    await bears(2);
    const serves = (): Promise<void> => live.until(async () => fault((await live.ask()).status === 200, 'it serves'));
    await serves();
    // A worker may not have seen yet that it is well, or that what was asked before is over: whoever is refused comes again until it is held.
    const hold = async (): Promise<number> => {
      const { status } = await live.ask('/held');
      return status === 503 ? hold() : status;
    };
    const held = [hold(), hold()];
    await live.endpoint('a').holding(2);
    // A worker that has not seen the limit yet would send a third one.
    await live.until(async () => fault((await live.ask()).body.includes('"pool-saturated"'), 'there is no room for a third one'));
    said = 'maxconn:100\n';
    await bears(8);
    await serves();
    live.endpoint('a').release();
    assert.deepEqual(await Promise.all(held), [200, 200]);
  });

  test('says weight, drains, goes into maintenance, and takes its endpoint out; an operator can only be more cautious', async () => {
    let said = 'up 100%\n';
    await using agent = await listening((socket) => socket.end(said));
    const pool = { health: { tcp: true, interval: '50ms', agent: { port: agent.port } } } as const;
    await using live = await LivePool.start({ endpoints: { a: { weight: 4 } }, pool });
    const becomes = (state: string, weight: number, health: string): Promise<void> =>
      live.until(async () => {
        const known = await live.status('a');
        const text = `${known.state} ${known.weight} ${known.health.state}`;
        return fault(text === `${state} ${weight} ${health}`, `it is ${text}`);
      });
    await becomes('up', 4, 'well');
    await untilServing(live);
    said = '50%\n';
    await becomes('up', 2, 'well');
    said = 'drain\n';
    await becomes('draining', 2, 'well');
    assert.equal((await live.ask()).status, 503);
    said = 'maint\n';
    await becomes('down', 2, 'well');
    said = 'ready 100%\n';
    await becomes('up', 4, 'well');
    said = 'down # disk is full\n';
    await becomes('up', 4, 'failing');
    assert.match(gone(live, 'a').at(-1) ?? '', /: the agent said "down": "disk is full"\. 0 of 1 are well\.$/);
    assert.equal((await live.ask()).status, 503);
    said = 'up\n';
    await becomes('up', 4, 'well');
    await live.change('a', { state: 'down' });
    said = 'ready 25%\n';
    await becomes('down', 1, 'well');
    await live.change('a', { state: 'up' });
    await becomes('up', 1, 'well');
    await untilServing(live);
  });
});
