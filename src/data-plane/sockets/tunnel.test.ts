import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeSocket } from '../../../test/support/fake-socket.ts';
import { TimingWheel } from '../../foundation/algorithms/timing-wheel.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { Buffers } from './buffers.ts';
import { documentedOnly } from './native-stream.ts';
import { Outbox } from './outbox.ts';
import { Tunnel } from './tunnel.ts';
import type { WireOwner } from './wire.ts';
import { Wire } from './wire.ts';

const idle = milliseconds(60_000);
const nobody: WireOwner = {
  onBytes: () => undefined,
  onEnd: () => undefined,
  onBlocked: () => undefined,
  onDrained: () => undefined,
  onGone: () => undefined,
};

/** `before` is what the client was sent before the tunnel, and has not taken yet. */
function joined(before = '') {
  const tools = {
    buffers: new Buffers(),
    outbox: new Outbox(),
    wheel: new TimingWheel({ tick: milliseconds(100), now: 0 }),
    abilities: documentedOnly,
  };
  const sockets: FakeSocket[] = [];
  const wire = (): Wire =>
    new Wire(nobody, tools, (made) => {
      const socket = new FakeSocket(made);
      sockets.push(socket);
      return socket;
    });
  const state = { done: 0, wheel: tools.wheel, tools };
  const parts = { client: wire(), endpoint: wire() };
  const [client, endpoint] = sockets;
  assert.ok(client !== undefined && endpoint !== undefined);
  client.isFull = before !== '';
  parts.client.send(before);
  tools.outbox.flush();
  new Tunnel({ ...parts, tools, idle, done: () => state.done++ });
  return { client, endpoint, state };
}

test('what comes in on one side goes out on the other, and a side that does not take it holds the other back', () => {
  const { client, endpoint } = joined();
  client.comeIn('hello');
  assert.equal(endpoint.written, 'hello');
  client.isFull = true;
  endpoint.comeIn('world');
  assert.equal(client.written, 'world');
  assert.ok(endpoint.isPaused && !client.isPaused);
  client.drain();
  assert.ok(!endpoint.isPaused);
});

test('an endpoint is not read before the client has taken what it was sent before the tunnel', () => {
  const { client, endpoint } = joined('HTTP/1.1 103 Early Hints');
  assert.ok(endpoint.isPaused && !client.isPaused);
  client.drain();
  endpoint.comeIn('hello');
  assert.match(client.written, /hello$/);
});

test('a tunnel whose both sides have ended is closed once all has been taken', () => {
  const { client, endpoint, state } = joined();
  client.isFull = true;
  endpoint.comeIn('the last of it');
  endpoint.wire.socketEnded();
  client.wire.socketEnded();
  assert.equal(endpoint.hasEnded, true);
  assert.equal(client.hasEnded, false, 'its end comes behind what it has not taken');
  assert.equal(state.done, 0);
  client.drain();
  assert.equal(client.hasEnded, true);
  assert.deepEqual([client.ending, endpoint.ending, state.done, state.wheel.size], ['destroyed', 'destroyed', 1, 0]);
});

test('a side that is left by the other gets what was on its way', () => {
  const { client, endpoint, state } = joined();
  client.isFull = true;
  endpoint.comeIn('the last of it');
  endpoint.wire.socketLost('ECONNRESET');
  assert.deepEqual([client.ending, state.done], [undefined, 0]);
  client.drain();
  assert.deepEqual([client.ending, state.done, state.wheel.size], ['destroyed', 1, 0]);
});

test('a side that never takes what was on its way is closed at the limit', () => {
  const { client, endpoint, state } = joined();
  client.isFull = true;
  endpoint.comeIn('the last of it');
  endpoint.wire.socketLost('ECONNRESET');
  state.wheel.advance(idle + 100);
  assert.deepEqual([client.ending, endpoint.ending, state.done, state.wheel.size], ['destroyed', 'destroyed', 1, 0]);
});

test('a tunnel in which nothing passes is closed at the limit, counted from the last byte either way', () => {
  const { client, endpoint, state } = joined();
  state.wheel.advance(idle - 1000);
  client.comeIn('x');
  state.wheel.advance(2 * idle - 2000);
  assert.equal(state.done, 0);
  state.wheel.advance(2 * idle);
  assert.deepEqual([client.ending, endpoint.ending, state.done], ['destroyed', 'destroyed', 1]);
});
