// A `server` with `resolve`: its addresses are found while Evenkeel serves, by the `resolver` that is in force, for as long as that says. A pool has
// one source, so an upstream has one such server; beside it may stand any number of others.

import type { Coverage } from '../coverage/coverage.ts';
import type { Directive } from '../language/directive.ts';
import { durationText, nginxTime } from '../words/measures.ts';
import { splitOnce } from '../words/parameters.ts';
import type { WrittenEndpoint } from './endpoints.ts';

export type WrittenDiscover = Readonly<Record<string, unknown>>;

/** A name that is to be asked for again and again. */
export interface Resolved {
  readonly directive: Directive;
  /** With the port, and what the line says of each endpoint. */
  readonly endpoint: WrittenEndpoint;
  /** `service=` */
  readonly service: string | undefined;
}

/** `resolver` is the one in force; nginx does not start where there is none. */
export function discoverOf(
  { directive, endpoint, service }: Resolved,
  resolver: Directive | undefined,
  coverage: Coverage,
): WrittenDiscover {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(endpoint.address) ?? [];
  const { address: _, weight, ...rest } = endpoint;
  const asked = resolver === undefined ? {} : resolverOf(resolver, coverage);
  coverage.translated(directive, 'discover: an answer without any address is not believed');
  if (service === undefined) return { dns: host, port: Number(port), ...asked, ...(weight === undefined ? {} : { weight }), ...rest };
  if (weight !== undefined) coverage.approximated(directive, 'the weights are those of the records SRV alone');
  if (endpoint.backup === true)
    coverage.approximated(directive, 'records of a lower priority are backups after the others, where nginx leaves them out');
  return { srv: serviceName(service, host), ...asked, ...rest };
}

/** Documents have no longer one: a day. */
const longestEvery = 86_400_000;

/** A name without a dot is the one of RFC 2782. */
const serviceName = (service: string, host: string): string => (service.includes('.') ? `${service}.${host}` : `_${service}._tcp.${host}`);

function resolverOf(resolver: Directive, coverage: Coverage): WrittenDiscover {
  const servers: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const word of resolver.args) {
    const [key, value] = splitOnce(word, '=');
    const time = nginxTime(value);
    if (key === 'valid' && time !== undefined && time > 0) settings['every'] = durationText(Math.min(time, longestEvery));
    else if (key === 'ipv4' || key === 'ipv6') {
      if (value === 'off') settings['family'] = key === 'ipv4' ? 'ipv6' : 'ipv4';
    } else if (key === 'status_zone') continue;
    else if (isAddress(word)) servers.push(/\]$/.test(word) ? `${word}:53` : word);
    else
      coverage.approximated(
        resolver,
        `"${word}": a resolver is asked by its address; ${resolver.args.some(isAddress) ? 'the others are' : 'those of the system are'} asked`,
      );
  }
  coverage.translated(resolver, 'discover.server and discover.every');
  const [only] = servers;
  return { ...(only === undefined ? {} : { server: servers.length === 1 ? only : servers }), ...settings };
}

const isAddress = (text: string): boolean => /^(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/.test(text);
