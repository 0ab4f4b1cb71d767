// Hot path. What has come of a request's body, kept so that another try can send it again, up to a limit. Beyond it nothing is kept.
export class KeptBody {
  readonly #limit: number;
  #pieces: Buffer[] = [];
  #size = 0;
  #isWhole = true;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Everything that has come so far is here: it can be sent again. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Bytes are lent for the time of the call. */
  add(bytes: Buffer, start: number, end: number): void {
    if (!this.#isWhole) return;
    this.#size += end - start;
    if (this.#size > this.#limit) return this.forget();
    this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
  }

  /** It is not going to be sent again. */
  forget(): void {
    this.#isWhole = false;
    this.#pieces = [];
  }

  send(write: (bytes: Buffer) => void): void {
    for (const piece of this.#pieces) write(piece);
  }
}
