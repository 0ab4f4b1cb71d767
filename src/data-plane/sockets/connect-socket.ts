// Opens the connection under a wire. Node's socket opens it; once it is open, its bare handle serves it where that is possible.
import type { NetConnectOpts } from 'node:net';
import { connect } from 'node:net';
import type { EndpointAddress } from '../../domain/endpoints/endpoint.ts';
import { HandleSocket } from './handle-socket.ts';
import type { Abilities, NativeStream } from './native-stream.ts';
import type { WiredSocket } from './node-socket.ts';
import { halfOpen, NodeSocket, readsInto } from './node-socket.ts';
import type { Wire } from './wire.ts';

/** The wire is told when the connection is open, or that it could not be made. */
export function connectedSocket(wire: Wire, address: EndpointAddress, abilities: Abilities): NodeSocket {
  const target: NetConnectOpts = address.kind === 'tcp' ? { host: address.host, port: address.port } : { path: address.path };
  const socket = connect({ ...target, ...halfOpen, onread: readsInto(wire) });
  socket.once('connect', abilities.servesHandles ? goOnByHandle : tellConnect);
  return new NodeSocket(wire, socket, abilities.writesDirectly);
}

function tellConnect(this: WiredSocket): void {
  this.wire.socketConnected();
}

/** Takes the handle out of the socket, which is left without anything to read, write or close. */
function goOnByHandle(this: WiredSocket): void {
  const owner = this as WiredSocket & { _handle: NativeStream | null }; // A property of every net.Socket that the types leave out.
  const handle = owner._handle;
  if (handle !== null) {
    owner._handle = null;
    this.wire.continueOn(new HandleSocket(this.wire, handle));
  }
  this.wire.socketConnected();
}
