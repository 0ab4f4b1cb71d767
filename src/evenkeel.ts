// What documents and policies in TypeScript import from 'evenkeel'. Worker threads load it with a user's policy, so nothing here may load
// the descriptions of settings when it runs: types of them are all that is taken.

export {
  type ConfigTo,
  defineConfig,
  defineListener,
  definePool,
  defineRoute,
  type ListenerTo,
  type PoolWith,
  type RouteTo,
} from './control-plane/configuration/define-config.ts';
export type { Learner, Trial, TrialOutcome } from './domain/balancing/learner.ts';
export type { Option, Options, OptionValues } from './domain/balancing/options.ts';
export { affinityKey, count, duration, flag, names, number, word } from './domain/balancing/options.ts';
export type { Candidates, Picker, PickRequest, Policy, PolicyDefinition, PolicyTools } from './domain/balancing/policy.ts';
export { definePolicy } from './domain/balancing/policy.ts';
export type { Endpoint } from './domain/endpoints/endpoint.ts';
export type { Random } from './foundation/basics/random.ts';
