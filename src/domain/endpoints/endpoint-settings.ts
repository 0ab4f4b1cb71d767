// What may be set for an endpoint: its address, alone or with its weight.
import * as z from 'zod';
import { parseAddress } from '../settings/addresses.ts';
import { count, name, text, weight } from '../settings/measures.ts';
import { flag, section, written } from '../settings/written.ts';
import type { EndpointAddress } from './endpoint.ts';

export interface EndpointSettings {
  /** The canonical text of the address: the endpoint's identity. */
  readonly id: string;
  readonly address: EndpointAddress;
  /** 0 for an endpoint that keeps its sessions and gets nothing new. */
  readonly weight: number;
  /** Weights follow from it where it is given: see `weightsOf`. */
  readonly capacity?: number;
  readonly backup: boolean;
  /** 0 is asked first. */
  readonly priority: number;
  readonly maxConnections: number;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface IdentifiedAddress {
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
    weight: weight({ zero: true })
      .exactOptional()
      .describe(
        'Its share beside the other endpoints, for policies that honour weights: twice the weight, twice the share. 1 when absent; 0 drains it.',
      ),
    capacity: weight()
      .exactOptional()
      .describe('How much it can take, in any unit: its weight is its share of the capacity of all. In the place of `weight`.'),
    backup: flag().prefault(false).describe('Gets exchanges only when no endpoint that is not a backup may be picked.'),
    priority: count({ least: 0, most: 15 })
      .prefault(0)
      .describe(
        '`0` gets everything as long as enough of it are well (72 % with the usual `panic.overprovisioning`). What it cannot take spills over to `1`, and so on. Backups come after all priorities.',
      ),
    maxConnections: count({ none: true }).prefault('none').describe('Exchanges in flight that it gets at most, from all workers together.'),
    metadata: z
      .record(name(), text({ most: 256 }), { error: 'expected a section of words such as { version: v2 }' })
      .prefault({})
      .describe('Words about it, by which routes choose among the endpoints of a pool.'),
  },
  {
    expected: `${forms}, or a section with address and weight`,
    later: { zone: 'zones of endpoints' },
  },
).check((context) => {
  const { weight: share, capacity } = context.value;
  if (share === undefined || capacity === undefined) return;
  context.issues.push({
    code: 'custom',
    message: 'expected weight or capacity, not both: the weight is what follows from the capacity',
    input: capacity,
    path: ['capacity'],
    continue: true,
  });
});

/** An address alone is short for a section with nothing but the address. */
export const endpointSettings = z
  // The cast tells documents in TypeScript what may be written; preprocess takes anything.
  .preprocess(
    (input: string | z.input<typeof endpointSection>) => (typeof input === 'string' ? { address: input } : input),
    endpointSection,
  )
  .transform(({ address, weight: share = 1, ...others }): EndpointSettings => ({ ...address, weight: share, ...others }))
  .meta({ short: 'address' });
