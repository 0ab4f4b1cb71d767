// What workers keep together beside health: breakers, and nginx's count of failures. Read from the words that they share.
import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { ConsecutiveFailures } from '../../domain/health/consecutive-failures.ts';
import { breakerState, breakerStateIn } from '../../domain/resilience/circuit-breaker.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';

/** `open` is written until somebody asks after its time is over. */
export const breakerNames = ['closed', 'open', 'half-open'] as const;
export type BreakerName = (typeof breakerNames)[number];

export interface FailTimeoutFigures {
  /** Since failures were forgotten the last time. */
  readonly fails: number;
  readonly isAvailable: boolean;
}

export function breakerIn(words: Int32Array): BreakerName {
  const state = breakerStateIn(words);
  if (state === breakerState.closed) return 'closed';
  return state === breakerState.open ? 'open' : 'half-open';
}

/** As the gate of the workers counts: in tenths of a second. undefined where endpoints are judged otherwise, or not. */
export function failTimeoutOf(pool: PoolSettings, board: Scoreboard, slot: number, now: number): FailTimeoutFigures | undefined {
  const { outliers, endpoints } = pool;
  if (outliers.kind !== 'nginx') return undefined;
  const rules = { maxFails: outliers.maxFails, failTimeout: Math.ceil(outliers.failTimeout / 100), isOnly: endpoints.length === 1 };
  const failures = new ConsecutiveFailures(board.slots, board.failuresAt(slot), rules);
  return { fails: failures.fails, isAvailable: failures.isAvailable(Math.floor(now / 100)) };
}
