// What a route may ask of a request. All that is said must hold; what is not said holds of every request.
import type { Bytes } from '../../../foundation/basics/units.ts';

/** One text or several, of which any may fit. */
export type OneOrMore = string | readonly string[];

/** Texts that a value may be: `exact`, `~REGEX`, `~*REGEX` in any case. `true`: there is a value. `false`: there is none. */
export type FieldRule = boolean | OneOrMore;

export interface BodyCondition {
  /** RFC 6901: `/order/country`. Either this or `form`. */
  readonly json?: string;
  /** The name of a field of a form. */
  readonly form?: string;
  readonly is: FieldRule;
  /** A longer body fits no rule. */
  readonly limit: Bytes;
}

export interface Conditions {
  /** `shop.example.com`, `*.example.com`, `~REGEX`. */
  readonly host?: OneOrMore;
  /** `/exact`, `/api/*`, `/users/{id}`, `~REGEX`. */
  readonly path?: OneOrMore;
  readonly method?: OneOrMore;
  /** Names in small letters. */
  readonly header?: Readonly<Record<string, FieldRule>>;
  readonly query?: Readonly<Record<string, FieldRule>>;
  readonly cookie?: Readonly<Record<string, FieldRule>>;
  /** Networks. */
  readonly client?: OneOrMore;
  readonly body?: BodyCondition;
  readonly all?: readonly Conditions[];
  readonly any?: readonly Conditions[];
  readonly not?: Conditions;
}

/** `listed(undefined)` is an empty list. */
export const listed = (texts: OneOrMore | undefined): readonly string[] =>
  texts === undefined ? [] : typeof texts === 'string' ? [texts] : texts;

/** All sections within: those of `all` and `any`, and that of `not`. */
export const within = ({ all = [], any = [], not }: Conditions): readonly Conditions[] => [
  ...all,
  ...any,
  ...(not === undefined ? [] : [not]),
];

/** Some of them ask for the path. */
export const looksAtPaths = (conditions: Conditions): boolean => conditions.path !== undefined || within(conditions).some(looksAtPaths);
