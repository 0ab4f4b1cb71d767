// proxy_pass: where a request goes, and what becomes of its path there (with a URI behind the address, what the location matched gives way to it).
import type { Location } from '../sites/locations.ts';
import { escaped, groupsOf } from '../words/patterns.ts';
import { literal, piecesOf, templateOf } from '../words/variables.ts';

/** `http://` taken off: the upstream or address, and the URI behind it, undefined without one. */
export interface Target {
  readonly scheme: string;
  readonly host: string;
  readonly uri: string | undefined;
}

export function targetOf(text: string): Target | undefined {
  const unix = /^(https?):\/\/(unix:[^:]+)(?::(.*))?$/i.exec(text);
  if (unix !== null) return { scheme: (unix[1] ?? '').toLowerCase(), host: unix[2] ?? '', uri: unix[3] };
  // A variable directly behind the name is a URI where it stands for one, and a part of the name otherwise.
  const parts = /^(https?):\/\/((?:[^/?#$]|\$(?!\{?(?:request_|document_)?uri\b))+)(.*)$/i.exec(text);
  return parts === null
    ? undefined
    : { scheme: (parts[1] ?? '').toLowerCase(), host: parts[2] ?? '', uri: parts[3] === '' ? undefined : parts[3] };
}

/** undefined as the `rewrite` of a path that goes on as it came. */
export type Rewriting =
  | { readonly ok: true; readonly rewrite: Readonly<Record<string, string>> | undefined; readonly difference: string | undefined }
  | { readonly ok: false; readonly reason: string };

const asItCame = (difference?: string): Rewriting => ({ ok: true, rewrite: undefined, difference });

/** `location` is undefined for what no location is around. */
export function rewritingOf(uri: string | undefined, location: Location | undefined): Rewriting {
  if (uri === undefined || location === undefined) return asItCame();
  if (uri.includes('$')) return byVariables(uri, location);
  if (/[?#]/.test(uri)) return { ok: false, reason: 'a query in the address of proxy_pass cannot be put before that of the request' };
  if (location.kind === 'regex') return { ok: false, reason: 'nginx takes no URI in proxy_pass of a location by regular expression' };
  if (uri === location.text) return asItCame();
  if (location.kind === 'exact') return rewritten({ path: literal(uri) });
  // The star of `/api/*` takes what stands behind the slash.
  if (location.text.endsWith('/') && location.text !== '/' && uri.endsWith('/')) return rewritten({ path: `${literal(uri)}*` });
  return rewritten({ match: `^${escaped(location.text)}`, to: replacement(uri) });
}

const rewritten = (rewrite: Readonly<Record<string, string>>, difference?: string): Rewriting => ({ ok: true, rewrite, difference });
const replacement = (text: string): string => text.replaceAll('$', '$$$$');

const keepsQuery = /\$is_args\$args$|\?\$args$|\$\{is_args\}\$\{args\}$|\$is_args\$query_string$/;
const pathVariable = String.raw`\$(?:\{(?:document_)?uri\}|(?:document_)?uri\b)`;

/** `$request_uri`, `$uri$is_args$args`, or groups of the expression that matched. */
function byVariables(uri: string, location: Location): Rewriting {
  const whole = /^(.*)\$(?:\{request_uri\}|request_uri)$/.exec(uri);
  if (whole !== null && !whole[1]?.includes('$')) return before(whole[1] ?? '', undefined);
  const difference = keepsQuery.test(uri) ? undefined : 'the query of the request goes on, where nginx leaves it out';
  const bare = uri.replace(keepsQuery, '');
  const plain = new RegExp(`^([^$]*)${pathVariable}$`).exec(bare);
  if (plain !== null) return before(plain[1] ?? '', difference);
  return byGroups(bare, location, difference);
}

const before = (prefix: string, difference: string | undefined): Rewriting =>
  prefix === '' ? asItCame(difference) : rewritten({ match: '^', to: replacement(prefix) }, difference);

function byGroups(uri: string, { kind, text }: Location, difference: string | undefined): Rewriting {
  const groups = kind === 'regex' ? groupsOf(text) : new Map<string, string>();
  const unknown = piecesOf(uri).find((piece) => piece.kind === 'variable' && !groups.has(piece.name));
  if (unknown?.kind === 'variable') return { ok: false, reason: `$${unknown.name} is known only when a request comes` };
  const template = templateOf(uri, { fixed: {}, captures: groups });
  return template.ok
    ? rewritten({ path: template.text }, difference)
    : { ok: false, reason: `${template.variable} is not known to templates` };
}
