// nginx looks for the location in its own order: exact, then the longest prefix, then regular expressions unless that prefix is "^~" (with the
// same again inside of a location). Evenkeel takes the first route that matches. Here the one order becomes the other, exactly.

import type { Coverage } from '../coverage/coverage.ts';
import { guards } from '../coverage/known.ts';
import type { Directive } from '../language/directive.ts';
import { notServed } from '../places/answers.ts';
import { widened } from '../words/lookahead.ts';
import { exactPattern, faultOf, prefixPattern, regexPattern } from '../words/patterns.ts';
import type { Scope } from '../words/scope.ts';
import { named, within } from '../words/scope.ts';

export interface Location {
  readonly directive: Directive;
  readonly kind: 'exact' | 'prefix' | 'regex';
  /** The path, or the expression. */
  readonly text: string;
  readonly ignoresCase: boolean;
  /** `^~`. */
  readonly isPreferred: boolean;
  readonly scope: Scope;
  readonly nested: readonly Location[];
}

/** What has to hold of a path: all of these patterns, and none of those. */
export interface PathTerms {
  readonly is: readonly string[];
  readonly isNot: readonly string[];
}

export interface Step {
  readonly location: Location;
  readonly terms: PathTerms;
  /** The path without its last slash, which nginx answers by a redirect to the location (only where it is proxied to). */
  readonly addsSlash: boolean;
}

/** The locations that stand in a block. What has no place among them is told of. */
export function locationsIn(scope: Scope, coverage: Coverage): readonly Location[] {
  return named(scope.directives, 'location').flatMap((directive) => {
    const form = formOf(directive.args);
    if (form === undefined) {
      const isNamed = directive.args[0]?.startsWith('@') === true;
      const note = isNamed ? 'no route leads to a named location' : 'expected a path, behind =, ~, ~* or ^~ or alone';
      coverage.refused(directive, note);
      return [];
    }
    const fault = form.kind === 'regex' ? faultOf(regexPattern(form.text, form.ignoresCase)) : undefined;
    if (fault !== undefined) return notCompared(directive, form, fault, coverage);
    const inner = within(scope, directive);
    return [{ directive, ...form, scope: inner, nested: locationsIn(inner, coverage) }];
  });
}

/** Directives by which a location lets not everybody in, or answers otherwise than the others. */
const shutting: ReadonlySet<string> = new Set(['deny', 'return', 'internal', ...Object.keys(guards)]);

/** Of an expression that routes cannot ask for. What it may shut out is not let in: a wider expression stands for it. */
function notCompared(directive: Directive, form: Form, fault: string, coverage: Coverage): readonly Location[] {
  const text = widened(form.text);
  const mayShut = (directive.block ?? []).some(({ name }) => shutting.has(name));
  if (!mayShut || faultOf(regexPattern(text, form.ignoresCase)) !== undefined) {
    coverage.refused(directive, `${fault}; left out, so what it would take comes to other locations`);
    return [];
  }
  coverage.refused(directive, `${fault}; whatever matches without looking there is answered with 501, so that nobody gets in`);
  const { status, body } = notServed.respond;
  const answer: Directive = { name: 'return', args: [`${status}`, body], place: directive.place, block: undefined };
  return [{ directive, ...form, text, scope: { directives: [answer], outer: undefined }, nested: [] }];
}

type Form = Pick<Location, 'kind' | 'text' | 'ignoresCase' | 'isPreferred'>;

/** `= /x`, `=/x`, `^~ /x`, `~ x`, `~* x`, `/x`. */
function formOf(args: readonly string[]): Form | undefined {
  const joined = args.length === 1 ? /^(=|\^~|~\*|~)?([\s\S]*)$/.exec(args[0] ?? '') : ['', args[0], args[1]];
  const [, modifier = '', text = ''] = joined ?? [];
  if (args.length > 2 || text === '') return undefined;
  if (modifier === '~' || modifier === '~*') return { kind: 'regex', text, ignoresCase: modifier === '~*', isPreferred: false };
  if (!text.startsWith('/')) return undefined;
  if (modifier === '=') return { kind: 'exact', text, ignoresCase: false, isPreferred: false };
  return modifier === '' || modifier === '^~' ? { kind: 'prefix', text, ignoresCase: false, isPreferred: modifier === '^~' } : undefined;
}

/** Steps to be tried from first to last. */
export function firstMatchOrder(locations: readonly Location[]): readonly Step[] {
  const { final, tentative } = orderOf(locations, { is: [], isNot: [] }, true);
  const steps = [...final, ...tentative];
  const taken = new Set(steps.filter(({ terms }) => isExact(terms)).map(({ terms }) => terms.is[0]));
  return steps.map((step) => withSimplePrefix(step, taken));
}

const isExact = ({ is, isNot }: PathTerms): boolean => is.length === 1 && isNot.length === 0 && is[0]?.startsWith('/') === true;

