// Gives back to the system what starting took: reading and checking a document leaves behind more than the program needs while it runs, and
// V8 by itself keeps the pages. Once, for 50 ms of the main thread; workers go on meanwhile.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export function settleHeap(): void {
  setFlagsFromString('--expose-gc');
  // A context that is made from now on has it; ours, and whatever runs in it, never sees it.
  const collect = runInNewContext('gc') as NodeJS.GCFunction;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
