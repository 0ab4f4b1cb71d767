// Hot path. Errors of an endpoint in a row, counted by all workers in words that they share; one that does not fail ends them.
// Envoy's consecutive errors (outlier_detection_impl.cc, putHttpResponseCode), with local failures always counted apart.
import type { Evidence } from './evidence.ts';

/** How many in a row are too many; `Infinity` for a kind that is not judged. */
export interface StreakLimits {
  /** Statuses from 500 on, 502, 503 and 504 among them. */
  readonly fivexx: number;
  readonly gateway: number;
  readonly local: number;
}

export type StreakReason = 'consecutive-5xx' | 'consecutive-gateway' | 'consecutive-local';

/** So many words, from a place on, hold the streaks of one endpoint. Zeros at the start. */
export const streakWords = 3;
const fivexxWord = 0;
const gatewayWord = 1;
const localWord = 2;

/** Counts the end of one try. Any answer ends a streak of local failures: the endpoint was reached. */
export function countStreaks(words: Int32Array, at: number, evidence: Evidence): void {
  switch (evidence) {
    case 'ok':
      clearStreaks(words, at);
      return;
    case 'fivexx':
      Atomics.add(words, at + fivexxWord, 1);
      clearWord(words, at + gatewayWord);
      clearWord(words, at + localWord);
      return;
    case 'gateway':
      Atomics.add(words, at + fivexxWord, 1);
      Atomics.add(words, at + gatewayWord, 1);
      clearWord(words, at + localWord);
      return;
    case 'local':
      Atomics.add(words, at + localWord, 1);
      return;
    case 'nothing':
  }
}

/** The first limit that is reached. Its streak begins anew with that, so that the next reason takes as many errors again. */
export function takeStreakReason(words: Int32Array, at: number, limits: StreakLimits): StreakReason | undefined {
  if (takeWord(words, at + localWord, limits.local)) return 'consecutive-local';
  if (takeWord(words, at + gatewayWord, limits.gateway)) return 'consecutive-gateway';
  if (takeWord(words, at + fivexxWord, limits.fivexx)) return 'consecutive-5xx';
  return undefined;
}

/** After an ejection, so that it takes more than the odd error to end up there again. */
export function clearStreaks(words: Int32Array, at: number): void {
  clearWord(words, at + fivexxWord);
  clearWord(words, at + gatewayWord);
  clearWord(words, at + localWord);
}

/** Endpoints that are well have zeros, which are only looked at: a write would take the cache line from all other workers. */
function clearWord(words: Int32Array, index: number): void {
  if (words[index] !== 0) Atomics.store(words, index, 0);
}

function takeWord(words: Int32Array, index: number, limit: number): boolean {
  const isReached = Atomics.load(words, index) >= limit;
  if (isReached) Atomics.store(words, index, 0);
  return isReached;
}
