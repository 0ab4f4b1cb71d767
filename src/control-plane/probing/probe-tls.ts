// What TLS in Node.js is to be told, for every probe that speaks it.
import { isIP } from 'node:net';
import type { SecureContext } from 'node:tls';
import { createSecureContext, getCACertificates } from 'node:tls';
import type { ProbeTarget } from './probe.ts';

export interface ProbeTls {
  /** Whether the certificate must be valid for the name and come from an authority that is trusted. */
  readonly verify: boolean;
  /** The name asked for, and verified: the endpoint's host where it is absent. Empty for none. */
  readonly serverName?: string | undefined;
  /** Authorities to trust in the place of those that this machine trusts, as PEM. */
  readonly authorities?: string | undefined;
}

export interface TlsOptions {
  /** Against which the certificate is verified. */
  readonly host: string;
  /** Empty for none. */
  readonly servername: string;
  readonly rejectUnauthorized: boolean;
  readonly secureContext?: SecureContext;
}

export function tlsOptions({ address }: ProbeTarget, { verify, serverName, authorities }: ProbeTls): TlsOptions {
  const host = serverName ?? (address.kind === 'tcp' ? address.host : 'localhost');
  return {
    host,
    // An address is never asked for (RFC 6066 section 3), but may stand in the certificate.
    servername: isIP(host) === 0 ? host : '',
    rejectUnauthorized: verify,
    ...(verify ? { secureContext: contextFor(authorities) } : {}),
  };
}

/** To read the certificates of all authorities takes tens of milliseconds, so that is not done for each probe. */
const contexts = new Map<string | undefined, SecureContext>();
/** More pools than have authorities of their own; a document that is changed again and again leaves none behind. */
const mostContexts = 100;

function contextFor(authorities: string | undefined): SecureContext {
  const known = contexts.get(authorities);
  if (known !== undefined) return known;
  const context = createSecureContext({ ca: authorities ?? trustedHere() });
  if (contexts.size >= mostContexts) contexts.clear();
  contexts.set(authorities, context);
  return context;
}

/** Node.js has authorities of its own, and leaves out those that were added to this machine. */
const trustedHere = (): string[] => [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
