// What becomes of a request at one place: routes in first-match order, under the conditions of that place. The order is that of nginx's phases:
// what `if`, `rewrite` and `return` say, in the order in which they stand, then who is let in, then where it goes.

import { guards, otherHandlers } from '../coverage/known.ts';
import type { Directive } from '../language/directive.ts';
import { proxyingOf } from '../pools/treatment.ts';
import { nginxSize, sizeText } from '../words/measures.ts';
import { faultOf, regexPattern } from '../words/patterns.ts';
import type { Condition, WrittenRoute } from '../words/routes.ts';
import { inForce, named } from '../words/scope.ts';
import { notServed, redirected, returned, rewriteRedirect } from './answers.ts';
import { conditionOf, guardsInForce, shutOut } from './conditions.ts';
import { passesUpgrades, requestHeaders, responseHeaders } from './headers.ts';
import { mirrorOf } from './mirroring.ts';
import { rewritingOf, targetOf } from './rewriting.ts';
import type { Spot } from './spot.ts';

/** One route of a place: what has to hold besides the place itself, and what is done. */
export interface Case {
  readonly others: readonly Condition[];
  readonly action: WrittenRoute;
  readonly from: Directive;
}

interface Early {
  readonly cases: readonly Case[];
  /** No request gets past them. */
  readonly isOver: boolean;
  /** A `rewrite` that only changes the path. */
  readonly rewrite: Directive | undefined;
}

/** Answers of `if`, `rewrite` and `return`. */
export function earlyCases(spot: Spot): Early {
  const cases: Case[] = [];
  let rewrite: Directive | undefined;
  for (const directive of spot.scope.directives) {
    if (directive.name === 'return') {
      cases.push({ others: [], action: returned(directive, spot), from: directive });
      return { cases, isOver: true, rewrite };
    }
    if (directive.name === 'if') cases.push(...ifCases(directive, spot));
    if (directive.name !== 'rewrite') continue;
    if (directive.args[2] === 'break' && spot.location !== undefined && rewrite === undefined) rewrite = directive;
    else cases.push(rewriteCase(directive, spot));
  }
  return { cases, isOver: false, rewrite };
}

function rewriteCase(directive: Directive, spot: Spot): Case {
  const pattern = regexPattern(directive.args[0] ?? '', false);
  const fault = faultOf(pattern);
  if (fault !== undefined) {
    spot.coverage.refused(directive, `${fault}; what is behind it is not served`);
    return { others: [], action: notServed, from: directive };
  }
  const redirect = rewriteRedirect(directive, spot);
  if (redirect !== undefined) return { others: [{ path: redirect.path }], action: redirect.action, from: directive };
  spot.coverage.refused(directive, 'requests are not routed again after a rewrite: write the location that they would come to');
  return { others: [{ path: pattern }], action: notServed, from: directive };
}

function ifCases(directive: Directive, spot: Spot): readonly Case[] {
  const condition = conditionOf(directive);
  const [only, ...more] = directive.block ?? [];
  const isReturn = only?.name === 'return' && more.length === 0;
  if (condition !== undefined && only !== undefined && isReturn) {
    spot.coverage.translated(directive, 'a route with this condition');
    return [{ others: [condition], action: returned(only, spot), from: directive }];
  }
  const reason =
    condition === undefined ? 'what it asks for is no condition of a route' : 'only an `if` with one `return` in it can be a route';
  spot.coverage.refused(directive, `${reason}; what is behind it is not served`);
  return [{ others: condition === undefined ? [] : [condition], action: notServed, from: directive }];
}

/** Who is shut out, then what serves the rest. */
export function lateCases(spot: Spot, rewrite: Directive | undefined): readonly Case[] {
  const { coverage, directive, scope } = spot;
  const found = guardsInForce(scope, Object.keys(guards));
  for (const guard of found) coverage.refused(guard, `${guards[guard.name]}: what it guards is answered with 501`);
  const out = shutOut(scope, coverage);
  if (found.length > 0 || out === 'unknown') {
    for (const pass of named(scope.directives, 'proxy_pass')) coverage.refused(pass, 'not served, because of what guards it here');
    return [{ others: [], action: notServed, from: found[0] ?? directive }];
  }
  if (out === undefined) return [{ others: [], action: handled(spot, rewrite), from: directive }];
  const shut: Case = { others: [out], action: { respond: { status: 403 } }, from: directive };
  // `deny all` alone: what would serve the place is not asked for.
  if (Object.keys(out).length === 0) return [{ ...shut, others: [] }];
  return [shut, { others: [], action: handled(spot, rewrite), from: directive }];
}

function handled(spot: Spot, rewrite: Directive | undefined): WrittenRoute {
  const pass = named(spot.scope.directives, 'proxy_pass').at(-1);
  if (pass !== undefined) return proxied(pass, spot, rewrite);
  const other = spot.scope.directives.find(({ name }) => Object.hasOwn(otherHandlers, name));
  const inherited = ['root', 'try_files'].map((name) => inForce(spot.scope, name)).find((each) => each !== undefined);
  const reason = otherHandlers[other?.name ?? 'root'];
  if (other !== undefined) spot.coverage.refused(other, `${reason}; answered with 501`);
  else if (inherited !== undefined) spot.coverage.refused(inherited, `${reason}; answered with 501`);
  spot.coverage.refused(spot.directive, 'neither proxy_pass nor return serves it, and Evenkeel serves no files; answered with 501');
  return notServed;
}

