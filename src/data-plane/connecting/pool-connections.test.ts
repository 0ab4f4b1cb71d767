// Which connections a pool has, and which of them the same pool by another document takes over.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { candidatesOf, namedEndpoints } from '../../../test/support/endpoints.ts';
import { poolSettings } from '../../domain/traffic/pool-settings.ts';
import { TimingWheel } from '../../foundation/algorithms/timing-wheel.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { Buffers } from '../sockets/buffers.ts';
import { documentedOnly } from '../sockets/native-stream.ts';
import { Outbox } from '../sockets/outbox.ts';
import { PoolConnections } from './pool-connections.ts';

const tools = {
  buffers: new Buffers(),
  outbox: new Outbox(),
  wheel: new TimingWheel({ tick: milliseconds(100), now: 0 }),
  abilities: documentedOnly,
};
const endpoints = namedEndpoints(['a:80', 'b:80', 'c:80']);
const [a, b, c] = [itemAt(endpoints, 0), itemAt(endpoints, 1), itemAt(endpoints, 2)];
const settings = poolSettings.parse({ endpoints: ['a:80'] });

describe('the connections of a pool', () => {
  test('are made endpoint by endpoint, each when it is called for the first time', () => {
    const connections = new PoolConnections(endpoints, settings, tools);
    assert.deepEqual([...connections.made], []);
    const toB = connections.to(b);
    assert.equal(toB?.endpoint, b);
    assert.equal(connections.to({ ...b }), toB, 'also for another snapshot of it');
    assert.deepEqual([...connections.made], [toB]);
    assert.equal(new PoolConnections(candidatesOf([a]), settings, tools).to(b), undefined);
  });

  test('are taken over by the next document for endpoints that stay, and given for those that go', () => {
    const before = new PoolConnections(endpoints, settings, tools);
    const next = new PoolConnections(candidatesOf([a, c]), settings, tools);
    // Also what was made when the next one was built already.
    const [toA, toB] = [before.to(a), before.to(b)];
    assert.deepEqual(before.leaveTo(next), [toB]);
    assert.deepEqual([...next.made], [toA]);
    assert.equal(next.to(a), toA);
  });

  test('are all given where the next document has other settings for them, or none', () => {
    const others = { ...settings, timeouts: { ...settings.timeouts, connect: milliseconds(7) } };
    for (const next of [new PoolConnections(endpoints, others, tools), undefined]) {
      const before = new PoolConnections(endpoints, settings, tools);
      const toA = before.to(a);
      assert.deepEqual(before.leaveTo(next), [toA]);
      assert.notEqual(next?.to(a), toA);
    }
  });

  test('keep nothing for others once they are left, also to an endpoint that is called only then', () => {
    const before = new PoolConnections(endpoints, settings, tools);
    before.leaveTo(undefined);
    assert.equal(before.to(c)?.isRetired, true);
  });
});
