// Makes the sockets that wires read from: for accepted connections and for connections to endpoints.
// Both read into a buffer that the wire names (`onread`), which saves a buffer and a stream event for every read.
import type { NetConnectOpts, OnReadOpts, SocketConstructorOpts } from 'node:net';
import { connect, Socket } from 'node:net';
import type { EndpointAddress } from '../../domain/endpoints/endpoint.ts';
import type { Wire } from './wire.ts';

/** Both sides may finish at different times: a half-closed connection is closed by who owns it, never by Node. */
const common = { allowHalfOpen: true } as const;

/** Asks the wire for a buffer after every read, since a long body moves it to one of its own. */
function readsInto(wire: Wire): OnReadOpts {
  return {
    buffer: () => wire.readBuffer,
    // The bytes are always in a Buffer, since that is what `readBuffer` gives.
    callback: (length, bytes) => wire.take(bytes as Buffer, length),
  };
}

/** Wraps the handle of an accepted connection in a socket that reads into the wire's buffer. */
export function acceptedSocket(wire: Wire, handle: unknown): Socket {
  // `handle` and `onread` are options that the types leave out of this constructor.
  const options = { handle, onread: readsInto(wire), ...common } as SocketConstructorOpts;
  return new Socket(options);
}

/** The documented way: the socket that Node made, with its `data` events. */
export function acceptedByEvents(wire: Wire, socket: Socket): Socket {
  socket.on('data', (bytes: Buffer) => {
    if (!wire.take(bytes, bytes.length)) socket.pause();
  });
  return socket;
}

export function connectedSocket(wire: Wire, address: EndpointAddress): Socket {
  const target: NetConnectOpts = address.kind === 'tcp' ? { host: address.host, port: address.port } : { path: address.path };
  return connect({ ...target, ...common, onread: readsInto(wire) });
}