function proxied(pass: Directive, spot: Spot, rewrite: Directive | undefined): WrittenRoute {
  const { coverage, scope } = spot;
  const target = targetOf(withSets(pass.args[0] ?? '', spot));
  const refuse = (reason: string): WrittenRoute => {
    coverage.refused(pass, `${reason}; answered with 501`);
    return notServed;
  };
  if (target === undefined || target.host.includes('$')) return refuse('where it goes is known only when a request comes');
  if (target.scheme === 'https') return refuse('TLS to endpoints is not built yet');
  const rewriting = rewrite === undefined ? rewritingOf(target.uri, spot.location) : rewrittenBy(rewrite, spot);
  if (!rewriting.ok) return refuse(rewriting.reason);
  const { treatment, idempotent } = proxyingOf(scope, passesUpgrades(scope), coverage);
  const pool = spot.pools.poolFor(target.host, treatment, pass);
  if (pool === undefined) return refuse(`${JSON.stringify(target.host)} is neither an upstream with servers nor an address`);
  if (rewriting.difference === undefined) coverage.translated(pass, `pool ${pool.name}`);
  else coverage.approximated(pass, rewriting.difference);
  for (const redirects of named(scope.directives, 'proxy_redirect')) tellRedirects(redirects, spot);
  const around = { ...spot.around, fixed: { ...spot.around.fixed, proxy_host: target.host, proxy_port: portOf(target.host) } };
  return withoutAbsent({
    pool: pool.name,
    mirror: mirrorOf(spot),
    timeouts: pool.timeouts,
    idempotent: idempotent ? true : undefined,
    rewrite: rewriting.rewrite,
    requestHeaders: requestHeaders(scope, target.host.startsWith('unix:') ? 'localhost' : target.host, around, coverage),
    responseHeaders: responseHeaders(scope, around, coverage),
    maxBody: maxBodyOf(spot),
  });
}

/** Variables that `set` gives one fixed value at the place, put where they stand. */
function withSets(text: string, { scope, coverage }: Spot): string {
  const set = inForce(scope, 'set');
  const [variable = '', value = ''] = set?.args ?? [];
  if (set === undefined || value.includes('$') || !text.includes(variable) || named(scope.directives, 'if').length > 0) return text;
  coverage.approximated(set, 'put in its place; nginx would look the name up again and again by its resolver');
  return text.replace(variable, value);
}

function rewrittenBy(rewrite: Directive, { coverage }: Spot): ReturnType<typeof rewritingOf> {
  const [match = '', to = ''] = rewrite.args;
  const fault = faultOf(regexPattern(match, false));
  if (fault !== undefined) return { ok: false, reason: fault };
  const groups = new Set([...to.matchAll(/\$(\w+)/g)].map(([, name = '']) => name));
  if ([...groups].some((name) => !/^\d$/.test(name)))
    return { ok: false, reason: `rewrite to ${to}: only groups of its expression can stand there` };
  coverage.translated(rewrite, 'rewrite');
  // nginx puts the new path in the place of the whole one.
  return { ok: true, rewrite: { match: wholePath(match), to }, difference: undefined };
}

const wholePath = (match: string): string => `${match.startsWith('^') ? '' : '^.*?'}${match}${match.endsWith('$') ? '' : '.*$'}`;

function tellRedirects(directive: Directive, { coverage }: Spot): void {
  if (directive.args[0] === 'off') coverage.translated(directive, 'Location is left as endpoints write it');
  else if (directive.args[0] === 'default') coverage.approximated(directive, 'Location is left as endpoints write it');
  else coverage.refused(directive, 'Location is left as endpoints write it');
}

const portOf = (host: string): string => /:(\d+)$/.exec(host)?.[1] ?? '80';

/** Where it is another than that of the listener; nginx allows 1 MiB unless told otherwise. */
function maxBodyOf({ scope, coverage, bodyLimit }: Spot): string | undefined {
  const directive = inForce(scope, 'client_max_body_size');
  const size = nginxSize(directive?.args[0] ?? '1m') ?? 1024 * 1024;
  if (directive !== undefined) coverage.translated(directive, size === bodyLimit ? 'limits.body of the listener' : 'maxBody');
  return size === bodyLimit ? undefined : sizeText(size);
}

/** The answer to a path that lacks the last slash of a location. */
export const slashAdded = (spot: Spot): WrittenRoute => redirected(spot.directive, spot.location?.text ?? '/', 301, spot);

const withoutAbsent = (route: Readonly<Record<string, unknown>>): WrittenRoute =>
  Object.fromEntries(Object.entries(route).filter(([, value]) => value !== undefined));
