// Requests out of bytes, without a connection: what happens to what came before its turn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { parseAddressRanges } from '../../foundation/algorithms/address-ranges.ts';
import { TimingWheel } from '../../foundation/algorithms/timing-wheel.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { Buffers } from '../sockets/buffers.ts';
import type { ByteSocket } from '../sockets/byte-socket.ts';
import { taken } from '../sockets/byte-socket.ts';
import { documentedOnly } from '../sockets/native-stream.ts';
import { Outbox } from '../sockets/outbox.ts';
import type { WireOwner } from '../sockets/wire.ts';
import { Wire } from '../sockets/wire.ts';
import { ListenerContext } from './listener-context.ts';
import { RequestIntake } from './request-intake.ts';
import { listenerSettings } from './settings.ts';

const nothing = (): void => {};
const owner: WireOwner = { onBytes: nothing, onEnd: nothing, onBlocked: nothing, onDrained: nothing, onGone: nothing };
const socket: ByteSocket = {
  peerAddress: undefined,
  unsent: 0,
  write: () => taken,
  sendAtOnce: nothing,
  pause: nothing,
  resume: nothing,
  endSending: nothing,
  destroy: nothing,
  reset: nothing,
};
const post = 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000\r\n\r\n';

/** An intake whose body is asked to pause as soon as some of it comes. */
function intake(): { readonly intake: RequestIntake; readonly wire: Wire } {
  const trusted = parseAddressRanges([]);
  assert.ok(trusted.ok);
  const wheel = new TimingWheel({ tick: milliseconds(100), now: 0 });
  const tools = { buffers: new Buffers(), outbox: new Outbox(), wheel, abilities: documentedOnly };
  const counters = new Scoreboard({ workers: 1, endpoints: 1, listeners: 1, pools: 1 }).listenerRow(0, 0);
  const settings = listenerSettings.parse({ bind: ':80', pool: 'web', limits: { head: '256B' } });
  const context = new ListenerContext({ settings, tools, trusted: trusted.value, counters, serve: nothing });
  const wire = new Wire(owner, tools, () => socket);
  const made = new RequestIntake(wire, context, {
    headBegun: nothing,
    requestBegun: nothing,
    requestBytes: () => wire.pause(),
    bodyContinued: nothing,
    requestEnded: nothing,
    requestFaulty: nothing,
  });
  return { intake: made, wire };
}

test('a client stays paused when the first of its body, which came before an endpoint was reached, already fills the endpoint', () => {
  const here = intake();
  const bytes = Buffer.from(`${post}${'x'.repeat(300)}`);
  here.intake.take(bytes, bytes.length);
  assert.ok(here.wire.isPaused, 'the body waits for the endpoint');
  here.intake.flow();
  assert.ok(here.wire.isPaused, 'and now for what was sent to be taken');
});

test('a client whose body waits is read on, so that its leaving is seen, until as much is held as a head may have', () => {
  const here = intake();
  const bytes = Buffer.from(post);
  here.intake.take(bytes, bytes.length);
  const some = Buffer.from('x'.repeat(100));
  for (const isPaused of [false, false, true]) {
    here.intake.take(some, some.length);
    assert.equal(here.wire.isPaused, isPaused);
  }
});
