// Documents in TypeScript or JavaScript: the default export of `evenkeel.config.ts` is the document.
import { pathToFileURL } from 'node:url';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import type { Issue, Source } from './issue.ts';
import { fileIssue } from './issue.ts';

/** Runs the file. Its issues are told by path alone: what the program computed has no line. */
export async function readModule(file: string, path: string): Promise<Result<Source, readonly Issue[]>> {
  try {
    const module: unknown = await import(pathToFileURL(path).href);
    const value = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
    if (value === undefined) return fault([fileIssue(file, 'expected a default export: export default defineConfig({ … })')]);
    return success({ file, value, place: () => undefined });
  } catch (error) {
    // Whatever the file throws, an import that is not there and a mistake in its syntax included.
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return fault([fileIssue(file, `the file cannot be run: ${reason}`)]);
  }
}
