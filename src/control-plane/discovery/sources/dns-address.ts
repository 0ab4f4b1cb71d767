// Every address of a name is an endpoint: records A and AAAA, for as long as their TTL says. Asks resolvers by DNS itself: files of hosts and
// lists of domains to search, which have no TTL, say nothing here.
import { milliseconds } from '../../../foundation/basics/units.ts';
import { lookUpAddresses } from '../name-lookup.ts';
import { endpointText } from '../service-records.ts';
import type { Answer } from '../source.ts';
import { defineSource, failedBy } from '../source.ts';

export const dnsAddress = defineSource({
  kind: 'dns',
  // Where an answer is empty, nothing says how long that holds.
  usualEvery: milliseconds(5000),
  isNear: false,
  name: ({ name, port }) => `dns ${name}:${port}`,
  open: ({ name, port, family, servers }) => ({
    ask: async (signal): Promise<Answer> => {
      try {
        const { addresses, ...validity } = await lookUpAddresses(name, family, { servers, signal });
        return { kind: 'found', entries: addresses.map((address) => endpointText(address, port)), ...validity };
      } catch (error) {
        return failedBy(error);
      }
    },
  }),
});
