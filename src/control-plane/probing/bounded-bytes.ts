// The first bytes of something that may never end. Grows by doubling up to its bound, so that drops of single bytes cost no copies.

export class BoundedBytes {
  readonly #most: number;
  #bytes = Buffer.alloc(0);
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#length;
  }

  /** Valid until more is added. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Keeps what there is room for. False when there is none for all of it. */
  add(chunk: Uint8Array): boolean {
    const kept = Math.min(chunk.length, this.#most - this.#length);
    const length = this.#length + kept;
    if (length > this.#bytes.length) {
      const grown = Buffer.alloc(Math.min(this.#most, Math.max(1024, 2 * length)));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    this.#bytes.set(kept === chunk.length ? chunk : chunk.subarray(0, kept), this.#length);
    this.#length = length;
    return kept === chunk.length;
  }

  /** Whether the text is among the bytes from `start` on, where it was not among those from there up to `looked`. */
  has(text: Uint8Array, start: number, looked: number): boolean {
    // It may have begun in the bytes at the end of those.
    return this.bytes.indexOf(text, Math.max(start, looked - text.length + 1)) !== -1;
  }
}
