// `if`, and `allow` with `deny`: conditions under which a request is answered before it would go anywhere.

import type { Coverage } from '../coverage/coverage.ts';
import type { Directive } from '../language/directive.ts';
import { escaped, faultOf, regexPattern } from '../words/patterns.ts';
import type { Condition } from '../words/routes.ts';
import type { Scope } from '../words/scope.ts';
import { allInForce } from '../words/scope.ts';

/** Of `if ($host = x)` and the like; undefined for what a route cannot ask for. */
export function conditionOf({ args }: Directive): Condition | undefined {
  const words = args
    .join(' ')
    .replace(/^\(\s*/, '')
    .replace(/\s*\)$/, '');
  const parts = /^\$(\w+)(?:\s*(=|!=|~\*|~|!~\*|!~)\s*([\s\S]*))?$/.exec(words);
  if (parts === null) return undefined;
  const [, variable = '', operator, operand = ''] = parts;
  if (operand.includes('$') && operator !== undefined && !operator.includes('~')) return undefined;
  return operator === undefined ? presence(variable) : comparison(variable, operator, operand);
}

/** `if ($cookie_x)`: there is a value that is neither empty nor 0. */
function presence(variable: string): Condition | undefined {
  return variable === 'request_method' ? undefined : askFor(variable, '~^(?:[^0]|..)');
}

function comparison(variable: string, operator: string, operand: string): Condition | undefined {
  const isNegated = operator.startsWith('!');
  const kind = operator.replace('!', '');
  const pattern = kind === '=' ? exact(variable, operand) : regexPattern(operand, kind === '~*');
  if (pattern?.startsWith('~') === true && faultOf(pattern) !== undefined) return undefined;
  const condition = pattern === undefined ? undefined : askFor(variable, pattern);
  if (condition === undefined) return undefined;
  return isNegated ? { not: condition } : condition;
}

/** Texts with a meaning of their own in patterns, and the empty one, become expressions. */
function exact(variable: string, operand: string): string | undefined {
  if (operand === '') return undefined;
  if (variable === 'host' || variable === 'http_host') return operand.toLowerCase();
  return operand.startsWith('~') ? `~^${escaped(operand)}$` : operand;
}

function askFor(variable: string, pattern: string): Condition | undefined {
  if (variable === 'host') return { host: pattern };
  if (variable === 'request_method') return /^[A-Z]+$/.test(pattern) ? { method: pattern } : methods(pattern);
  if (variable === 'uri' || variable === 'document_uri') return { path: pattern };
  const family = /^(http|cookie|arg)_(\w+)$/.exec(variable);
  if (family === null) return undefined;
  const [, kind, name = ''] = family;
  if (kind === 'http') return { header: { [name.replaceAll('_', '-')]: pattern } };
  return kind === 'cookie' ? { cookie: { [name]: pattern } } : { query: { [name]: pattern } };
}

/** `~ ^(GET|HEAD)$`, which people write; other expressions are not looked into. */
function methods(pattern: string): Condition | undefined {
  const list = /^~\^\(?(?:\?:)?([A-Z]+(?:\|[A-Z]+)*)\)?\$$/.exec(pattern);
  return list === null ? undefined : { method: (list[1] ?? '').split('|') };
}

/** Who is shut out by allow and deny; undefined when all are let in, 'unknown' for lists that no condition can say. */
export function shutOut(scope: Scope, coverage: Coverage): Condition | 'unknown' | undefined {
  const rules = accessRules(scope);
  if (rules.length === 0) return undefined;
  const [last] = rules.slice(-1);
  const others = last?.args[0] === 'all' ? rules.slice(0, -1) : rules;
  const kind = others[0]?.name;
  const networks = others.map(({ args }) => args[0] ?? '');
  const isSimple = others.every(({ name }) => name === kind) && networks.every((network) => /^[0-9a-fA-F:.]+(?:\/\d+)?$/.test(network));
  const deniesRest = last?.args[0] === 'all' && last.name === 'deny';
  if (!isSimple) {
    for (const rule of rules)
      coverage.refused(rule, 'a list that mixes allow and deny, or names no networks, is not translated: nothing is served here');
    return 'unknown';
  }
  for (const rule of rules) coverage.translated(rule, 'a route that answers 403');
  if (kind === 'allow') return deniesRest ? { not: { client: oneOrList(networks) } } : undefined;
  if (kind === undefined) return deniesRest ? {} : undefined;
  return deniesRest ? {} : { client: oneOrList(networks) };
}

/** Both kinds are one list, in the order in which they are written. */
function accessRules(scope: Scope): readonly Directive[] {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const found = at.directives.filter(({ name }) => name === 'allow' || name === 'deny');
    if (found.length > 0) return found;
  }
  return [];
}

const oneOrList = (list: readonly string[]): string | readonly string[] => (list.length === 1 ? (list[0] ?? '') : list);

/** Directives in force that decide who is let in, or what is answered, and are not translated. */
export function guardsInForce(scope: Scope, names: readonly string[]): readonly Directive[] {
  return names.flatMap((name) => allInForce(scope, name)).filter(({ args }) => args[0] !== 'off');
}
