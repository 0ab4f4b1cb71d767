// Judges the endpoints of one pool by what their traffic shows: failures in a row as soon as they are seen, rates once in each interval.
// Whoever does much worse than its peers is ejected for a time, longer each time, and never so many that the rest would have to carry it all.

import type { Scoreboard } from '../../domain/endpoints/scoreboard.ts';
import { endpointControl, endpointCounter, endpointState } from '../../domain/endpoints/scoreboard.ts';
import type { Ejection, EjectionCap, PoolStanding } from '../../domain/health/ejection.ts';
import { mayEject } from '../../domain/health/ejection.ts';
import type { IntervalFigures } from '../../domain/health/outlier-detection.ts';
import { judge } from '../../domain/health/outlier-detection.ts';
import type { DetectionSettings } from '../../domain/health/outlier-settings.ts';
import type { StreakReason } from '../../domain/health/streaks.ts';
import { clearStreaks, takeStreakReason } from '../../domain/health/streaks.ts';
import type { Random } from '../../foundation/basics/random.ts';
import type { EndpointHealth } from './endpoint-health.ts';

export interface JudgedEndpoint {
  readonly id: string;
  readonly slot: number;
  readonly health: EndpointHealth;
}

export interface PoolJudgeParts {
  readonly settings: DetectionSettings;
  readonly endpoints: readonly JudgedEndpoint[];
  readonly board: Scoreboard;
  readonly random: Random;
  /** Its health may have changed. */
  readonly onChange: (endpoint: JudgedEndpoint) => void;
  /** An endpoint was not ejected for this reason, and why it was not. */
  readonly onSpared: (endpoint: JudgedEndpoint, reason: string, why: string) => void;
}

const streakTexts: { readonly [Reason in StreakReason]: (limit: number) => string } = {
  'consecutive-5xx': (limit) => `${limit} answers of status 500 or more in a row`,
  'consecutive-gateway': (limit) => `${limit} answers of status 502, 503 or 504 in a row`,
  'consecutive-local': (limit) => `${limit} tries in a row without a whole answer`,
};

interface Tally {
  readonly succeeded: number;
  readonly failed: number;
}

export class PoolJudge {
  readonly #parts: PoolJudgeParts;
  #intervalEnds: number;
  readonly #before = new Map<number, Tally>();
  readonly #byId: ReadonlyMap<string, JudgedEndpoint>;
  /** Counted when it is first asked for in a tick, and kept up: a pool of thousands may fail all at once. */
  #standing: { -readonly [Count in keyof PoolStanding]: PoolStanding[Count] } | undefined;

  constructor(parts: PoolJudgeParts, now: number) {
    this.#parts = parts;
    this.#intervalEnds = now + parts.settings.interval;
    for (const { slot } of parts.endpoints) this.#before.set(slot, tallyOf(parts.board, slot));
    this.#byId = new Map(parts.endpoints.map((endpoint) => [endpoint.id, endpoint]));
  }

