// The inside of a thread that runs one document and ends: see module-source.ts.
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { thrownAt, thrownText } from '../../foundation/basics/thrown.ts';
import type { Path } from './issue.ts';
import { loadDefault } from './load-module.ts';
import type { ModuleAnswer } from './module-source.ts';
import { identityNow } from './reading/files-read.ts';

const files = new Map<string, string | undefined>();
const own = import.meta.resolve('../../');

/** What is installed, and what we bring, does not change while it runs. */
const isUsers = (url: string): boolean => url.startsWith('file:') && !url.startsWith(own) && !url.includes('/node_modules/');

registerHooks({
  load: (url, context, next) => {
    if (isUsers(url)) files.set(fileURLToPath(url), identityNow(fileURLToPath(url)));
    return next(url, context);
  },
});

const tell = (answer: ModuleAnswer): void => parentPort?.postMessage({ ...answer, files });

const loaded = await loadDefault(String(workerData));
try {
  tell(loaded.ok ? withoutFunctions(loaded.value) : { reason: thrownText(loaded.fault), at: thrownAt(loaded.fault) });
} catch (error) {
  tell({ reason: `what it exports is not plain data: ${thrownText(error)}` });
}

/** Functions cannot leave a thread: where they stood is told. */
function withoutFunctions(value: unknown): ModuleAnswer {
  const functions: Path[] = [];
  const seen = new Map<object, object>();
  const copy = (part: unknown, path: Path): unknown => {
    if (typeof part === 'function') {
      functions.push(path);
      return null;
    }
    if (typeof part !== 'object' || part === null) return part;
    const known = seen.get(part);
    if (known !== undefined) return known;
    const isList = Array.isArray(part);
    const copied: object = isList ? [] : {};
    seen.set(part, copied);
    for (const [key, item] of Object.entries(part)) Object.assign(copied, { [key]: copy(item, [...path, isList ? Number(key) : key]) });
    return copied;
  };
  return { value: copy(value, []), functions };
}
