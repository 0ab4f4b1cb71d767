// What TLS in Node.js is to be told, for every probe that speaks it.
import { isIP } from 'node:net';
import type { ProbeTarget } from './probe.ts';

export interface ProbeTls {
  /** Whether the certificate must be valid for the name and come from an authority that is trusted. */
  readonly verify: boolean;
  /** The name asked for, and verified: the endpoint's host where it is absent. Empty for none. */
  readonly serverName?: string | undefined;
  /** Authorities to trust in the place of the system's, as PEM. */
  readonly authorities?: string | undefined;
}

export interface TlsOptions {
  /** Against which the certificate is verified. */
  readonly host: string;
  /** Empty for none. */
  readonly servername: string;
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
}

export function tlsOptions({ address }: ProbeTarget, { verify, serverName, authorities }: ProbeTls): TlsOptions {
  const host = serverName ?? (address.kind === 'tcp' ? address.host : 'localhost');
  return {
    host,
    // An address is never asked for (RFC 6066 section 3), but may stand in the certificate.
    servername: isIP(host) === 0 ? host : '',
    rejectUnauthorized: verify,
    ...(authorities === undefined ? {} : { ca: authorities }),
  };
}
