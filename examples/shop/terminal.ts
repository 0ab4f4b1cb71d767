// Shows lines in place on a terminal, and leaves the terminal as it was.

import type { WriteStream } from 'node:tty';

const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const eraseRestOfLine = '\u001b[K';
const eraseBelow = '\u001b[J';

/** A screen of its own, so that what stood there before comes back. It comes back as well when the program falls. */
export class Terminal implements Disposable {
  readonly #out: WriteStream;
  readonly #restore: () => void;

  constructor(out: WriteStream) {
    this.#out = out;
    this.#restore = () => out.write(leave);
    process.once('exit', this.#restore);
    out.write(enter);
  }

  get screen(): { readonly columns: number; readonly rows: number; readonly colour: boolean } {
    const { columns, rows } = this.#out;
    return { columns: columns || 80, rows: rows || 24, colour: this.#out.hasColors() };
  }

  show(lines: readonly string[]): void {
    // One write and no clearing beforehand, so that nothing flickers.
    this.#out.write(`${home}${lines.map((line) => `${line}${eraseRestOfLine}`).join('\r\n')}${eraseBelow}`);
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#restore);
    this.#restore();
  }
}
