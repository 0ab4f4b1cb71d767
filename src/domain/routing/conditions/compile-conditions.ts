// Hot path. Conditions as one function of a request. Of a body that is not read yet nothing is known: the answer is then a third one, and
// asked for again once it is read.
import { parseAddressRanges } from '../../../foundation/algorithms/address-ranges.ts';
import type { ExchangeFacts } from '../../balancing/affinity-key.ts';
import { parseHostPattern } from '../host-pattern.ts';
import { pathTest } from '../path-pattern.ts';
import type { BodyCondition, Conditions, FieldRule, OneOrMore } from './conditions.ts';
import { listed } from './conditions.ts';
import { expressionOf, isExpression, textTest } from './expressions.ts';
import type { FieldKind, FieldValues } from './field-values.ts';
import { fieldReaders } from './field-values.ts';
import type { RequestBody } from './request-body.ts';

export const no = 0;
export const yes = 1;
/** It depends on the body, which is not read yet. */
export const unknown = 2;
export type Verdict = typeof no | typeof yes | typeof unknown;

/** A request that looks for its route. */
export interface Asked {
  readonly facts: ExchangeFacts;
  /** Without port and in small letters. */
  readonly host: string;
  readonly path: string;
  /** Absent while it is not read. */
  readonly body: RequestBody | undefined;
}

export type Test = (asked: Asked) => Verdict;

/** undefined where nothing is asked. */
export function compileConditions(conditions: Conditions): Test | undefined {
  const tests = [hostTest(conditions.host), pathsTest(conditions.path), ...otherTests(conditions)].filter((test) => test !== undefined);
  return allOf(tests);
}

/** The same without host and path, for which there is an index. */
export const compileOthers = (conditions: Conditions): Test | undefined => allOf(otherTests(conditions));

export function allOf(tests: readonly Test[]): Test | undefined {
  const [first, ...others] = tests;
  if (first === undefined || others.length === 0) return first;
  return (asked) => {
    let verdict: Verdict = yes;
    for (const test of tests) {
      const one = test(asked);
      if (one === no) return no;
      if (one === unknown) verdict = unknown;
    }
    return verdict;
  };
}

function anyOf(tests: readonly (Test | undefined)[]): Test {
  return (asked) => {
    let verdict: Verdict = no;
    for (const test of tests) {
      const one = test === undefined ? yes : test(asked);
      if (one === yes) return yes;
      if (one === unknown) verdict = unknown;
    }
    return verdict;
  };
}

const notThat =
  (test: Test | undefined): Test =>
  (asked) => {
    const verdict = test === undefined ? yes : test(asked);
    return verdict === unknown ? unknown : verdict === yes ? no : yes;
  };

const plain =
  (test: (asked: Asked) => boolean): Test =>
  (asked) =>
    test(asked) ? yes : no;

/** Cheap ones first; the body last, since it has to be waited for. */
function otherTests({ method, header, query, cookie, client, body, all, any, not }: Conditions): readonly Test[] {
  return [
    ...(method === undefined ? [] : [methodTest(listed(method))]),
    ...fieldTests('header', header),
    ...fieldTests('cookie', cookie),
    ...fieldTests('query', query),
    ...(client === undefined ? [] : [clientTest(listed(client))]),
    ...(all ?? []).flatMap((one) => compileConditions(one) ?? []),
    ...(any === undefined ? [] : [anyOf(any.map(compileConditions))]),
    ...(not === undefined ? [] : [notThat(compileConditions(not))]),
    ...(body === undefined ? [] : [bodyTest(body)]),
  ];
}

function methodTest(methods: readonly string[]): Test {
  const names = new Set(methods);
  return plain(({ facts }) => names.has(facts.request.method));
}

function fieldTests(kind: FieldKind, rules: Readonly<Record<string, FieldRule>> | undefined): readonly Test[] {
  const read = fieldReaders[kind];
  return Object.entries(rules ?? {}).map(([name, rule]) => {
    const test = ruleTest(rule);
    return plain(({ facts }) => test(read(facts.request, name)));
  });
}

/** Of several values one is enough. */
function ruleTest(rule: FieldRule): (values: FieldValues) => boolean {
  if (typeof rule === 'boolean') return (values) => (values !== undefined) === rule;
  const test = textTest(listed(rule));
  return (values) => values !== undefined && (typeof values === 'string' ? test(values) : values.some(test));
}

function clientTest(networks: readonly string[]): Test {
  const ranges = parseAddressRanges(networks);
  if (!ranges.ok) throw new Error(`A network that was checked with the document is none: ${ranges.fault.network}.`);
  return plain(({ facts }) => ranges.value.contains(facts.client));
}

function bodyTest({ json, form, is, limit }: BodyCondition): Test {
  const test = ruleTest(is);
  return ({ body }) => {
    if (body === undefined) return unknown;
    if (body.length > limit) return no;
    return test(json === undefined ? body.form(form ?? '') : body.json(json)) ? yes : no;
  };
}

function hostTest(hosts: OneOrMore | undefined): Test | undefined {
  if (hosts === undefined) return undefined;
  const tests = listed(hosts).map(oneHostTest);
  return plain(({ host }) => tests.some((test) => test(host)));
}

function oneHostTest(text: string): (host: string) => boolean {
  if (isExpression(text)) {
    const expression = expressionOf(text);
    return (host) => expression.test(host);
  }
  const pattern = parseHostPattern(text);
  if (pattern.kind === 'exact') return (host) => host === pattern.host;
  return (host) => host.length > pattern.suffix.length && host.endsWith(pattern.suffix);
}

export function hostExpressionTest(text: string): Test {
  const expression = expressionOf(text);
  return plain(({ host }) => expression.test(host));
}

export function pathsTest(paths: OneOrMore | undefined): Test | undefined {
  if (paths === undefined) return undefined;
  const tests = listed(paths).map(pathTest);
  return plain(({ path }) => tests.some((test) => test(path)));
}
