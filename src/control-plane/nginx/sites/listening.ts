// Where servers listen, and how long and for how much clients are waited for there.

import type { Coverage } from '../coverage/coverage.ts';
import type { Directive } from '../language/directive.ts';
import { durationText, nginxSize, nginxTime, sizeText } from '../words/measures.ts';
import type { Scope } from '../words/scope.ts';
import { everyInForce, inForce, named } from '../words/scope.ts';
import type { Server } from './server-names.ts';

export interface Listen {
  readonly bind: string;
  /** Undefined on a Unix socket. */
  readonly port: number | undefined;
  readonly servers: readonly Server[];
  readonly standard: Server;
}

interface OneListen {
  readonly bind: string;
  readonly port: number | undefined;
  readonly isDefault: boolean;
  readonly server: Server;
}

/** Addresses in the order in which they are first named, each with its servers. */
export function listensOf(servers: readonly Server[], coverage: Coverage): readonly Listen[] {
  const all = servers.flatMap((server) => listensOfServer(server, coverage));
  return [...new Set(all.map(({ bind }) => bind))].flatMap((bind): readonly Listen[] => {
    const here = all.filter((listen) => listen.bind === bind);
    const standard = here.find(({ isDefault }) => isDefault) ?? here[0];
    return standard === undefined
      ? []
      : [{ bind, port: standard.port, servers: [...new Set(here.map(({ server }) => server))], standard: standard.server }];
  });
}

function listensOfServer(server: Server, coverage: Coverage): readonly OneListen[] {
  const written = named(server.scope.directives, 'listen');
  if (written.length > 0) return written.flatMap((directive) => listenOf(directive, server, coverage) ?? []);
  coverage.translated(server.directive, 'without `listen` it is :80');
  return [{ bind: ':80', port: 80, isDefault: false, server }];
}

const unneededFlags =
  /^(?:backlog=|rcvbuf=|sndbuf=|reuseport$|deferred$|bind$|so_keepalive|ipv6only=|setfib=|fastopen=|accept_filter=|multipath$)/;

function listenOf(directive: Directive, server: Server, coverage: Coverage): OneListen | undefined {
  const [address = '', ...flags] = directive.args;
  const bind = bindOf(address);
  if (bind === undefined) {
    coverage.refused(directive, `${JSON.stringify(address)} is no address to listen on`);
    return undefined;
  }
  if (flags.includes('ssl') || flags.includes('quic')) {
    coverage.refused(directive, 'TLS is not built yet: nothing listens here');
    return undefined;
  }
  if (flags.includes('proxy_protocol')) {
    coverage.refused(directive, 'the PROXY protocol is not built yet: nothing listens here');
    return undefined;
  }
  for (const flag of flags) {
    if (flag === 'http2') coverage.approximated(directive, 'clients are spoken to in HTTP/1.1');
    else if (flag !== 'default_server' && flag !== 'default' && !unneededFlags.test(flag))
      coverage.refused(directive, `"${flag}" is not known`);
  }
  coverage.translated(directive, `listener ${bind.text}`);
  const isDefault = flags.includes('default_server') || flags.includes('default');
  return { bind: bind.text, port: bind.port, isDefault, server };
}

/** All addresses of the machine are one, of both versions. */
export function bindOf(address: string): { readonly text: string; readonly port: number | undefined } | undefined {
  if (address.startsWith('unix:')) return /^unix:\/.{1,106}$/.test(address) ? { text: address, port: undefined } : undefined;
  const parts = /^(?:(\*|\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)(?::(\d{1,5}))?|:?(\d{1,5}))$/.exec(address);
  const [, , port, alone] = parts ?? [];
  const host = parts?.[1] !== undefined && /^\d{1,5}$/.test(parts[1]) ? undefined : parts?.[1];
  const number = Number(port ?? alone ?? (host === undefined ? parts?.[1] : 80));
  if (parts === null || number > 65_535) return undefined;
  const isEverywhere = host === undefined || host === '*' || host === '0.0.0.0' || host === '[::]';
  return { text: `${isEverywhere ? '' : host?.toLowerCase()}:${number}`, port: number };
}

