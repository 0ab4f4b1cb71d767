// Hot path. What has come of a request's body, kept so that another try can send it again, up to a limit. Beyond it nothing is kept.
// One piece of memory that grows: a body that comes in many small pieces takes no more of it than one that comes at once.
const nothing: Buffer = Buffer.alloc(0);

export class KeptBody {
  readonly #limit: number;
  #bytes = nothing;
  #size = 0;
  #isWhole = true;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Everything that has come so far is here: it can be sent again. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Stays as it is, also when more is added. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  /** Bytes are lent for the time of the call. */
  add(bytes: Buffer, start: number, end: number): void {
    if (!this.#isWhole) return;
    const size = this.#size + end - start;
    if (size > this.#limit) return this.forget();
    if (size > this.#bytes.length) this.#grow(size);
    bytes.copy(this.#bytes, this.#size, start, end);
    this.#size = size;
  }

  /**
   * Room for exactly what comes first, which is often all; then twice as much each time, for the copying to stay in proportion. Memory of its own:
   * a small piece of what Node.js shares among buffers would keep all of that.
   */
  #grow(size: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#limit, Math.max(size, 2 * this.#bytes.length)));
    this.#bytes.copy(larger, 0, 0, this.#size);
    this.#bytes = larger;
  }

  /** It is not going to be sent again. */
  forget(): void {
    this.#isWhole = false;
    this.#bytes = nothing;
    this.#size = 0;
  }
}
