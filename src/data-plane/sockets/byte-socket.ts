// What a wire wants of the socket under it. Two kinds exist: Node's own socket, which can do everything, and the bare handle of an
// open connection, which costs a fraction of it and turns into the other when something unusual happens.

/** What became of a write: the kernel took all of it, some of it is still to be taken, or the connection is broken. */
export const taken = 0;
export const pending = 1;
export const broken = 2;
export type WriteOutcome = typeof taken | typeof pending | typeof broken;

export interface ByteSocket {
  /** The address of the peer; undefined on a Unix socket, and when the connection is gone. */
  readonly peerAddress: string | undefined;
  /** Bytes that the kernel has not taken yet. */
  readonly unsent: number;

  /** Called only while no other write is pending; when this one is taken, the wire is told by `socketDrained`. */
  write(piece: string | Buffer): WriteOutcome;
  /** Whatever is written leaves without waiting for more. */
  sendAtOnce(): void;
  pause(): void;
  resume(): void;
  /** No more will be written; reading goes on. */
  endSending(): void;
  /** Closes at once. The wire is not told. */
  destroy(): void;
  /** Closes at once so that the peer sees a reset, where the kind of connection has one. */
  reset(): void;
}
