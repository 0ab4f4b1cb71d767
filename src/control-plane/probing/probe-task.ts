// What the prober is given for one endpoint: whom to ask, how, and by which rules.
import type { RiseAndFallRules } from '../../domain/health/rise-and-fall.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import type { ProbeContext, ProbeResult } from './probe.ts';

export interface ProbeRules extends RiseAndFallRules {
  /** From the beginning of a probe to the beginning of the next, for an endpoint that is fully up. */
  readonly interval: Milliseconds;
  /** The same while it is neither fully up nor fully down. */
  readonly fastInterval: Milliseconds;
  /** The same while it is fully down. `interval` when absent. */
  readonly downInterval?: Milliseconds;
  /** How long one probe may take. */
  readonly timeout: Milliseconds;
  /** By which share chance makes intervals longer or shorter: 0 to 0.5. */
  readonly jitter: number;
}

export interface ProbeTask {
  /** The same endpoint of the same pool has the same key in each list, and no other one has. */
  readonly key: string;
  /** Its pool. Where places for probes are rare, groups take turns. */
  readonly group: string;
  /** The settings of the question as text. An endpoint that is asked the same as before goes on without a break. */
  readonly question: string;
  readonly rules: ProbeRules;
  /** What it means that no answer came in time: a failure of the endpoint, or nothing. */
  readonly late: 'failure' | 'silence';
  /** A fault of its own says nothing of the endpoint. */
  readonly ask: (context: ProbeContext) => Promise<ProbeResult>;
}

/** Whether what is known of the endpoint by one task holds for the other, and its schedule too. */
export function isSameTask(one: ProbeTask, other: ProbeTask): boolean {
  return one.question === other.question && ruleNames.every((name) => one.rules[name] === other.rules[name]);
}

const ruleNames = ['rise', 'fall', 'start', 'interval', 'fastInterval', 'downInterval', 'timeout', 'jitter'] as const;
