// How full the memory of a worker is. Takes some ten microseconds: to be asked now and then.
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

/** The larger of two shares: of this thread's heap, and of what the machine or its group lets the whole process have. */
export function memoryInUse(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  const allowed = process.constrainedMemory();
  // Without a limit it is nothing, or more than there is.
  const most = allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
  return Math.max(used / limit, process.memoryUsage.rss() / most);
}
