// What may be set for probes that speak TLS: whose name they ask for, and whether they believe the certificate.
import type * as z from 'zod';
import { text } from '../settings/measures.ts';
import { flag, section } from '../settings/written.ts';
import * as fields from './probe-fields.ts';
import { orTrue } from './short-forms.ts';

export interface ProbeTlsSettings {
  /** Whether the certificate has to be valid, for the name, and from an authority that is trusted. */
  readonly verify: boolean;
  readonly serverName?: string;
  /** The file of the authorities, as written. */
  readonly ca?: string;
  /** What that file holds, as PEM: in the document once its files were read. */
  readonly authorities?: string;
}

/** What is taken where nothing is said: whether to verify, and whose name to ask for. */
export const tlsSection = (verify: boolean, otherwise: string) =>
  orTrue(
    section(
      {
        serverName: fields.serverName.exactOptional().describe(`The name that is asked for. ${otherwise} when absent.`),
        verify: flag()
          .exactOptional()
          .describe(
            `Whether the certificate has to be valid, for that name, and from an authority that is trusted. ${verify ? '`true` when absent.' : '`false` when absent, or `true` beside `ca`.'}`,
          ),
        ca: text({ most: 4096 })
          .exactOptional()
          .describe(
            'A file with the certificates of authorities to trust (PEM), in the place of those that this machine trusts. The way to it begins where the document is.',
          ),
      },
      { expected: 'true, or a section such as { serverName: shop.example.com }' },
    ).check(caGoesWithVerify),
  ).transform(({ verify: given, ...others }): ProbeTlsSettings => ({ verify: given ?? (verify || 'ca' in others), ...others }));

function caGoesWithVerify({ value, issues }: z.core.ParsePayload<{ readonly verify?: unknown; readonly ca?: unknown }>): void {
  if (value.verify !== false || value.ca === undefined) return;
  const message = '"ca" says nothing where no certificate is verified; take it out, or say verify: true';
  issues.push({ code: 'custom', message, params: { bare: true }, input: value, path: ['ca'], continue: true });
}
