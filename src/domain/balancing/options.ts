// Descriptions of a policy's options, as plain data: kind, range, default and meaning. From them follow the types of settings, the check of
// the document and the reference page. Not in zod, so that a policy can be loaded by a worker thread, which never checks a document.

import type { WrittenDuration } from '../settings/measures.ts';

export interface CountOption {
  readonly kind: 'count';
  readonly least: number;
  readonly most: number;
  readonly default: number;
  readonly about: string;
}

export interface NumberOption {
  readonly kind: 'number';
  readonly least: number;
  readonly most: number;
  readonly default: number;
  readonly about: string;
}

export interface DurationOption {
  readonly kind: 'duration';
  /** As a person writes it. */
  readonly default: WrittenDuration;
  readonly about: string;
}

export interface WordOption<Word extends string> {
  readonly kind: 'word';
  readonly words: readonly Word[];
  readonly default: Word;
  readonly about: string;
}

export interface FlagOption {
  readonly kind: 'flag';
  readonly default: boolean;
  readonly about: string;
}

/** Free words, such as names of metrics. */
export interface NamesOption {
  readonly kind: 'names';
  readonly default: readonly string[];
  readonly about: string;
}

/** What an exchange is keyed on: one source such as `client` or `header:x-user`, or several. */
export interface KeyOption {
  readonly kind: 'key';
  readonly default: readonly string[];
  readonly about: string;
}

export type Option = CountOption | NumberOption | DurationOption | WordOption<string> | FlagOption | NamesOption | KeyOption;
export type Options = Readonly<Record<string, Option>>;

/** What a policy is given: durations in milliseconds, keys and names as lists. */
export type OptionValue<Of extends Option> =
  Of extends WordOption<infer Word>
    ? Word
    : Of extends FlagOption
      ? boolean
      : Of extends NamesOption | KeyOption
        ? readonly string[]
        : number;

/** What a document in TypeScript may write. */
export type WrittenOptionValue<Of extends Option> =
  Of extends WordOption<infer Word>
    ? Word
    : Of extends FlagOption
      ? boolean
      : Of extends NamesOption
        ? readonly string[]
        : Of extends KeyOption
          ? string | readonly string[]
          : Of extends DurationOption
            ? WrittenDuration
            : number;

export type OptionValues<Of extends Options> = { readonly [Name in keyof Of]: OptionValue<Of[Name]> };
export type WrittenOptionValues<Of extends Options> = { readonly [Name in keyof Of]?: WrittenOptionValue<Of[Name]> };

/** A whole number from `least` to `most`. */
export const count = (option: Omit<CountOption, 'kind'>): CountOption => ({ kind: 'count', ...option });

/** A number from `least` to `most`, also with decimals. */
export const number = (option: Omit<NumberOption, 'kind'>): NumberOption => ({ kind: 'number', ...option });

/** A length of time, `250ms` or `2s`. The policy gets milliseconds. */
export const duration = (option: Omit<DurationOption, 'kind'>): DurationOption => ({ kind: 'duration', ...option });

/** One of a few words. */
export const word = <const Word extends string>(option: {
  readonly words: readonly Word[];
  readonly default: NoInfer<Word>;
  readonly about: string;
}): WordOption<Word> => ({ kind: 'word', ...option });

/** `true` or `false`. */
export const flag = (option: Omit<FlagOption, 'kind'>): FlagOption => ({ kind: 'flag', ...option });

export const names = (option: Omit<NamesOption, 'kind'>): NamesOption => ({ kind: 'names', ...option });

export const affinityKey = (option: Omit<KeyOption, 'kind'>): KeyOption => ({ kind: 'key', ...option });
