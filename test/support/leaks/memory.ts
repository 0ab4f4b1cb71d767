// How much memory this process uses, for tests that say it stays flat.

/** Bytes of the process in all, and of the buffers in it, at the moment. */
const used = (): { readonly resident: number; readonly buffers: number } => {
  const { rss, arrayBuffers } = process.memoryUsage();
  return { resident: rss, buffers: arrayBuffers };
};

/** Watches from its making until it is asked. Sampled, since a peak between two samples is of no promise. */
export class MemoryWatch implements Disposable {
  readonly #begin = used();
  readonly #sampling: NodeJS.Timeout;
  #resident = 0;
  #buffers = 0;

  constructor() {
    this.#sampling = setInterval(() => this.#sample(), 20);
  }

  #sample(): void {
    const { resident, buffers } = used();
    this.#resident = Math.max(this.#resident, resident - this.#begin.resident);
    this.#buffers = Math.max(this.#buffers, buffers - this.#begin.buffers);
  }

  /** The most by which each was above its beginning, in MiB. */
  get growth(): { readonly resident: number; readonly buffers: number } {
    this.#sample();
    return { resident: this.#resident / 2 ** 20, buffers: this.#buffers / 2 ** 20 };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#sampling);
  }
}
