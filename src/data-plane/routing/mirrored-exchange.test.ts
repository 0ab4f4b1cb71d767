// A copy whose pool is slow, stops, or takes none of it: what is held, and when it is given up.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Failure } from '../../domain/exceptions/failure.ts';
import type { Exchange, ExchangeServer } from '../listening/exchange.ts';
import { emptyRoom, MirroredExchange } from './mirrored-exchange.ts';

const original = {
  request: { length: -1, upgrade: 'websocket', method: 'POST' },
  client: '192.0.2.1',
  peer: '192.0.2.1',
  forwardingLines: '',
} as unknown as Exchange;

class Taker implements ExchangeServer {
  taken = '';
  isEnded = false;
  gone: Failure | undefined = undefined;

  requestBytes(bytes: Buffer, start: number, end: number): void {
    this.taken += bytes.latin1Slice(start, end);
  }

  requestEnd(): void {
    this.isEnded = true;
  }

  clientBlocked(): void {}

  clientDrained(): void {}

  clientGone(failure: Failure): void {
    this.gone = failure;
  }
}

function copyOf(limit: number) {
  const room = emptyRoom();
  const copy = new MirroredExchange(original, limit, room);
  const taker = new Taker();
  copy.server = taker;
  const add = (text: string): void => copy.add(Buffer.from(text), 0, text.length);
  return { room, copy, taker, add };
}

describe('a copy', () => {
  test('holds what came until its pool takes it, in order, and then ends', () => {
    const { room, copy, taker, add } = copyOf(100);
    add('one ');
    add('two ');
    assert.equal(room.bytes, 8);
    copy.receive();
    add('three ');
    copy.pauseRequest();
    add('four');
    copy.complete('');
    assert.deepEqual([taker.taken, taker.isEnded, room.bytes], ['one two three ', false, 4]);
    copy.resumeRequest();
    assert.deepEqual([taker.taken, taker.isEnded, room.bytes], ['one two three four', true, 0]);
    copy.end();
    assert.deepEqual(room, { exchanges: 0, bytes: 0 });
  });

  test('is given up when there is too much of it, once, and holds nothing more', () => {
    const { room, copy, taker, add } = copyOf(10);
    add('123456');
    add('78901');
    assert.equal(taker.gone?.kind, 'client-gone');
    assert.deepEqual([copy.isOver, room], [true, { exchanges: 0, bytes: 0 }]);
    add('more');
    copy.receive();
    copy.giveUp();
    copy.end();
    assert.deepEqual([taker.taken, room], ['', { exchanges: 0, bytes: 0 }]);
  });

  test('is over when its pool refuses it or breaks off, whatever still comes', () => {
    for (const end of ['refuse', 'breakOff'] as const) {
      const { room, copy, taker, add } = copyOf(10);
      add('123');
      copy[end]({ kind: 'no-endpoint' });
      add('456');
      copy.complete('');
      copy.receive();
      assert.deepEqual([taker.taken, taker.isEnded, room], ['', false, { exchanges: 0, bytes: 0 }]);
    }
  });

  test('offers no other protocol', () => assert.equal(copyOf(10).copy.request.upgrade, ''));

  test('is not made of what is too long by its own word, of upgrades, and when there is no room', () => {
    const exchange = (length: number, upgrade = ''): Exchange => ({ ...original, request: { ...original.request, length, upgrade } });
    assert.ok(MirroredExchange.fits(exchange(10), 10, emptyRoom()));
    assert.ok(!MirroredExchange.fits(exchange(11), 10, emptyRoom()));
    assert.ok(!MirroredExchange.fits(exchange(0, 'websocket'), 10, emptyRoom()));
    assert.ok(!MirroredExchange.fits(exchange(10), 10, { exchanges: 1000, bytes: 0 }));
    assert.ok(!MirroredExchange.fits(exchange(10), 10, { exchanges: 0, bytes: 2 ** 25 }));
  });
});
