// The description of a pool's `balance` setting, made from the list of policies.
import * as z from 'zod';
import { itemAt } from '../../foundation/basics/item-at.ts';
import * as measures from '../settings/measures.ts';
import { flag, oneOf } from '../settings/written.ts';
import { keySources } from './affinity-key-settings.ts';
import type { Option, Options, OptionValues, WrittenOptionValues } from './options.ts';
import type { OwnPolicyPath, OwnPolicySettings } from './own-policy.ts';
import { isPolicyPath } from './own-policy.ts';
import * as policies from './policies.ts';
import type { Policy } from './policy.ts';

type KnownPolicy = (typeof policies)[keyof typeof policies];
type SettingsOf<Known> = Known extends Policy<infer Name, infer Of> ? { readonly policy: Name } & OptionValues<Of> : never;
type WrittenAs<Known> = Known extends Policy<infer Name, infer Of> ? Name | ({ readonly policy: Name } & WrittenOptionValues<Of>) : never;

/** A policy's name with all of its options: a union told apart by `policy`. Plain data. */
export type PolicySettings = SettingsOf<KnownPolicy> | OwnPolicySettings;
/** What a person may write: the name alone, or the name with options; a file stands for the policy in it. */
export type WrittenPolicySettings = WrittenAs<KnownPolicy> | OwnPolicyPath | OwnPolicySettings;

/** Every policy, for documentation, the simulator and the shared tests. */
export const allPolicies: readonly Policy<string, Options>[] = Object.values(policies).map(
  // Each is known by the options of its own, which the compiler does not take for any options.
  (policy) => policy as unknown as Policy<string, Options>,
);
export const policyNames: readonly string[] = allPolicies.map(({ name }) => name);

/**
 * A policy's name, or `{ policy: NAME, ...options }`. With a file in place of the name, the options are left as they were written: whoever
 * reads documents loads the file and checks them against what stands there (`describeOptions`).
 */
export const policySettings = describeSettings();

function describeSettings(): z.ZodType<PolicySettings, WrittenPolicySettings> {
  const members = allPolicies.map(describeOptions);
  const described = z.discriminatedUnion('policy', [itemAt(members, 0), ...members.slice(1)], { error: unknownPolicy });
  const schema = z
    .custom<WrittenPolicySettings>()
    .transform((input, context): unknown => {
      const settings: unknown = typeof input === 'string' ? { policy: input } : input;
      if (isOwn(settings)) return { ...settings };
      const parsed = described.safeParse(settings);
      if (parsed.success) return parsed.data;
      // As in `written`: the checks of what stands around go on.
      for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: undefined, continue: true });
      return z.NEVER;
    })
    .meta({ kind: 'policy' });
  // The list is turned into a schema by a loop, through which the compiler cannot follow the names; the types above say what comes out.
  return schema as unknown as z.ZodType<PolicySettings, WrittenPolicySettings>;
}

const isOwn = (settings: unknown): settings is OwnPolicySettings =>
  typeof settings === 'object' && settings !== null && 'policy' in settings && isPolicyPath(settings.policy);

/** What stands in an issue's `params` for an option that the policy does not have. Its message says which there are. */
export interface UnknownOption {
  readonly unknownOptionAmong: readonly string[];
}

/** A policy's name and its options, and nothing else. */
export function describeOptions(policy: Pick<Policy<string, Options>, 'name' | 'options'>) {
  const options = Object.keys(policy.options);
  const allowed = options.length === 0 ? `${policy.name} has no options` : `${policy.name} has the options ${options.join(', ')}`;
  const params: UnknownOption = { unknownOptionAmong: options };
  const unknownOption = z.custom<never>(() => false, { error: allowed, params: { ...params }, abort: false });
  return z.object({ ...optionShape(policy.options), policy: z.literal(policy.name) }).catchall(unknownOption);
}

/** The options alone, for the reference page and for checks of a policy of the user's own. */
export function optionShape(options: Options): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, describeOption(option).describe(option.about)]));
}

function describeOption(option: Option): z.ZodType {
  switch (option.kind) {
    case 'count':
      return measures.count({ least: option.least, most: option.most }).prefault(option.default);
    case 'number':
      return measures.decimal({ least: option.least, most: option.most }).prefault(option.default);
    case 'duration':
      return measures.duration().prefault(option.default);
    case 'word':
      return oneOf(option.words).prefault(option.default);
    case 'flag':
      return flag().prefault(option.default);
    case 'names':
      return z.array(measures.name(), { error: 'expected a list of names' }).prefault([...option.default]);
    case 'key':
      return keySources.prefault([...option.default]);
  }
}

function unknownPolicy(issue: { readonly code?: string | undefined; readonly input?: unknown }): string {
  const names = policyNames.join(', ');
  const given = issue.input;
  if (typeof given !== 'object' || given === null || !('policy' in given)) {
    return `expected a policy's name, or { policy: NAME } with options; the policies are ${names}`;
  }
  return `unknown policy ${JSON.stringify(given.policy)}: the policies are ${names}`;
}
