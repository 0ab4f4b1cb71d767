// What is answered without an endpoint: `return`, and `rewrite` where it redirects.
import type { Directive } from '../language/directive.ts';
import { groupsOf, regexPattern } from '../words/patterns.ts';
import type { WrittenRoute } from '../words/routes.ts';
import { inForce } from '../words/scope.ts';
import { hasVariables, literal, piecesOf, templateOf } from '../words/variables.ts';
import { responseHeaders } from './headers.ts';
import type { Spot } from './spot.ts';

/** The action of a place that cannot be translated: nobody is served there by mistake. */
export const notServed = {
  respond: { status: 501, body: 'This part of the nginx configuration is not translated.\n' },
} as const satisfies WrittenRoute;

const redirects = new Set([301, 302, 303, 307, 308]);

/** The action of a `return`. */
export function returned(directive: Directive, spot: Spot): WrittenRoute {
  const [first = '', ...rest] = directive.args;
  const text = rest[0];
  if (/^(?:https?:\/\/|\$scheme)/.test(first) && text === undefined) return redirected(directive, first, 302, spot);
  const status = Number(first);
  if (!/^\d{3}$/.test(first) || status < 200) return refused(directive, spot, `${JSON.stringify(first)} is no status that can be answered`);
  if (status === 444) return refused(directive, spot, 'a connection is not closed without an answer');
  if (redirects.has(status) && text !== undefined) return redirected(directive, text, status, spot);
  return responded(directive, { status, text }, spot);
}

function refused(directive: Directive, { coverage }: Spot, reason: string): WrittenRoute {
  coverage.refused(directive, reason);
  return notServed;
}

function responded(directive: Directive, { status, text }: { status: number; text: string | undefined }, spot: Spot): WrittenRoute {
  const add = responseHeaders(spot.scope, spot.around, spot.coverage)?.add;
  const more = add === undefined ? {} : { responseHeaders: { add } };
  if (text === undefined) {
    if (status >= 300) spot.coverage.approximated(directive, 'answered without the page that nginx puts into its body');
    else spot.coverage.translated(directive, `respond: ${status}`);
    return { respond: { status }, ...more };
  }
  const fixed = withFixed(text, spot);
  if (fixed === undefined) return refused(directive, spot, 'a body with variables cannot be answered');
  const type = inForce(spot.scope, 'default_type')?.args[0] ?? 'text/plain';
  spot.coverage.translated(directive, `respond: ${status}`);
  return { respond: { status, body: fixed, type }, ...more };
}

/** Variables whose value is known here put in their places; undefined when one is not. */
export function withFixed(value: string, { around }: Spot): string | undefined {
  let text = '';
  for (const piece of piecesOf(value)) {
    if (piece.kind === 'variable' && !Object.hasOwn(around.fixed, piece.name)) return undefined;
    text += piece.kind === 'text' ? piece.text : around.fixed[piece.name];
  }
  return text;
}

export function redirected(directive: Directive, target: string, status: number, spot: Spot): WrittenRoute {
  const to = locationHeader(target, spot);
  if (to === undefined) return refused(directive, spot, `the target ${target} has a variable that is not known to templates`);
  spot.coverage.translated(directive, `redirect: ${status}`);
  for (const difference of to.differences) spot.coverage.approximated(directive, difference);
  return { redirect: { to: to.text, status } };
}

/** nginx makes a whole address of a path: with the host that was asked for, and the port of the listener. */
export function locationHeader(target: string, spot: Spot): { readonly text: string; readonly differences: readonly string[] } | undefined {
  // `$uri$is_args$args` is what came; $is_args alone is known to no template.
  const simple = target.replace(/\$(?:document_)?uri\$is_args\$args$/, '$request_uri').replace(/\$is_args\$args$/, '?$args');
  const template = templateOf(simple, spot.around);
  if (!template.ok) return undefined;
  return { text: `${target.startsWith('/') ? originOf(spot) : ''}${template.text}`, differences: template.differences };
}

function originOf({ scope, port, server }: Spot): string {
  const isOff = (name: string): boolean => inForce(scope, name)?.args[0] === 'off';
  if (isOff('absolute_redirect')) return '';
  const shown = port === undefined || port === 80 || isOff('port_in_redirect') ? '' : `:${port}`;
  const host = inForce(scope, 'server_name_in_redirect')?.args[0] === 'on' ? literal(server) : '{host}';
  return `{scheme}://${host}${shown}`;
}

/** A `rewrite` that redirects: its path and its action; undefined for any other. */
export function rewriteRedirect(directive: Directive, spot: Spot): { readonly path: string; readonly action: WrittenRoute } | undefined {
  const [expression = '', target = '', flag] = directive.args;
  const isAbsolute = /^(?:https?:\/\/|\$scheme)/.test(target);
  const status = flag === 'permanent' ? 301 : flag === 'redirect' || isAbsolute ? 302 : undefined;
  if (status === undefined) return undefined;
  const around = { ...spot.around, captures: groupsOf(expression) };
  const keepsQuery = !target.endsWith('?');
  const action = redirected(directive, keepsQuery ? target : target.slice(0, -1), status, { ...spot, around });
  if (keepsQuery && !hasVariables(target.replaceAll(/\$\d/g, '')))
    spot.coverage.approximated(directive, 'the query of the request is not put behind the new address');
  return { path: regexPattern(expression, false), action };
}