/** `/api/*` is tried faster than an expression. It takes `/api` as well, which has to be taken already or left out. */
function withSimplePrefix(step: Step, taken: ReadonlySet<string | undefined>): Step {
  const { location, terms } = step;
  if (location.kind !== 'prefix' || step.addsSlash || !location.text.endsWith('/') || location.text === '/') return step;
  const path = exactPattern(location.text).slice(0, -1);
  const is = terms.is.map((pattern) => (pattern === prefixPattern(location.text) ? `${path}/*` : pattern));
  return { ...step, terms: { is, isNot: taken.has(path) ? terms.isNot : [...terms.isNot, path] } };
}

interface Order {
  /** Decided for good: nothing outside is looked at any more. */
  readonly final: readonly Step[];
  /** Prefixes, which regular expressions of the blocks around still beat. */
  readonly tentative: readonly Step[];
}

const longestFirst = (one: Location, other: Location): number => other.text.length - one.text.length;

function orderOf(locations: readonly Location[], around: PathTerms, isOutermost: boolean): Order {
  const prefixes = locations.filter(({ kind }) => kind === 'prefix').sort(longestFirst);
  const inner = new Map(prefixes.map((prefix) => [prefix, orderOf(prefix.nested, inside(prefix, prefixes, around), false)]));
  const preferred = prefixes.filter(({ isPreferred }) => isPreferred);

  const final = [
    ...exactSteps(locations, prefixes),
    ...prefixes.flatMap((prefix) => inner.get(prefix)?.final.filter((step) => isReached(step, prefix, prefixes)) ?? []),
    ...(isOutermost ? preferred.flatMap((prefix) => preferredSteps(prefix, prefixes, inner.get(prefix)?.tentative ?? [])) : []),
    ...regexSteps(locations, isOutermost ? around : besides(preferred, around)),
  ];
  const later = isOutermost ? prefixes.filter(({ isPreferred }) => !isPreferred) : prefixes;
  const tentative = later.flatMap((prefix) => [...(inner.get(prefix)?.tentative ?? []), stepOf(prefix, prefixTerms(prefix))]);
  return { final, tentative };
}

/** Exact locations, and what differs from a proxied prefix by its last slash alone. */
function exactSteps(locations: readonly Location[], prefixes: readonly Location[]): readonly Step[] {
  const exact = locations.filter(({ kind }) => kind === 'exact');
  const names = new Set([...exact, ...prefixes].map(({ text }) => text));
  const slashed = prefixes.filter(
    ({ text, scope }) => text.endsWith('/') && text !== '/' && named(scope.directives, 'proxy_pass').length > 0,
  );
  return [
    ...exact.map((location) => stepOf(location, { is: [exactPattern(location.text)], isNot: [] })),
    ...slashed
      .filter(({ text }) => !names.has(text.slice(0, -1)))
      .map((location) => ({ location, addsSlash: true, terms: { is: [exactPattern(location.text.slice(0, -1))], isNot: [] } })),
  ];
}

function regexSteps(locations: readonly Location[], around: PathTerms): readonly Step[] {
  return locations.flatMap((location): readonly Step[] => {
    if (location.kind !== 'regex') return [];
    const terms = { is: [regexOf(location), ...around.is], isNot: around.isNot };
    return [...regexSteps(location.nested, terms), stepOf(location, terms)];
  });
}

/** A "^~" prefix is decided before any expression, so longer prefixes without it have to be left out of it. */
function preferredSteps(prefix: Location, prefixes: readonly Location[], nested: readonly Step[]): readonly Step[] {
  const longer = longerThan(prefix, prefixes).filter(({ isPreferred }) => !isPreferred);
  const isNot = patternsOf(longer);
  return [...nested, stepOf(prefix, prefixTerms(prefix))].map((step) => ({
    ...step,
    terms: { is: step.terms.is, isNot: [...step.terms.isNot, ...isNot] },
  }));
}

/** Where expressions inside of a prefix are looked at: nowhere that a longer prefix takes. */
function inside(prefix: Location, prefixes: readonly Location[], around: PathTerms): PathTerms {
  return { is: patternsOf([prefix]), isNot: [...around.isNot, ...patternsOf(longerThan(prefix, prefixes))] };
}

const besides = (preferred: readonly Location[], { is, isNot }: PathTerms): PathTerms => ({
  is,
  isNot: [...isNot, ...patternsOf(preferred)],
});

/** An exact location inside of a prefix is found only where no longer prefix leads elsewhere. */
function isReached({ terms, location, addsSlash }: Step, prefix: Location, prefixes: readonly Location[]): boolean {
  if (!isExact(terms)) return true;
  const path = addsSlash ? location.text.slice(0, -1) : location.text;
  return path.startsWith(prefix.text) && !longerThan(prefix, prefixes).some(({ text }) => path.startsWith(text));
}

const longerThan = (prefix: Location, prefixes: readonly Location[]): readonly Location[] =>
  prefixes.filter(({ text }) => text.length > prefix.text.length && text.startsWith(prefix.text));

const patternsOf = (locations: readonly Location[]): readonly string[] => locations.flatMap(({ text }) => prefixPattern(text) ?? []);
const prefixTerms = (prefix: Location): PathTerms => ({ is: patternsOf([prefix]), isNot: [] });
const regexOf = ({ text, ignoresCase }: Location): string => regexPattern(text, ignoresCase);
const stepOf = (location: Location, terms: PathTerms): Step => ({ location, terms, addsSlash: false });
