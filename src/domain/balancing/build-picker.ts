// From settings to a picker. Worker threads load this file and what it imports, so no description of settings is among that: zod alone
// would take eleven megabytes in each.

import { BoundedLoad } from './bounded-load.ts';
import { WithFallback } from './keyed/with-fallback.ts';
import type { Fallback } from './keyed-options.ts';
import { fallbacks } from './keyed-options.ts';
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

/** Settings at work on one set of candidates. A keyed policy's picker is given a limit for each endpoint, and something for requests without a key. */
export function buildPicker(settings: PolicySettings, candidates: Candidates, tools: PolicyTools, own?: OwnPolicies): Picker {
  const policy = policyOf(settings, own);
  // The policy was found by the name in the settings, so they are its own.
  const picker = policy.build(candidates, settings as never, tools);
  if (policy.keyedOn === undefined) return picker;
  const { fallback = 'round-robin', boundedLoad = 0 } = settings as KeyedSettings;
  const bounded = boundedLoad > 0 ? new BoundedLoad(picker, candidates, boundedLoad) : picker;
  return new WithFallback(bounded, candidates, isFallback(fallback) ? fallback : 'round-robin', tools);
}

/** What keyed policies have in common. One of the user's own may have none of it, or something else by that name. */
interface KeyedSettings {
  readonly fallback?: string;
  readonly boundedLoad?: number;
}

const isFallback = (word: string): word is Fallback => (fallbacks as readonly string[]).includes(word);
