// The inside of a thread that runs one document and ends: see module-source.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { thrownText } from '../../foundation/basics/thrown.ts';
import type { Path } from './issue.ts';
import { loadDefault } from './load-module.ts';
import type { ModuleAnswer } from './module-source.ts';

const tell = (answer: ModuleAnswer): void => parentPort?.postMessage(answer);

const loaded = await loadDefault(String(workerData));
try {
  tell(loaded.ok ? withoutFunctions(loaded.value) : { reason: thrownText(loaded.fault) });
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
