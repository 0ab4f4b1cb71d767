// `mirror /copy` where that is a location which hands the same path on to other servers, as the page about it has it: a copy for another pool.
import type { Directive } from '../language/directive.ts';
import { proxyingOf } from '../pools/treatment.ts';
import { nginxSize, sizeText } from '../words/measures.ts';
import type { Scope } from '../words/scope.ts';
import { allInForce, inForce, named, within } from '../words/scope.ts';
import { targetOf } from './rewriting.ts';
import type { Spot } from './spot.ts';

/** nginx lets bodies have that much, and so does a mirror, unless told otherwise. */
const usualBody = 1024 * 1024;
const mostBody = 64 * 1024 * 1024;

/** The `mirror` of a route; undefined where there is none, or none that could be translated, which is told. */
export function mirrorOf(spot: Spot): Readonly<Record<string, string>> | undefined {
  const [mirror, ...more] = allInForce(spot.scope, 'mirror');
  const uri = mirror?.args[0] ?? 'off';
  if (mirror === undefined || uri === 'off') return undefined;
  const refuse = (reason: string): undefined => {
    for (const each of [mirror, ...more]) spot.coverage.refused(each, reason);
    return undefined;
  };
  if (more.length > 0) return refuse('a route has one mirror');
  if (inForce(spot.scope, 'mirror_request_body')?.args[0] === 'off') return refuse('a copy has the body of its request');
  const found = locationAt(uri, spot.scope);
  const pass = found && named(found.scope.directives, 'proxy_pass').at(-1);
  const target = pass && targetOf(pass.args[0] ?? '');
  const isPlain = target?.scheme === 'http' && target.uri === '$request_uri' && !target.host.includes('$');
  if (found === undefined || pass === undefined || target === undefined || !isPlain)
    return refuse('a copy goes where a location of just this path has `proxy_pass http://…$request_uri`, and there is none');
  const pool = spot.pools.poolFor(target.host, proxyingOf(found.scope, false, spot.coverage).treatment, pass);
  if (pool === undefined) return refuse(`${JSON.stringify(target.host)} is neither an upstream with servers nor an address`);
  spot.coverage.translated(pass, `mirror: pool ${pool.name}`);
  spot.coverage.approximated(
    mirror,
    'mirror: the copy has the path and the headers with which the request itself goes on; upgrades have none',
  );
  return { pool: pool.name, ...bodyOf(spot.scope) };
}

function bodyOf(scope: Scope): { readonly maxBody?: string } {
  const size = nginxSize(inForce(scope, 'client_max_body_size')?.args[0] ?? '1m') ?? usualBody;
  return size === usualBody ? {} : { maxBody: sizeText(size === 0 ? mostBody : Math.min(size, mostBody)) };
}

interface Found {
  readonly directive: Directive;
  readonly scope: Scope;
}

/** `location = /copy` or `location /copy`, in the same block or around it. */
function locationAt(path: string, scope: Scope): Found | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const found = named(at.directives, 'location').find(({ args }) =>
      [path, `=${path}`, `= ${path}`, `^~ ${path}`].includes(args.join(' ')),
    );
    if (found !== undefined) return { directive: found, scope: within(at, found) };
  }
  return undefined;
}