/** Keys of a listener that come from the default server of its address, as nginx takes them before it knows the host. */
export function clientSettings({ servers, standard }: Listen, coverage: Coverage): Record<string, unknown> {
  const timeouts: Record<string, unknown> = {};
  const limits: Record<string, unknown> = {};
  for (const [name, section, key] of durations) {
    const directive = inForce(standard.scope, name);
    if (directive === undefined) continue;
    const time = nginxTime(directive.args[0] ?? '');
    if (name === 'keepalive_timeout' && time === 0) limits['exchanges'] = 1;
    else if (time === undefined || time === 0) {
      coverage.refused(directive, `${JSON.stringify(directive.args[0] ?? '')} is no duration that can be waited for`);
      continue;
    } else (section === 'timeouts' ? timeouts : limits)[key] = durationText(time);
    coverage.translated(directive, time === 0 ? 'limits.exchanges: 1' : `timeouts.${key}`);
  }
  readLimits(standard.scope, limits, coverage);
  tellOthers(servers, standard, coverage);
  return { ...section('timeouts', timeouts), ...section('limits', limits), ...forwarding(standard.scope, coverage) };
}

export const section = (name: string, keys: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.keys(keys).length === 0 ? {} : { [name]: keys };

const durations = [
  ['client_header_timeout', 'timeouts', 'head'],
  ['client_body_timeout', 'timeouts', 'body'],
  ['send_timeout', 'timeouts', 'send'],
  ['keepalive_timeout', 'timeouts', 'keepAlive'],
] as const;

function readLimits(scope: Scope, limits: Record<string, unknown>, coverage: Coverage): void {
  const requests = inForce(scope, 'keepalive_requests');
  if (requests !== undefined && /^[1-9]\d*$/.test(requests.args[0] ?? '')) {
    limits['exchanges'] ??= Number(requests.args[0]);
    coverage.translated(requests, 'limits.exchanges');
  }
  const buffers = inForce(scope, 'large_client_header_buffers');
  const size = nginxSize(buffers?.args[1] ?? '');
  if (buffers === undefined || size === undefined) return;
  limits['head'] = sizeText(Math.min(Math.max(Number(buffers.args[0]) * size, 256), 1024 * 1024));
  limits['target'] = sizeText(Math.min(Math.max(size, 16), 1024 * 1024));
  coverage.approximated(buffers, 'limits.head and limits.target: a single field may be as long as the whole head');
}

/** What other servers of the address say is not looked at before the host is known, in nginx neither. */
function tellOthers(servers: readonly Server[], standard: Server, coverage: Coverage): void {
  const names = [...durations.map(([name]) => name), 'keepalive_requests', 'large_client_header_buffers'];
  for (const server of servers.filter((each) => each !== standard))
    for (const directive of server.scope.directives.filter(({ name }) => names.includes(name as (typeof names)[number])))
      if (!coverage.has(directive))
        coverage.approximated(directive, 'what the default server of the address says holds for all of its servers');
}

/** The realip module: whom to believe about the client. */
function forwarding(scope: Scope, coverage: Coverage): Record<string, unknown> {
  const sources = everyInForce(scope, 'set_real_ip_from');
  const header = inForce(scope, 'real_ip_header');
  const trust = sources.flatMap(({ args }) => (/^[0-9a-fA-F:.]+(?:\/\d+)?$/.test(args[0] ?? '') ? [args[0] ?? ''] : []));
  for (const source of sources) {
    if (trust.includes(source.args[0] ?? '')) coverage.translated(source, 'forwarding.trust');
    else coverage.refused(source, 'expected an address or a network');
  }
  if (header !== undefined) {
    const isKnown = /^x-forwarded-for$/i.test(header.args[0] ?? '');
    if (isKnown) coverage.translated(header, 'X-Forwarded-For and Forwarded are read from trusted networks');
    else coverage.refused(header, 'the client is read from X-Forwarded-For or Forwarded alone');
  }
  const recursive = inForce(scope, 'real_ip_recursive');
  if (recursive?.args[0] === 'on') coverage.translated(recursive, 'the last address of the list that is not trusted is the client');
  else if (recursive !== undefined)
    coverage.approximated(recursive, 'the last address of the list that is not trusted is the client, as with `on`');
  return trust.length === 0 ? {} : { forwarding: { trust } };
}
