// From settings to a picker. Worker threads load this file and what it imports, so no description of settings is among that: zod alone
// would take eleven megabytes in each.

import type { Options } from './options.ts';
import * as policies from './policies.ts';
import type { Candidates, Picker, Policy, PolicyTools } from './policy.ts';
import type { PolicySettings } from './policy-settings.ts';

/** Any policy, its options unknown to the compiler. */
export type AnyPolicy = Policy<string, Options>;

/** Policies of users, by the path that settings name them with. */
export type OwnPolicies = ReadonlyMap<string, AnyPolicy>;

const builtIn: ReadonlyMap<string, AnyPolicy> = new Map(
  // Settings and policies are paired by name, which the compiler does not follow.
  Object.values(policies).map((policy) => [policy.name, policy as unknown as AnyPolicy]),
);

/** The policy that settings name. Throws for a name that is neither built in nor among the user's own. */
export function policyOf(settings: { readonly policy: string }, own?: OwnPolicies): AnyPolicy {
  const policy = builtIn.get(settings.policy) ?? own?.get(settings.policy);
  if (policy === undefined) throw new Error(`Settings name a policy that is not in the list: ${settings.policy}`);
  return policy;
}

/** Settings at work on one set of candidates. */
export function buildPicker(settings: PolicySettings, candidates: Candidates, tools: PolicyTools, own?: OwnPolicies): Picker {
  // The policy was found by the name in the settings, so they are its own.
  return policyOf(settings, own).build(candidates, settings as never, tools);
}
