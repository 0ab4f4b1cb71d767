// What may be set for overriding a pool's policy: the header that names an endpoint, and the networks from which it is believed.
import * as z from 'zod';
import { parseAddressRanges } from '../../foundation/algorithms/address-ranges.ts';
import { network } from '../settings/measures.ts';
import { section, written } from '../settings/written.ts';
import { isToken, staysInRequests } from './field-names.ts';

export interface OverrideSettings {
  /** In small letters. */
  readonly header: string;
  /** Never empty. */
  readonly trust: readonly string[];
}

const header = written<string, string>({ kind: 'name', type: 'string', examples: ['x-endpoint'] }, (input) => {
  if (!isToken(input)) return { message: 'expected the name of a header such as x-endpoint' };
  const name = input.toLowerCase();
  if (!staysInRequests(name)) return { message: 'expected the name of a header that does not end at this hop, such as x-endpoint' };
  return { value: name };
});

const anyNetwork = network();
/** `::ffff:0:0/80` looks like a network, and would be of both versions of addresses. */
const trustedNetwork = written<string, string>({ kind: 'network', type: 'string', examples: ['10.0.0.0/8'] }, (input) => {
  const parsed = anyNetwork.safeParse(input);
  if (!parsed.success) return { message: parsed.error.issues[0]?.message ?? '' };
  return parseAddressRanges([parsed.data]).ok
    ? { value: parsed.data }
    : { message: 'expected a network of one version, such as 10.0.0.0/8' };
});

const expectedTrust = 'the networks whose header is believed, such as [10.0.0.0/8]: what anybody may send must not choose endpoints';

export const overrideSettings = section(
  {
    header: header.describe('The header whose value names the endpoint: its address as in the pool, such as `10.0.0.1:8080`.'),
    trust: z
      .array(trustedNetwork, { error: `expected ${expectedTrust}` })
      .min(1, { error: `expected ${expectedTrust}` })
      .describe('Networks of peers from which the header is believed; from anywhere else it is not looked at.'),
  },
  { expected: 'a section such as { header: x-endpoint, trust: [10.0.0.0/8] }' },
) satisfies z.ZodType<OverrideSettings>;
