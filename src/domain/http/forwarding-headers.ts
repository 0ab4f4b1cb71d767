// Tells the endpoint who the client is: X-Forwarded-For, -Proto, -Host, -Port and Forwarded (RFC 7239).
// What a client says of itself is believed only when it comes from a trusted network; otherwise it is replaced.
import type { FieldSection } from './field-section.ts';
import { known } from './known-fields.ts';

/** What balancers in front told, as lists; '' where nothing was told. */
export interface ForwardedFields {
  readonly forwarded: string;
  readonly for: string;
  readonly proto: string;
  readonly host: string;
  readonly port: string;
}

/** What a section holds of them. `head` is the text that begins at byte `base`. */
export const forwardedFieldsOf = (section: FieldSection, head: string, base: number): ForwardedFields => ({
  forwarded: section.forwarded(known.forwarded, head, base),
  for: section.forwarded(known.xForwardedFor, head, base),
  proto: section.forwarded(known.xForwardedProto, head, base),
  host: section.forwarded(known.xForwardedHost, head, base),
  port: section.forwarded(known.xForwardedPort, head, base),
});

/** The connection by which a request came. */
export interface Arrival {
  /** The client's address, without a port; 'unknown' for a client on a Unix socket. */
  readonly client: string;
  readonly proto: 'http' | 'https';
  /** The port that the client connected to, '' on a Unix socket. */
  readonly port: string;
}

/** The lines for a request with this Host. They are the same for all requests of a connection that ask for one host: callers keep them. */
export function forwardingLines(arrival: Arrival, host: string): string {
  const { client, proto, port } = arrival;
  return (
    `X-Forwarded-For: ${client}\r\nX-Forwarded-Proto: ${proto}\r\n` +
    (host === '' ? '' : `X-Forwarded-Host: ${host}\r\n`) +
    (port === '' ? '' : `X-Forwarded-Port: ${port}\r\n`) +
    `Forwarded: ${forwardedElement(arrival, host)}\r\n`
  );
}

/** The same behind a trusted balancer: its word is kept, and this hop is added to the lists. */
export function addedForwardingLines(told: ForwardedFields, arrival: Arrival, host: string): string {
  const element = forwardedElement(arrival, host);
  return (
    `X-Forwarded-For: ${told.for === '' ? arrival.client : `${told.for}, ${arrival.client}`}\r\n` +
    `X-Forwarded-Proto: ${told.proto === '' ? arrival.proto : told.proto}\r\n` +
    (told.host === '' && host === '' ? '' : `X-Forwarded-Host: ${told.host === '' ? host : told.host}\r\n`) +
    (told.port === '' && arrival.port === '' ? '' : `X-Forwarded-Port: ${told.port === '' ? arrival.port : told.port}\r\n`) +
    `Forwarded: ${told.forwarded === '' ? element : `${told.forwarded}, ${element}`}\r\n`
  );
}

/** Colons and brackets want quotes (RFC 7239 section 6). */
function forwardedElement({ client, proto }: Arrival, host: string): string {
  const node = client.includes(':') ? `"[${client}]"` : client;
  const named = host === '' ? '' : /^[\w.-]+$/.test(host) ? `;host=${host}` : `;host="${host}"`;
  return `for=${node}${named};proto=${proto}`;
}
