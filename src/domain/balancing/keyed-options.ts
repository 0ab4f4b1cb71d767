// Options that all keyed policies share.
import { affinityKey, number, word } from './options.ts';

export const fallbacks = ['round-robin', 'random', 'least-connections'] as const;
export type Fallback = (typeof fallbacks)[number];

/** For policies whose key is not chosen. */
export const unkeyedOptions = {
  fallback: word({ words: fallbacks, default: 'round-robin', about: 'How exchanges that have no key are balanced.' }),
  boundedLoad: number({
    least: 0,
    most: 100,
    default: 0,
    about:
      'How many times its fair share of the requests in flight an endpoint takes before its keys overflow to others: 1.25 is sensible, 0 is no limit. ' +
      'What is set between 0 and 1.01 counts as 1.01.',
  }),
};

export const keyedOptions = {
  key: affinityKey({ default: ['client'], about: 'What decides: exchanges with the same key go to the same endpoint.' }),
  ...unkeyedOptions,
};

/** What a policy with `keyedOptions` is keyed on. */
export const keyedOn = ({ key }: { readonly key: readonly string[] }): readonly string[] => key;
