// From settings to a picker. Worker threads load this file and what it imports, so no description of settings is among that: zod alone
// would take eleven megabytes in each.

import * as policies from './policies.ts';
import type { Candidates, Picker, PolicyTools } from './policy.ts';
import type { PolicySettings } from './policy-settings.ts';

/** Settings at work on one set of candidates. */
export function buildPicker(settings: PolicySettings, candidates: Candidates, tools: PolicyTools): Picker {
  const policy = Object.values(policies).find(({ name }) => name === settings.policy);
  if (policy === undefined) throw new Error(`Settings name a policy that is not in the list: ${settings.policy}`);
  // The policy was found by the name in the settings, so they are its own; the compiler does not pair two unions.
  return policy.build(candidates, settings as never, tools);
}
