// The limit that a pool's settings ask for.
import type { ConcurrencyRules } from '../rules.ts';
import { AimdLimit } from './aimd.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { Gradient2Limit } from './gradient2.ts';

/** What Netflix's AIMDLimit has. */
const backoff = 0.9;

export function newLimit(rules: ConcurrencyRules): ConcurrencyLimit {
  return rules.adaptive === 'aimd' ? new AimdLimit({ ...rules, backoff }) : new Gradient2Limit(rules);
}
