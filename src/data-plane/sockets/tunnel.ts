// Two connections joined: what comes in on one goes out on the other, at the pace of the slower, until both sides are done.
// A side that ends sending ends only its own direction: half-closed tunnels are legal and used.

import { WheelTimer } from '../../foundation/algorithms/timing-wheel.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import type { SocketTools } from './socket-tools.ts';
import type { Wire, WireOwner } from './wire.ts';

export interface TunnelParts {
  readonly client: Wire;
  readonly endpoint: Wire;
  readonly tools: SocketTools;
  /** How long both directions may be silent. */
  readonly idle: Milliseconds;
  /** Told once, when the tunnel is closed. */
  readonly done: () => void;
}

export class Tunnel {
  readonly #parts: TunnelParts;
  readonly #timer = new WheelTimer(this);
  #ended = 0;
  #isOver = false;

  /** Takes both connections over. What they read before is to be sent by the caller. */
  constructor(parts: TunnelParts) {
    this.#parts = parts;
    parts.client.owner = new TunnelSide(this, parts.endpoint, parts.tools);
    parts.endpoint.owner = new TunnelSide(this, parts.client, parts.tools);
    this.touch();
    letFlow(parts.client, parts.endpoint);
    letFlow(parts.endpoint, parts.client);
  }

  /** A byte has passed. */
  touch(): void {
    this.#parts.tools.wheel.schedule(this.#timer, this.#parts.idle);
  }

  /** One side has sent all that it will send. */
  sideEnded(other: Wire): void {
    this.#ended++;
    other.endSending();
    this.closeWhenDone();
  }

  /** One side is gone: the other is still sent what came from it. */
  sideGone(other: Wire): void {
    other.finish();
    if (other.isGone) this.close();
  }

  /** Closes when nothing more will come and all that came was sent. */
  closeWhenDone(): void {
    const { client, endpoint } = this.#parts;
    if (this.#ended === 2 && !client.isBlocked && !endpoint.isBlocked) this.close();
  }

  onTimeout(): void {
    this.close();
  }

  /** Ends both connections, whether all that came was sent or not. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.tools.wheel.cancel(this.#timer);
    for (const wire of [this.#parts.client, this.#parts.endpoint]) {
      wire.finish();
      wire.destroy();
    }
    this.#parts.done();
  }
}

class TunnelSide implements WireOwner {
  readonly #tunnel: Tunnel;
  readonly #to: Wire;
  readonly #tools: SocketTools;

  constructor(tunnel: Tunnel, to: Wire, tools: SocketTools) {
    this.#tunnel = tunnel;
    this.#to = to;
    this.#tools = tools;
  }

  onBytes(bytes: Buffer, end: number): void {
    this.#tunnel.touch();
    this.#to.sendBytes(bytes, 0, end, bytes !== this.#tools.buffers.shared);
  }

  onEnd(): void {
    this.#tunnel.sideEnded(this.#to);
  }

  /** What this side is sent piles up: the other is not read meanwhile. */
  onBlocked(): void {
    this.#to.pause();
  }

  onDrained(): void {
    this.#to.resume();
    this.#tunnel.closeWhenDone();
  }

  onGone(): void {
    this.#tunnel.sideGone(this.#to);
  }
}

/** Reads from one side, unless the other has not yet taken what it was sent before the tunnel. */
function letFlow(from: Wire, to: Wire): void {
  if (to.isBlocked) from.pause();
  else from.resume();
}
