// The clock that all threads share. Each thread counts `performance.now` from its own start; all of them have the time since the machine's.

/** Milliseconds since the machine's start, of a clock that only goes forward. */
export function sharedClock(): () => number {
  const ahead = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  return () => performance.now() + ahead;
}
