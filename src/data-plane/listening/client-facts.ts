// Who a client is, as far as its connection shows it. Asked of the system once for each connection, when its first request needs it.
import type { Arrival, ForwardedFields } from '../../domain/http/forwarding-headers.ts';
import { forwardingLines } from '../../domain/http/forwarding-headers.ts';
import { originalClient } from '../../domain/http/original-client.ts';
import type { AddressRanges } from '../../foundation/algorithms/address-ranges.ts';

/** IPv4 clients of a socket that listens on IPv6 as well show as `::ffff:192.0.2.1`. */
const mapped = '::ffff:';

export class ClientFacts implements Arrival {
  readonly client: string;
  readonly proto = 'http';
  readonly port: string;
  readonly #trusted: AddressRanges;
  #isTrusted: boolean | undefined = undefined;
  #host: string | undefined = undefined;
  #lines = '';

  /** `shown` is the client's address as its connection shows it. `port` is the listener's own, which all its connections share: asking each socket for it would be a system call for each. */
  constructor(shown: string | undefined, port: string, trusted: AddressRanges) {
    // A client on a Unix socket has no address (RFC 7239 section 6.3).
    this.client = shown === undefined ? 'unknown' : shown.startsWith(mapped) ? shown.slice(mapped.length) : shown;
    this.port = port;
    this.#trusted = trusted;
  }

  /** What the client says about other clients is believed. Looked up when it says something. */
  get isTrusted(): boolean {
    this.#isTrusted ??= this.#trusted.contains(this.client);
    return this.#isTrusted;
  }

  /** The address of whom a request comes from, as far as balancers in front are believed. */
  clientOf(told: ForwardedFields | undefined): string {
    if (told === undefined || !this.isTrusted) return this.client;
    return originalClient(told, this.client, (address) => this.#trusted.contains(address));
  }

  /** The lines that tell an endpoint who the client is. Made anew only when the client asks for another host than before. */
  linesFor(host: string): string {
    if (host !== this.#host) {
      this.#host = host;
      this.#lines = forwardingLines(this, host);
    }
    return this.#lines;
  }
}
