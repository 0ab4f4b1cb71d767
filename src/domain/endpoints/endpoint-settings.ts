// What may be set for an endpoint: its address, alone or with its weight.
import * as z from 'zod';
import { parseAddress } from '../settings/addresses.ts';
import { weight } from '../settings/measures.ts';
import { section, written } from '../settings/written.ts';
import type { EndpointAddress } from './endpoint.ts';

export interface EndpointSettings {
  /** The canonical text of the address: the endpoint's identity. */
  readonly id: string;
  readonly address: EndpointAddress;
  readonly weight: number;
}

interface IdentifiedAddress {
  readonly id: string;
  readonly address: EndpointAddress;
}

const forms = 'an address such as 10.0.0.1:8080, localhost:3001, [::1]:80 or unix:/run/app.sock';

/** Where an endpoint is reached: always with a host and a port, or the path of a socket. */
export const endpointAddress = written<IdentifiedAddress, string>(
  { kind: 'address', type: 'string', examples: ['10.0.0.1:8080'] },
  (input) => {
    const address = typeof input === 'string' ? parseAddress(input) : undefined;
    if (address === undefined) return { message: `expected ${forms}` };
    if (address.kind === 'unix') return { value: { id: address.text, address: { kind: 'unix', path: address.path } } };
    if (address.host === undefined) return { message: `expected a host before the port: ${forms}` };
    if (address.port === 0) return { message: `expected a port from 1 to 65535: ${forms}` };
    return { value: { id: address.text, address: { kind: 'tcp', host: address.host, port: address.port } } };
  },
).describe('Where the endpoint is reached: `host:port` or `unix:/path`.');

const endpointSection = section(
  {
    address: endpointAddress,
    weight: weight()
      .prefault(1)
      .describe('Its share beside the other endpoints, for policies that honour weights: twice the weight, twice the share.'),
  },
  {
    expected: `${forms}, or a section with address and weight`,
    later: {
      capacity: 'weights from capacity',
      backup: 'endpoints that stand by',
      zone: 'zones of endpoints',
      priority: 'priorities of endpoints',
      maxConnections: 'limits for each endpoint',
    },
  },
);

/** An address alone is short for a section with nothing but the address. */
export const endpointSettings = z
  // The cast tells documents in TypeScript what may be written; preprocess takes anything.
  .preprocess(
    (input: string | z.input<typeof endpointSection>) => (typeof input === 'string' ? { address: input } : input),
    endpointSection,
  )
  .transform(({ address, weight }): EndpointSettings => ({ id: address.id, address: address.address, weight }))
  .meta({ short: 'address' });
