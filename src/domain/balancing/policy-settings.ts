// The description of a pool's `balance` setting, made from the list of policies.
import * as z from 'zod';
import { itemAt } from '../../foundation/basics/item-at.ts';
import * as policies from './policies.ts';
import type { Policy } from './policy.ts';

type KnownPolicy = (typeof policies)[keyof typeof policies];
// Of a policy without options zod would say that no key may hold anything, `policy` included.
type OutputOf<Options extends z.ZodRawShape> = keyof Options extends never ? unknown : z.output<z.ZodObject<Options>>;
type InputOf<Options extends z.ZodRawShape> = keyof Options extends never ? unknown : z.input<z.ZodObject<Options>>;
type SettingsOf<Known> = Known extends Policy<infer Name, infer Options> ? { readonly policy: Name } & OutputOf<Options> : never;
type WrittenAs<Known> = Known extends Policy<infer Name, infer Options> ? Name | ({ readonly policy: Name } & InputOf<Options>) : never;

/** A policy's name with all of its options: a union told apart by `policy`. Plain data. */
export type PolicySettings = SettingsOf<KnownPolicy>;
/** What a person may write: the name alone, or the name with options. */
export type WrittenPolicySettings = WrittenAs<KnownPolicy>;

/** Every policy, for documentation, the simulator and the shared tests. */
export const allPolicies: readonly KnownPolicy[] = Object.values(policies);
export const policyNames: readonly string[] = allPolicies.map(({ name }) => name);

/** A policy's name, or `{ policy: NAME, ...options }`. */
export const policySettings = describeSettings();

function describeSettings(): z.ZodType<PolicySettings, WrittenPolicySettings> {
  const members = allPolicies.map(describeOptions);
  const described = z.discriminatedUnion('policy', [itemAt(members, 0), ...members.slice(1)], { error: unknownPolicy });
  const schema = z.preprocess((written) => (typeof written === 'string' ? { policy: written } : written), described);
  // The list is turned into a schema by a loop, through which the compiler cannot follow the names; the types above say what comes out.
  return schema as unknown as z.ZodType<PolicySettings, WrittenPolicySettings>;
}

/** A policy's name and its options, and nothing else. */
export function describeOptions(policy: Policy<string, z.ZodRawShape>) {
  const options = Object.keys(policy.options);
  const allowed = options.length === 0 ? `${policy.name} has no options` : `${policy.name} has the options ${options.join(', ')}`;
  return z.strictObject(
    { ...policy.options, policy: z.literal(policy.name) },
    {
      error: (issue) => {
        if (issue.code !== 'unrecognized_keys') return undefined;
        return `unknown option ${issue.keys.map((key) => `"${key}"`).join(', ')}: ${allowed}`;
      },
    },
  );
}

function unknownPolicy(issue: { readonly code?: string | undefined; readonly input?: unknown }): string {
  const names = policyNames.join(', ');
  const written = issue.input;
  if (typeof written !== 'object' || written === null || !('policy' in written)) {
    return `expected a policy's name, or { policy: NAME } with options; the policies are ${names}`;
  }
  return `unknown policy ${JSON.stringify(written.policy)}: the policies are ${names}`;
}
