// Node's stream handle, the object under a net.Socket, as far as it is used here. Not a documented interface: every use of it stands in
// this folder, each with a documented way back, chosen once at start (`abilities`).
import type { Socket } from 'node:net';
import type { WriteOutcome } from './byte-socket.ts';
import { broken, pending, taken } from './byte-socket.ts';

/** A write that the kernel did not take at once. */
interface PendingWrite {
  oncomplete: (status: number) => void;
  /** Keeps what is being written from being collected. */
  buffer: unknown;
}

export interface NativeStream {
  /** Called for every read; gives the buffer for the next one, or nothing to keep the one it has. */
  onread: (this: NativeStream) => Buffer | undefined;
  /** All bytes ever read. */
  readonly bytesRead: number;
  /** Bytes that the kernel has not taken yet. */
  readonly writeQueueSize: number;
  useUserBuffer(buffer: Uint8Array): void;
  readStart(): number;
  readStop(): number;
  /** 0 when all was written, below 0 for an error, a pending write otherwise. */
  writeLatin1String(request: null, text: string): number | PendingWrite;
  writeBuffer(request: null, bytes: Uint8Array): number | PendingWrite;
  getpeername?(address: { address?: string }): number;
  setNoDelay?(enable: boolean): number;
  reset?(done: () => void): number;
  close(): void;
}

export interface Abilities {
  /** The handle takes writes without a request object of the caller's, and says at once whether all was taken. */
  readonly writesDirectly: boolean;
  /** Connections are served on their handles, without a net.Socket each. */
  readonly servesHandles: boolean;
}

export const documentedOnly: Abilities = { writesDirectly: false, servesHandles: false };

/** What the Node.js that runs this can do. `EVENKEEL_DOCUMENTED_IO=1` keeps to what Node documents, should a version change the rest. */
export function findAbilities(version: string = process.versions.node, environment: NodeJS.ProcessEnv = process.env): Abilities {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  // Older versions end the process when a write comes without a request object, so the version is asked rather than the method tried.
  const isKnown = major === 26 && minor >= 10;
  if (!isKnown || environment['EVENKEEL_DOCUMENTED_IO'] === '1') return documentedOnly;
  return { writesDirectly: true, servesHandles: true };
}

/** The handle of an open socket, undefined when it has none (any more). */
export const nativeStream = (socket: Socket): NativeStream | undefined =>
  // `_handle` is a property of every net.Socket that the types leave out.
  (socket as Socket & { _handle: NativeStream | null })._handle ?? undefined;

/** Who is told when a pending write is done. */
interface WriteWatcher {
  /** `status` is below 0 for an error. */
  socketDrained(status: number): void;
}

/** Writes past the stream machinery of a net.Socket, which would queue, cork and call back for what the kernel nearly always takes at once. */
export function writeDirectly(handle: NativeStream, piece: string | Buffer, watcher: WriteWatcher): WriteOutcome {
  const outcome = typeof piece === 'string' ? handle.writeLatin1String(null, piece) : handle.writeBuffer(null, piece);
  if (outcome === 0) return taken;
  if (typeof outcome === 'number') return broken;
  outcome.buffer = piece;
  outcome.oncomplete = (status) => watcher.socketDrained(status);
  return pending;
}
