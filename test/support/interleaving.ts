// What several threads do to shared words, played by one: before an atomic operation of the one that is watched, others may do whatever they
// want. The order is the test's, so that a race is met each time.
import { mock } from 'node:test';

const watched = ['load', 'store', 'add', 'sub', 'compareExchange'] as const;

/**
 * Runs `work`, and `between` before each atomic operation that it makes. Operations inside `between` are watched as well, as deep as
 * `depth` says: three threads take two.
 */
export function interleaved<Value>(work: () => Value, between: () => void, depth = 1): Value {
  let deep = 0;
  const mocks = watched.map((name) => {
    const original = Atomics[name] as (...parts: unknown[]) => number;
    return mock.method(Atomics, name, (...parts: unknown[]): number => {
      if (deep < depth) {
        deep++;
        try {
          between();
        } finally {
          deep--;
        }
      }
      return original(...parts);
    });
  });
  try {
    return work();
  } finally {
    for (const each of mocks) each.mock.restore();
  }
}
