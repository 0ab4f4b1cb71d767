// How much of its weight an endpoint has after it came back: little at first, so that caches, pools and compilers warm up before the crowd.
import type { SlowStart } from '../../foundation/algorithms/slow-start.ts';
import { slowStartFactor, slowStartSixteenths } from '../../foundation/algorithms/slow-start.ts';

export interface SlowStartRules extends SlowStart {
  /** `curve` as in Envoy, by `aggression` and `least`; `steps` as in HAProxy, a straight line in sixteenths at whole seconds. */
  readonly shape: 'curve' | 'steps';
}

/** Weights move in sixteen steps: each makes new tables. */
const steps = 16;

/** In (0, 1]; 1 when it is warm. `upSince` 0 is an endpoint that was up from the start. */
export function warmth(upSince: number, now: number, rules: SlowStartRules): number {
  if (upSince === 0) return 1;
  const elapsed = now - upSince;
  if (elapsed >= rules.window) return 1;
  if (rules.shape === 'steps') return slowStartSixteenths(elapsed, rules.window) / steps;
  return Math.ceil(steps * slowStartFactor(elapsed, rules)) / steps;
}

/** Requests in flight that it takes meanwhile, of those that it takes at most. A share of 0 is an endpoint that is down. */
export function warmLimit(limit: number, share: number): number {
  return share > 0 && share < 1 && Number.isFinite(limit) ? Math.max(1, Math.ceil(limit * share)) : limit;
}
