// Documents in TypeScript or JavaScript: the default export of `evenkeel.config.ts` is the document.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import { thrownText } from '../../foundation/basics/thrown.ts';
import type { Issue, Path, Source } from './issue.ts';
import { fileIssue, valueAt } from './issue.ts';
import { noteReadFile } from './reading/files-read.ts';

/** What the thread found. */
export type ModuleAnswer =
  /** With null in the place of functions, and where they stood. */
  ({ readonly value: unknown; readonly functions: readonly Path[] } | { readonly reason: string }) & {
    /** The user's files that were run, as far as it came, each with what it was then. */
    readonly files?: ReadonlyMap<string, string | undefined>;
  };

/**
 * Runs the file, and what it imports, in a thread of its own: anew each time, with nothing left over from the time before, and whatever it does
 * while it runs does not disturb those who serve. Its issues are told by path alone: what the program computed has no line.
 */
export async function readModule(file: string, path: string): Promise<Result<Source, readonly Issue[]>> {
  const answer = await runInThread(path);
  for (const [imported, identity] of answer.files ?? []) noteReadFile(imported, identity);
  if ('reason' in answer) return fault([fileIssue(file, `the file cannot be run: ${answer.reason}`)]);
  const value = answer.functions.reduce(withFunction, answer.value);
  if (value === undefined) return fault([fileIssue(file, 'expected a default export: export default defineConfig({ … })')]);
  return success({ file, value, place: () => undefined });
}

async function runInThread(path: string): Promise<ModuleAnswer> {
  const thread = new Worker(new URL('./module-thread.ts', import.meta.url), { workerData: path });
  const ended = Promise.withResolvers<ModuleAnswer>();
  thread.once('exit', () => ended.resolve({ reason: 'it ended the program' }));
  try {
    // Rejects with what nobody caught.
    return await Promise.race([once(thread, 'message').then(([answer]) => answer as ModuleAnswer), ended.promise]);
  } catch (error) {
    return { reason: thrownText(error) };
  } finally {
    await thread.terminate();
  }
}

/** So that the check finds one where one stood. */
function withFunction(value: unknown, path: Path): unknown {
  const last = path.at(-1);
  if (last === undefined) return noFunction;
  Object.assign(valueAt(value, path.slice(0, -1)) as object, { [last]: noFunction });
  return value;
}

const noFunction = (): void => {};
