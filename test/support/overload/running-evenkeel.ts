// Evenkeel as a process with a document of a test's own: the ports of its listeners by name, and how much memory it has.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { freshFolder } from '../chaos/fresh-folder.ts';
import { EvenkeelProcess } from '../evenkeel-process.ts';

export class RunningEvenkeel implements AsyncDisposable {
  readonly #process: EvenkeelProcess;
  readonly #stack: AsyncDisposableStack;

  private constructor(process: EvenkeelProcess, stack: AsyncDisposableStack) {
    this.#process = process;
    this.#stack = stack;
  }

  static async start(document: string): Promise<RunningEvenkeel> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await freshFolder());
    await writeFile(`${folder.path}/evenkeel.yaml`, document);
    const process = stack.use(new EvenkeelProcess(['run'], folder.path));
    return new RunningEvenkeel(process, stack.move());
  }

  /** Resolves when the listener of this name listens. */
  async port(listener: string): Promise<number> {
    return Number(await this.#process.line(new RegExp(`: ${listener} listening on http://127\\.0\\.0\\.1:(\\d+)`)));
  }

  /** Its resident memory, in MiB. */
  async memory(): Promise<number> {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(this.#process.pid)]);
    return Number(stdout) / 1024;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
