// Asks resolvers for the addresses of a name. A resolver that never answers holds up nobody longer than the signal allows.
import { Resolver } from 'node:dns/promises';
import type { AddressFamily } from '../../domain/traffic/discover-settings.ts';
import { thrownText } from '../../foundation/basics/thrown.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import type { ServiceRecord } from './service-records.ts';

export interface Lookup {
  /** None for those of the system. */
  readonly servers: readonly string[];
  readonly signal: AbortSignal;
}

export interface Addresses {
  readonly addresses: readonly string[];
  /** The least of all records; absent where there are none. */
  readonly validFor?: Milliseconds;
}

/** The name is there without such records, or it is not there: an answer, and no failure of the resolver. */
const noData: readonly unknown[] = ['ENODATA', 'ENOTFOUND'];

const mostValidFor = 2 ** 31 - 1;

/** Rejects when one of the families could not be asked for: half of the addresses would look like the whole of them, and the rest be dropped. */
export async function lookUpAddresses(name: string, family: AddressFamily, lookup: Lookup): Promise<Addresses> {
  const found = await withResolver(lookup, (resolver) =>
    Promise.all([
      family === 'ipv6' ? [] : orNone(name, 'A', resolver.resolve4(name, { ttl: true })),
      family === 'ipv4' ? [] : orNone(name, 'AAAA', resolver.resolve6(name, { ttl: true })),
    ]),
  );
  const records = found.flat();
  if (records.length === 0) return { addresses: [] };
  const seconds = Math.min(...records.map(({ ttl }) => ttl));
  return { addresses: records.map(({ address }) => address), validFor: milliseconds(Math.min(mostValidFor, 1000 * seconds)) };
}

export function lookUpServices(name: string, lookup: Lookup): Promise<readonly ServiceRecord[]> {
  return withResolver(lookup, (resolver) => orNone(name, 'SRV', resolver.resolveSrv(name)));
}

async function orNone<Record>(name: string, type: string, records: Promise<readonly Record[]>): Promise<readonly Record[]> {
  try {
    return await records;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (noData.includes(code)) return [];
    throw new Error(`${type} of ${name}: ${lookupText(error, code)}`, { cause: error });
  }
}

/** A resolver of its own each time: what the system says of its resolvers is read when one is made, and may have changed. */
async function withResolver<Value>({ servers, signal }: Lookup, ask: (resolver: Resolver) => Promise<Value>): Promise<Value> {
  const resolver = new Resolver({ timeout: tryTimeout, tries });
  if (servers.length > 0) resolver.setServers(servers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await ask(resolver);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** A packet that is lost is sent again; how long all of it may take, the signal says. */
const tryTimeout = 2000;
const tries = 4;

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody answers at the resolver',
  ETIMEOUT: 'the resolver does not answer',
  ECANCELLED: 'the resolver does not answer in time',
  ESERVFAIL: 'the resolver says that it failed (SERVFAIL)',
  EREFUSED: 'the resolver refuses to answer (REFUSED)',
  EBADRESP: 'the resolver answers nonsense',
  EFORMERR: 'the resolver does not understand the question (FORMERR)',
};

/** For an operator. */
function lookupText(error: unknown, code: unknown): string {
  const known = typeof code === 'string' && Object.hasOwn(words, code) ? words[code] : undefined;
  return known ?? thrownText(error).replace(/^Error: /, '');
}
