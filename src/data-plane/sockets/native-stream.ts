// Node's stream handle, the object under a net.Socket, as far as it is used here. Not a documented interface: every use of it stands in
// this folder, each with a documented way back, chosen once at start (`abilities`).
import type { Socket } from 'node:net';

/** A write that the kernel did not take at once. */
export interface PendingWrite {
  oncomplete: (status: number) => void;
  /** Keeps what is being written from being collected. */
  buffer: unknown;
}

export interface NativeStream {
  /** 0 when all was written, below 0 for an error, a pending write otherwise. */
  writeLatin1String(request: null, text: string): number | PendingWrite;
  writeBuffer(request: null, bytes: Uint8Array): number | PendingWrite;
  /** Bytes that the kernel has not taken yet. */
  readonly writeQueueSize: number;
}

export interface Abilities {
  /** The handle takes writes without a request object of the caller's, and says at once whether all was taken. */
  readonly writesDirectly: boolean;
  /** The server's handle hands over accepted handles, so that no socket is made only to be thrown away. */
  readonly acceptsHandles: boolean;
}

export const documentedOnly: Abilities = { writesDirectly: false, acceptsHandles: false };

/** What the Node.js that runs this can do. `EVENKEEL_DOCUMENTED_IO=1` keeps to what Node documents, should a version change the rest. */
export function findAbilities(version: string = process.versions.node, environment: NodeJS.ProcessEnv = process.env): Abilities {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  // Older versions end the process when a write comes without a request object, so the version is asked rather than the method tried.
  const isKnown = major === 26 && minor >= 10;
  if (!isKnown || environment['EVENKEEL_DOCUMENTED_IO'] === '1') return documentedOnly;
  return { writesDirectly: true, acceptsHandles: true };
}

/** The handle of an open socket, undefined when it has none (any more). */
export const nativeStream = (socket: Socket): NativeStream | undefined =>
  // `_handle` is a property of every net.Socket that the types leave out.
  (socket as Socket & { _handle: NativeStream | null })._handle ?? undefined;
