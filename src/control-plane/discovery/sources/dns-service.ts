// Every target of a service is an endpoint, with the port, the weight and the priority of its record: SRV, RFC 2782. The addresses of targets are
// asked for in turn, and their TTL says when all of it is asked again: Node.js does not tell the one of records SRV.
import type { AddressFamily } from '../../../domain/traffic/discover-settings.ts';
import type { Milliseconds } from '../../../foundation/basics/units.ts';
import { milliseconds } from '../../../foundation/basics/units.ts';
import type { Lookup } from '../name-lookup.ts';
import { lookUpAddresses, lookUpServices } from '../name-lookup.ts';
import { isUnavailable, serviceEntries } from '../service-records.ts';
import type { Answer } from '../source.ts';
import { defineSource, failed, failedBy } from '../source.ts';

/** Each is a question of its own. */
const mostTargets = 1000;

export const dnsService = defineSource({
  kind: 'srv',
  usualEvery: milliseconds(5000),
  isNear: false,
  name: ({ name }) => `srv ${name}`,
  open: ({ name, family, servers }) => ({
    ask: async (signal): Promise<Answer> => {
      try {
        return await askService(name, family, { servers, signal });
      } catch (error) {
        return failedBy(error);
      }
    },
  }),
});

async function askService(name: string, family: AddressFamily, lookup: Lookup): Promise<Answer> {
  const records = await lookUpServices(name, lookup);
  if (isUnavailable(records)) return { kind: 'found', entries: [] };
  const targets = [...new Set(records.map((record) => record.name))];
  if (targets.length > mostTargets) return failed(`it has ${targets.length} targets, more than ${mostTargets}`);
  // One that cannot be asked for fails all of them: the others alone would look like the whole of them.
  const found = await Promise.all(targets.map(async (target) => [target, await lookUpAddresses(target, family, lookup)] as const));
  const entries = serviceEntries(records, new Map(found.map(([target, { addresses }]) => [target, addresses])));
  const validities = found.flatMap(([, { validFor }]) => validFor ?? []);
  return { kind: 'found', entries, ...leastOf(validities) };
}

const leastOf = (validities: readonly Milliseconds[]): { readonly validFor?: Milliseconds } =>
  validities.length === 0 ? {} : { validFor: milliseconds(Math.min(...validities)) };
