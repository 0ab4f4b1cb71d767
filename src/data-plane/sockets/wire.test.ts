// A wire on a socket that does nothing: which buffers it reads into, and when others may have them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TimingWheel } from '../../foundation/algorithms/timing-wheel.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { Buffers } from './buffers.ts';
import type { ByteSocket } from './byte-socket.ts';
import { taken } from './byte-socket.ts';
import { documentedOnly } from './native-stream.ts';
import { Outbox } from './outbox.ts';
import type { WireOwner } from './wire.ts';
import { Wire } from './wire.ts';

const nothing = (): void => {};

const quiet: ByteSocket = {
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

const owner: WireOwner = { onBytes: nothing, onEnd: nothing, onBlocked: nothing, onDrained: nothing, onGone: nothing };

function wireOf(buffers: Buffers): Wire {
  const wheel = new TimingWheel({ tick: milliseconds(100), now: 0 });
  return new Wire(owner, { buffers, outbox: new Outbox(), wheel, abilities: documentedOnly }, () => quiet);
}

/** Reads a long body with `wire` up to its end; gives the buffer that it was read into. */
function readBody(wire: Wire, atEnd: () => void): Buffer {
  wire.takeBuffer();
  const buffer = wire.nextBuffer();
  atEnd();
  wire.nextBuffer();
  return buffer;
}

describe('the buffer for a long body', () => {
  test('goes to the next who needs one when the body is over', () => {
    const buffers = new Buffers();
    const wire = wireOf(buffers);
    const buffer = readBody(wire, () => wire.leaveBuffer());
    assert.notEqual(buffer, buffers.shared);
    assert.equal(wire.readBuffer, buffers.shared);
    assert.equal(buffers.borrow(), buffer);
  });

  test('goes to nobody while the last of the body is still written out of it, though the connection goes on', () => {
    const buffers = new Buffers();
    const wire = wireOf(buffers);
    const buffer = readBody(wire, () => {
      // The other side does not take the last bytes at once; the answer is complete, and the connection waits for its next call.
      wire.pause();
      wire.leaveBuffer();
      wire.resume();
    });
    assert.equal(wire.readBuffer, buffers.shared);
    assert.notEqual(buffers.borrow(), buffer);
  });

  test('is not used for the next long body either while it is still written from', () => {
    const buffers = new Buffers();
    const wire = wireOf(buffers);
    const buffer = readBody(wire, () => {
      wire.pause();
      wire.leaveBuffer();
      wire.resume();
      wire.takeBuffer();
    });
    assert.notEqual(wire.readBuffer, buffer);
    assert.notEqual(wire.readBuffer, buffers.shared);
  });

  test('is given back once after that like any other', () => {
    const buffers = new Buffers();
    const wire = wireOf(buffers);
    readBody(wire, () => {
      wire.pause();
      wire.leaveBuffer();
      wire.resume();
    });
    const second = readBody(wire, () => wire.leaveBuffer());
    assert.equal(buffers.borrow(), second);
    assert.notEqual(buffers.borrow(), second);
  });
});
