// Hot path, for requests with a body. It flows once an endpoint has the head; from then on another endpoint can have it only as far as it was kept.
import type { Attempt } from './attempt.ts';
import { KeptBody } from './kept-body.ts';

export class RequestBody {
  /** All of it has come. */
  isComplete = false;
  #trailers = '';
  readonly #kept: KeptBody | undefined;

  /** Keeps at most so many bytes; 0 for a body that is never sent again. */
  constructor(most: number) {
    this.#kept = most > 0 ? new KeptBody(most) : undefined;
  }

  /** What has come of it, all or not, can be sent to another endpoint. */
  get canBeSentAgain(): boolean {
    return this.#kept?.isWhole === true;
  }

  /** Bytes are lent for the time of the call. */
  add(bytes: Buffer, start: number, end: number): void {
    this.#kept?.add(bytes, start, end);
  }

  end(trailers: string): void {
    this.isComplete = true;
    this.#trailers = trailers;
  }

  /** Sends what has come. The connection may break at that, and with it the attempt. */
  sendAgain(attempt: Attempt): void {
    const bytes = this.#kept?.bytes;
    if (bytes !== undefined && bytes.length > 0) attempt.connection?.sendBytes(bytes, 0, bytes.length, true);
    if (this.isComplete) attempt.endRequest(this.#trailers);
  }

  /** No other endpoint is going to have it. */
  forget(): void {
    this.#kept?.forget();
  }
}