  /** To be called about ten times a second. */
  tick(now: number): void {
    const { settings, endpoints, board } = this.#parts;
    this.#standing = undefined;
    for (const endpoint of endpoints) {
      const { health, slot } = endpoint;
      if (health.ejection.isOver(now)) this.#end(endpoint, 'the time of its ejection is over', now);
      // While it is set aside, what its last requests come to says nothing new.
      if (health.ejection.isEjected) continue;
      const reason = takeStreakReason(board.slots, board.streaksAt(slot), settings.consecutive);
      if (reason !== undefined)
        this.#eject(endpoint, { text: streakTexts[reason](this.#limitOf(reason)), isLocal: reason === 'consecutive-local' }, now);
    }
    if (now < this.#intervalEnds) return;
    this.#intervalEnds = now + settings.interval;
    this.#judgeRates(now);
  }

  /**
   * A probe passed: whoever could not be reached, and is again, need not wait for the end of its time. One that answers with errors has to,
   * and one that was back a moment ago as well, for part of it.
   */
  passed(endpoint: JudgedEndpoint, now: number): void {
    const { health } = endpoint;
    if (!this.#parts.settings.endOnPass || !health.endsOnPass || health.ejection.isHeld(now)) return;
    this.#end(endpoint, 'a probe passed', now);
  }

  /** It begins anew: what its last requests came to while it was set aside was not new. */
  #end(endpoint: JudgedEndpoint, reason: string, now: number): void {
    const { board, onChange } = this.#parts;
    this.#standing = undefined;
    endpoint.health.endEjection(reason, now);
    clearStreaks(board.slots, board.streaksAt(endpoint.slot));
    onChange(endpoint);
  }

  #judgeRates(now: number): void {
    const { settings, endpoints, board } = this.#parts;
    const figures = endpoints.flatMap(({ id, slot, health }): readonly IntervalFigures[] => {
      const present = tallyOf(board, slot);
      const before = this.#before.get(slot) ?? present;
      this.#before.set(slot, present);
      const succeeded = present.succeeded - before.succeeded;
      const total = succeeded + present.failed - before.failed;
      return health.ejection.isEjected ? [] : [{ endpoint: id, succeeded, total }];
    });
    for (const { endpoint: id, reason, rate, limit } of judge(figures, settings.rates)) {
      const endpoint = this.#byId.get(id);
      const text =
        reason === 'success-rate'
          ? `at least ${limit.toFixed(1)} % was wanted beside its peers`
          : `more than ${limit.toFixed(1)} % was wanted`;
      if (endpoint !== undefined)
        this.#eject(endpoint, { text: `${rate.toFixed(1)} % of its tries succeeded, ${text}`, isLocal: false }, now);
    }
    // Last, for whoever was just found to be an outlier again did not get through this interval.
    for (const { health } of endpoints) health.ejection.forgive(now, settings.interval);
  }

  #eject(endpoint: JudgedEndpoint, cause: { readonly text: string; readonly isLocal: boolean }, now: number): void {
    const { settings, random, board, onChange, onSpared } = this.#parts;
    this.#standing ??= this.#countStanding();
    const standing = this.#standing;
    if (!mayEject(standing, settings.cap)) return onSpared(endpoint, cause.text, whySpared(standing, settings.cap));
    standing.ejected++;
    if (isTaking(endpoint, board)) standing.up--;
    const begin = (ejection: Ejection): number => ejection.begin(now, settings.ejection, random);
    endpoint.health.eject(cause.text, now, { begin, mayEndOnPass: cause.isLocal });
    clearStreaks(board.slots, board.streaksAt(endpoint.slot));
    onChange(endpoint);
  }

  #countStanding(): PoolStanding {
    const { endpoints, board } = this.#parts;
    return {
      endpoints: endpoints.length,
      ejected: endpoints.filter(({ health }) => health.ejection.isEjected).length,
      up: endpoints.filter((endpoint) => isTaking(endpoint, board)).length,
    };
  }

  #limitOf(reason: StreakReason): number {
    const { consecutive } = this.#parts.settings;
    if (reason === 'consecutive-5xx') return consecutive.fivexx;
    return reason === 'consecutive-gateway' ? consecutive.gateway : consecutive.local;
  }
}

/** It is well, and whoever operates it lets new exchanges go there. */
const isTaking = ({ health, slot }: JudgedEndpoint, board: Scoreboard): boolean =>
  health.isWell && board.controls(slot)[endpointControl.state] === endpointState.up;

function whySpared({ endpoints, ejected, up }: PoolStanding, { maxEjected }: EjectionCap): string {
  if (up <= 1) return 'no other one is up';
  return `outliers.maxEjected lets ${maxEjected} % of ${endpoints} be set aside at once, and ${ejected} ${ejected === 1 ? 'is' : 'are'}`;
}

/** Over all workers. A try without a whole answer failed, and so did one whose status is 500 or more. */
function tallyOf(board: Scoreboard, slot: number): Tally {
  let succeeded = 0;
  let failed = 0;
  for (let worker = 0; worker < board.shape.workers; worker++) {
    const row = board.endpointRow(worker, slot);
    const errors = row[endpointCounter.status5xx] ?? 0;
    succeeded += (row[endpointCounter.succeeded] ?? 0) - errors;
    failed += (row[endpointCounter.failed] ?? 0) + errors;
  }
  return { succeeded, failed };
}
