// An `upstream` as far as it is a pool by itself: endpoints, balancing, sessions, kept connections. What a location adds is put to it later.

import type { Coverage } from '../coverage/coverage.ts';
import type { Directive } from '../language/directive.ts';
import { durationText, nginxTime } from '../words/measures.ts';
import { splitOnce } from '../words/parameters.ts';
import type { Scope } from '../words/scope.ts';
import { inForce, named, within } from '../words/scope.ts';
import { balanceOf } from './balancing.ts';
import type { Outliers } from './endpoints.ts';
import { serversOf } from './endpoints.ts';

export interface Upstream {
  readonly name: string;
  /** The keys of a pool. */
  readonly pool: Readonly<Record<string, unknown>>;
  /** How endpoints are judged, but for the statuses that count; undefined where they are not. */
  readonly outliers: Outliers | undefined;
  /** Endpoints that may get requests: nginx tries each of them once. */
  readonly serving: number;
  /** Requests can be sent there, now or when its addresses are found. */
  readonly hasServers: boolean;
}

export function upstreamOf(directive: Directive, http: Scope, coverage: Coverage): Upstream {
  const { args, block = [] } = directive;
  const servers = serversOf(named(block, 'server'), inForce(within(http, directive), 'resolver'), coverage);
  const balance = balanceOf(block, coverage);
  const sticky = stickyOf(named(block, 'sticky').at(-1), coverage);
  const connections = connectionsOf(block, coverage);
  for (const zone of named(block, 'zone')) coverage.translated(zone, 'workers share all that is counted and judged of endpoints anyway');
  for (const state of named(block, 'state')) coverage.refused(state, 'endpoints are read from the document, not from a file of nginx');
  const queue = named(block, 'queue')
    .map((each) => queueOf(each, coverage))
    .at(-1);
  const hasServers = servers.endpoints.length > 0 || servers.discover !== undefined;
  if (!hasServers) coverage.refused(directive, 'the upstream has no server that could be translated');
  else coverage.translated(directive, 'a pool');
  const pool = {
    balance,
    endpoints: servers.endpoints.length === 0 && hasServers ? undefined : servers.endpoints,
    discover: servers.discover,
    slowStart: servers.slowStart,
    sticky,
    connections,
    queue,
  };
  return { name: args[0] ?? '', pool: present(pool), outliers: servers.outliers, serving: servers.serving, hasServers };
}

/** Without the keys that have no value. */
export const present = (section: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined));

function connectionsOf(block: readonly Directive[], coverage: Coverage): unknown {
  const section: Record<string, unknown> = {};
  for (const directive of block) {
    const [value = ''] = directive.args;
    if (/^keepalive(?:_requests)?$/.test(directive.name) && !/^\d+$/.test(value)) {
      coverage.refused(directive, `${JSON.stringify(value)} is no number`);
    } else if (directive.name === 'keepalive') {
      section['idle'] = Number(value);
      coverage.approximated(directive, 'kept for each endpoint and worker; nginx keeps so many for all endpoints together');
    } else if (directive.name === 'keepalive_requests') {
      section['maxExchanges'] = Number(value);
      coverage.translated(directive, 'connections.maxExchanges');
    } else if (directive.name === 'keepalive_timeout' || directive.name === 'keepalive_time') {
      const time = nginxTime(value);
      if (time === undefined || time === 0) coverage.refused(directive, `${JSON.stringify(value)} is no duration`);
      else section[directive.name === 'keepalive_time' ? 'maxAge' : 'idleTimeout'] = durationText(time);
      if (time !== undefined && time !== 0)
        coverage.translated(directive, directive.name === 'keepalive_time' ? 'connections.maxAge' : 'connections.idleTimeout');
    }
  }
  return Object.keys(section).length === 0 ? undefined : section;
}

function queueOf(directive: Directive, coverage: Coverage): unknown {
  const [size = '', timeout = ''] = directive.args;
  const time = nginxTime(splitOnce(timeout, '=')[1]) ?? 60_000;
  if (!/^[1-9]\d*$/.test(size)) {
    coverage.refused(directive, `${JSON.stringify(size)} is no number of requests that could wait`);
    return undefined;
  }
  coverage.translated(directive, 'queue');
  return { size: Number(size), timeout: durationText(time), order: 'fifo' };
}

function stickyOf(directive: Directive | undefined, coverage: Coverage): unknown {
  if (directive === undefined) return undefined;
  const [kind, ...parameters] = directive.args;
  if (kind === 'cookie') return cookie(directive, parameters, coverage);
  if (kind === 'learn') return learned(directive, parameters, coverage);
  coverage.refused(
    directive,
    `sticky ${kind ?? ''} is not known to Evenkeel: it has cookies of its own and learns sessions of the application`,
  );
  return undefined;
}

function cookie(directive: Directive, [name, ...parameters]: readonly string[], coverage: Coverage): unknown {
  const section: Record<string, unknown> = { cookie: name };
  const refused: string[] = [];
  for (const parameter of parameters) {
    const [key, value] = splitOnce(parameter, '=');
    const time = nginxTime(value);
    if (key === 'expires' && time !== undefined) section['maxAge'] = durationText(time);
    else if (key === 'domain' || key === 'path') section[key] = key === 'domain' ? value.replace(/^\./, '') : value;
    else if (key === 'secure' || key === 'httponly') section[key === 'secure' ? 'secure' : 'httpOnly'] = true;
    else if (key === 'samesite' && /^(?:lax|strict|none)$/i.test(value)) section['sameSite'] = value.toLowerCase();
    else refused.push(parameter);
  }
  if (!parameters.includes('httponly')) section['httpOnly'] = false;
  for (const parameter of refused) coverage.refused(directive, `"${parameter}" cannot be said of a cookie`);
  coverage.approximated(
    directive,
    'the cookie has another value, which cannot be forged: clients that have one of nginx are spread anew once',
  );
  return section;
}

function learned(directive: Directive, parameters: readonly string[], coverage: Coverage): unknown {
  const settings = new Map(parameters.map((parameter) => splitOnce(parameter, '=')));
  const source = /^\$(?:upstream_)?(cookie|http)_(\w+)$/;
  const create = source.exec(settings.get('create') ?? '');
  const lookup = source.exec(settings.get('lookup') ?? '');
  if (create === null || lookup === null || create[1] !== lookup[1] || create[2] !== lookup[2]) {
    coverage.refused(directive, 'sessions are learned from one cookie or one header, the same in answers and requests');
    return undefined;
  }
  const time = nginxTime(settings.get('timeout') ?? '10m');
  coverage.translated(directive, 'sticky.session');
  const session = create[1] === 'cookie' ? `cookie:${create[2]}` : `header:${create[2]?.replaceAll('_', '-')}`;
  return { session, idle: durationText(time ?? 600_000) };
}
