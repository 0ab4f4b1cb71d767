// Hot path. The buffers of one worker: one that all quiet connections read into, and a stock that busy ones borrow from.
// A quiet connection costs no buffer at all, and a busy one makes no garbage.

/** Large enough that a head or a small message comes in one read, small enough to stay in the processor's cache. */
const sharedSize = 64 * 1024;
/** What a connection with a long body reads at once: large reads save system calls. */
const lentSize = 128 * 1024;
/** Returned buffers beyond this are left to the garbage collector: 16 MiB. */
const mostKept = 128;

export class Buffers {
  /** What it holds is valid for the time of one callback. */
  readonly shared: Buffer = Buffer.allocUnsafeSlow(sharedSize);
  readonly #kept: Buffer[] = [];

  get lentSize(): number {
    return lentSize;
  }

  borrow(): Buffer {
    return this.#kept.pop() ?? Buffer.allocUnsafeSlow(lentSize);
  }

  giveBack(buffer: Buffer): void {
    if (this.#kept.length < mostKept) this.#kept.push(buffer);
  }
}
