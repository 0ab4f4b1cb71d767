// Documents in TypeScript or JavaScript: the default export of `evenkeel.config.ts` is the document.
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import { thrownText } from '../../foundation/basics/thrown.ts';
import type { Issue, Source } from './issue.ts';
import { fileIssue } from './issue.ts';
import { loadDefault } from './load-module.ts';

/** Runs the file. Its issues are told by path alone: what the program computed has no line. */
export async function readModule(file: string, path: string): Promise<Result<Source, readonly Issue[]>> {
  const loaded = await loadDefault(path);
  if (!loaded.ok) return fault([fileIssue(file, `the file cannot be run: ${thrownText(loaded.fault)}`)]);
  const { value } = loaded;
  if (value === undefined) return fault([fileIssue(file, 'expected a default export: export default defineConfig({ … })')]);
  return success({ file, value, place: () => undefined });
}
