// How much memory a small operation takes, once it is warm.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

// Code is compiled for speed when it is due, not when another thread has found the time: until then any number with decimals is an object.
setFlagsFromString('--no-concurrent-recompilation');

// So few calls that garbage is seldom collected meanwhile, and so many batches that those in which it was are the fewer.
const callsOfBatch = 2000;
const batchesOfGroup = 15;

/**
 * Bytes that a call allocates: of the first group of batches that stays below one, or the fewest of any group. It takes a few until all is
 * compiled for speed, but what allocates by each call does so in every group. The heap in use tells each byte, where `total_allocated_bytes`
 * counts whole areas at some later time.
 */
export function allocatedBytes(run: (times: number) => unknown, mostGroups = 60): number {
  let fewest = Number.POSITIVE_INFINITY;
  for (let group = 0; group < mostGroups && fewest >= 1; group++) {
    const grown = middleGrowth(() => run(callsOfBatch)) - middleGrowth(() => undefined);
    fewest = Math.min(fewest, Math.max(0, grown / callsOfBatch));
  }
  return fewest;
}

/** Bytes by which the heap grows, of the batch in the middle: some are in which garbage was collected or code compiled. */
function middleGrowth(work: () => unknown): number {
  const growths = new Float64Array(batchesOfGroup);
  for (let batch = 0; batch < batchesOfGroup; batch++) {
    const before = getHeapStatistics().used_heap_size;
    work();
    growths[batch] = getHeapStatistics().used_heap_size - before;
  }
  return growths.sort()[batchesOfGroup >> 1] ?? 0;
}
