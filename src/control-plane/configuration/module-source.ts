// Documents in TypeScript or JavaScript: the default export of `evenkeel.config.ts` is the document.
import { realpath } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { moduleBeside } from '../../foundation/basics/module-beside.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import { thrownAt, thrownText } from '../../foundation/basics/thrown.ts';
import type { Issue, Path, Source } from './issue.ts';
import { fileIssue, valueAt } from './issue.ts';
import { noteReadFile } from './reading/files-read.ts';

/** What the thread found. */
export type ModuleAnswer =
  /** With null in the place of functions, and where they stood. */
  ({ readonly value: unknown; readonly functions: readonly Path[] } | { readonly reason: string; readonly at?: string | undefined }) & {
    /** The user's files that were run, as far as it came, each with what it was then. */
    readonly files?: ReadonlyMap<string, string | undefined>;
  };

/** With this Node.js ends when nothing is left that an `await` of the file could wait for. */
const neverSettled = 13;

/** In milliseconds. Whoever waits for something that does not come would hold up a start, or a reload, for ever. */
const longestRun = 30_000;

/**
 * Runs the file, and what it imports, in a thread of its own: anew each time, with nothing left over from the time before, and whatever it does
 * while it runs does not disturb those who serve. Issues of its data are told by path alone: what the program computed has no line.
 */
export async function readModule(file: string, path: string, within = longestRun): Promise<Result<Source, readonly Issue[]>> {
  const answer = await runInThread(path, within);
  for (const [imported, identity] of answer.files ?? []) noteReadFile(imported, identity);
  if ('reason' in answer) return fault([await notRun(file, path, answer)]);
  const value = answer.functions.reduce(withFunction, answer.value);
  if (value === undefined) return fault([fileIssue(file, 'expected a default export: export default defineConfig({ … })')]);
  return success({ file, value, place: () => undefined });
}

/** With the line where it came to grief, or the other file in which that is. */
async function notRun(file: string, path: string, { reason, at = '' }: { reason: string; at?: string | undefined }): Promise<Issue> {
  const [, where = '', line, column = '1'] = /^(.*?):(\d+)(?::(\d+))?$/.exec(at) ?? [];
  const message = `the file cannot be run: ${reason}`;
  if (line === undefined) return fileIssue(file, message);
  // Node.js tells the file that a link leads to.
  const isOwn = where === path || where === (await realpath(path).catch(() => path));
  return isOwn ? fileIssue(file, message, { line: Number(line), column: Number(column) }) : fileIssue(file, `${message}, in ${at}`);
}

async function runInThread(path: string, within: number): Promise<ModuleAnswer> {
  const thread = new Worker(moduleBeside('module-thread', import.meta.url), { workerData: path });
  const { promise, resolve } = Promise.withResolvers<ModuleAnswer>();
  // Each at once, and the first holds: a thread that has answered ends in the same turn of the event loop.
  thread.once('message', (answer: ModuleAnswer) => resolve(answer));
  thread.once('error', (thrown) => resolve({ reason: thrownText(thrown), at: thrownAt(thrown) }));
  thread.once('exit', (code) => resolve({ reason: code === neverSettled ? 'it waits for what never comes' : 'it ended the program' }));
  const timer = setTimeout(() => resolve({ reason: `it does not come to an end within ${within / 1000} seconds` }), within);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
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
