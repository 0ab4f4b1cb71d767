// How much a peer may send in a head.

export interface HeadLimits {
  /** Bytes of a whole head, start line and final empty line included. Also the limit for trailers. */
  readonly head: number;
  /** Header fields in a head. */
  readonly fields: number;
}

export interface RequestLimits extends HeadLimits {
  /** Bytes of the request target. */
  readonly target: number;
}

/** Bytes of chunk extensions on one size line. Nobody uses them; endless ones are an attack. */
export const longestChunkLine = 256;
