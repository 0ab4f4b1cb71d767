import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeSocket } from '../../../test/support/fake-socket.ts';
import { listenerCounter, Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';
import { parseAddressRanges } from '../../foundation/algorithms/address-ranges.ts';
import { TimingWheel } from '../../foundation/algorithms/timing-wheel.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { Buffers } from '../sockets/buffers.ts';
import { documentedOnly } from '../sockets/native-stream.ts';
import { Outbox } from '../sockets/outbox.ts';
import { Wire } from '../sockets/wire.ts';
import { ClientConnection } from './client-connection.ts';
import type { Exchange } from './exchange.ts';
import { ListenerContext } from './listener-context.ts';
import { listenerSettings } from './settings.ts';

const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';
const closing = 'GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n';
const send = 30_000;

/** A connection without a network, and the exchanges that it gives to be served. */
class World {
  readonly exchanges: Exchange[] = [];
  readonly wheel = new TimingWheel({ tick: milliseconds(100), now: 0 });
  readonly outbox = new Outbox();
  readonly context: ListenerContext;
  readonly socket: FakeSocket;

  constructor() {
    const trusted = parseAddressRanges([]);
    assert.ok(trusted.ok);
    const tools = { buffers: new Buffers(), outbox: this.outbox, wheel: this.wheel, abilities: documentedOnly };
    const counters = new Scoreboard({ workers: 1, endpoints: 1, listeners: 1, pools: 1 }).listenerRow(0, 0);
    const settings = listenerSettings.parse({ bind: ':80', pool: 'web' });
    this.context = new ListenerContext({ settings, tools, trusted: trusted.value, counters, serve: (exchange) => this.#serve(exchange) });
    let socket: FakeSocket | undefined;
    new ClientConnection(this.context, (owner) => new Wire(owner, tools, (wire) => (socket = new FakeSocket(wire))));
    assert.ok(socket);
    this.socket = socket;
  }

  #serve(exchange: Exchange): void {
    this.exchanges.push(exchange);
    exchange.server = {
      requestBytes: () => exchange.pauseRequest(),
      requestEnd: () => undefined,
      clientBlocked: () => undefined,
      clientDrained: () => undefined,
      clientGone: () => undefined,
    };
    exchange.receive();
  }

  /** Answers the exchange of this number in full. */
  answer(index: number): void {
    const head: ResponseHead = {
      status: 200,
      reason: 'OK',
      fields: 'Content-Length: 0\r\n',
      length: 0,
      keepAlive: true,
      keepAliveTimeout: 0,
      upgrade: '',
      hopByHop: [],
    };
    this.exchanges[index]?.respond(head);
    this.exchanges[index]?.end('');
    this.outbox.flush();
  }

  pass(time: number): void {
    this.wheel.advance(this.wheel.now + time);
    this.outbox.flush();
  }

  get open(): number | undefined {
    return this.context.counters[listenerCounter.openConnections];
  }
}

describe('a client that does not take its answer', () => {
  test('has no further request served before it has', () => {
    const here = new World();
    here.socket.comeIn(get);
    here.socket.isFull = true;
    here.answer(0);
    assert.ok(here.socket.isPaused, 'nothing is read of it');
    here.socket.drain();
    here.socket.comeIn(get + get);
    assert.equal(here.exchanges.length, 2);
    here.answer(1);
    assert.equal(here.exchanges.length, 3);
  });

  test('is waited for as long as it takes a little of it, and then it is reset', () => {
    const here = new World();
    here.socket.comeIn(get);
    here.socket.isFull = true;
    here.answer(0);
    here.socket.unsent -= 1;
    here.pass(send);
    assert.equal(here.socket.ending, undefined);
    here.pass(send);
    assert.equal(here.socket.ending, 'reset');
    assert.equal(here.open, 0);
    assert.equal(here.wheel.size, 0);
  });

  test('behind which its connection is to be closed is waited for, and stays in the count until then', () => {
    const here = new World();
    here.socket.comeIn(closing);
    here.socket.isFull = true;
    here.answer(0);
    assert.equal(here.open, 1);
    assert.equal(here.socket.ending, undefined);
    here.socket.drain();
    assert.equal(here.socket.ending, 'destroyed');
    assert.equal(here.open, 0);
    assert.equal(here.wheel.size, 0);
  });

  test('behind which its connection is to be closed is reset when it takes nothing in time', () => {
    const here = new World();
    here.socket.comeIn(closing);
    here.socket.isFull = true;
    here.answer(0);
    here.pass(send);
    here.pass(send);
    assert.equal(here.socket.ending, 'reset');
    assert.equal(here.open, 0);
    assert.equal(here.wheel.size, 0);
  });

  test('keeps a drain waiting', () => {
    const here = new World();
    let isEmpty = false;
    here.context.onEmpty = () => {
      isEmpty = true;
    };
    here.socket.comeIn(closing);
    here.socket.isFull = true;
    here.answer(0);
    here.context.isDraining = true;
    for (const connection of here.context.connections) connection.drain();
    here.pass(10_000);
    assert.equal(isEmpty, false);
    here.socket.drain();
    assert.equal(isEmpty, true);
  });
});

test('a client is read again once the endpoint has taken the last of its body, so that its leaving shows', () => {
  const here = new World();
  here.socket.comeIn('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\n');
  here.socket.comeIn('hello');
  assert.ok(here.socket.isPaused);
  here.exchanges[0]?.resumeRequest();
  assert.equal(here.socket.isPaused, false);
});

test('a client that ends sending while the last of its answer is on its way still gets all of it', () => {
  const here = new World();
  here.socket.comeIn(get);
  here.socket.isFull = true;
  here.exchanges[0]?.refuse({ kind: 'no-route' });
  here.outbox.flush();
  here.socket.wire.socketEnded();
  here.socket.drain();
  assert.match(here.socket.written, /^HTTP\/1\.1 404 .*\}\n$/s);
  assert.equal(here.open, 0);
});
