// A log that tests can read and wait on.
import type { Log } from '../../src/control-plane/supervising/log.ts';

export class RecordedLog implements Log {
  readonly lines: string[] = [];
  readonly #waiting = new Set<{ pattern: RegExp; resolve: (line: string) => void }>();

  info(line: string): void {
    this.#record(`info ${line}`);
  }

  warn(line: string): void {
    this.#record(`warn ${line}`);
  }

  error(line: string): void {
    this.#record(`error ${line}`);
  }

  /** The lines so far that match. */
  matching(pattern: RegExp): readonly string[] {
    return this.lines.filter((line) => pattern.test(line));
  }

  /** The next line that matches, counted from this call. */
  next(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => this.#waiting.add({ pattern, resolve }));
  }

  #record(line: string): void {
    this.lines.push(line);
    for (const waiter of this.#waiting) {
      if (!waiter.pattern.test(line)) continue;
      this.#waiting.delete(waiter);
      waiter.resolve(line);
    }
  }
}
