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

/** Bytes of a chunk's size line. Hardly anybody uses extensions; endless ones are an attack. */
export const longestChunkLine = 256;

/** Bytes by which the extensions of a body may exceed the body itself: many small ones are as much of an attack as a long one. */
export const mostExtensionBytes = 16_384;
