// Which server of an address a request is for, by its host: exact names, then the longest wildcard in front, then the longest one at the end,
// then the first regular expression, then the default server (ngx_http_find_virtual_server). Here as groups of hosts in first-match order.

import type { Coverage } from '../coverage/coverage.ts';
import type { Directive } from '../language/directive.ts';
import { escaped, faultOf, regexPattern } from '../words/patterns.ts';
import type { Scope } from '../words/scope.ts';
import { named } from '../words/scope.ts';

export interface Server {
  readonly directive: Directive;
  readonly scope: Scope;
}

/** These hosts, or all that are left, go to this server. */
export interface HostGroup {
  readonly server: Server;
  /** undefined for every host. */
  readonly hosts: readonly string[] | undefined;
}

interface Name {
  readonly server: Server;
  readonly host: string;
  /** Exact names first, expressions last. */
  readonly rank: number;
  readonly length: number;
}

/** `servers` share an address; the first of them is the default unless another says so. */
export function hostGroups(servers: readonly Server[], standard: Server, coverage: Coverage): readonly HostGroup[] {
  const seen = new Set<string>();
  const names = servers.flatMap((server) => namesOf(server, coverage)).filter(({ host }) => !seen.has(host) && seen.add(host));
  const ordered = [...names].sort((one, other) => one.rank - other.rank || beforeInRank(one, other, standard));
  const groups: { server: Server; hosts: string[] | undefined }[] = [];
  for (const { server, host } of ordered) {
    const last = groups.at(-1);
    if (last?.server === server) last.hosts?.push(host);
    else groups.push({ server, hosts: [host] });
  }
  // What would come to the default server by its name comes to it anyway, where nobody else is asked in between.
  while (groups.at(-1)?.server === standard) groups.pop();
  return [...groups, { server: standard, hosts: undefined }];
}

const ranks = { exact: 0, leading: 1, trailing: 2, regex: 3 };

function beforeInRank(one: Name, other: Name, standard: Server): number {
  if (one.rank === ranks.exact) return Number(one.server === standard) - Number(other.server === standard);
  return one.rank === ranks.regex ? 0 : other.length - one.length;
}

function namesOf(server: Server, coverage: Coverage): readonly Name[] {
  return named(server.scope.directives, 'server_name').flatMap((directive) => {
    coverage.translated(directive, 'hosts of routes');
    return directive.args.flatMap((name) =>
      nameOf(name.toLowerCase() === name || name.startsWith('~') ? name : name.toLowerCase(), directive, coverage).map((part) => ({
        ...part,
        server,
      })),
    );
  });
}

const hostForm = /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/;

function nameOf(name: string, directive: Directive, coverage: Coverage): readonly Omit<Name, 'server'>[] {
  if (name === '' || name === '_' || name === '""') {
    if (name === '') coverage.approximated(directive, 'requests without a host come to the default server');
    return [];
  }
  if (name.startsWith('~')) {
    const fault = faultOf(regexPattern(name.slice(1), false));
    if (fault !== undefined) coverage.refused(directive, `${name}: ${fault}`);
    return fault !== undefined ? [] : [{ host: regexPattern(name.slice(1), false), rank: ranks.regex, length: 0 }];
  }
  if (name.startsWith('.') && hostForm.test(name.slice(1)))
    return [
      { host: name.slice(1), rank: ranks.exact, length: name.length },
      { host: `*${name}`, rank: ranks.leading, length: name.length },
    ];
  if (name.startsWith('*.') && hostForm.test(name.slice(2))) return [{ host: name, rank: ranks.leading, length: name.length }];
  if (name.endsWith('.*') && hostForm.test(name.slice(0, -2)))
    return [{ host: `~^${escaped(name.slice(0, -1))}.+$`, rank: ranks.trailing, length: name.length }];
  if (hostForm.test(name) || /^\[[0-9a-f:.]+\]$/.test(name)) return [{ host: name, rank: ranks.exact, length: name.length }];
  coverage.refused(directive, `${JSON.stringify(name)} is no host that a route can have`);
  return [];
}
