// Runs a file of the user's and gives its default export: documents and policies in TypeScript or JavaScript.
// In such a file `evenkeel` means the program that runs it, wherever the file lies and whether or not a package of that name is near.
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';

/** undefined without a default export. The fault is whatever was thrown, an import that is not there and a mistake in its syntax included. */
export async function loadDefault(path: string): Promise<Result<unknown, unknown>> {
  nameOurselves();
  try {
    const module: unknown = await import(pathToFileURL(path).href);
    return success(typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined);
  } catch (error) {
    return fault(error);
  }
}

const ourName = 'evenkeel';
let isNamed = false;

/** Once in each thread. */
function nameOurselves(): void {
  if (isNamed) return;
  isNamed = true;
  // Our own package says by this name where its entry is.
  const entry = import.meta.resolve(ourName);
  registerHooks({ resolve: (specifier, context, next) => next(specifier === ourName ? entry : specifier, context) });
}
