// Hot path. Lets trusted peers choose: a header of theirs names the endpoint that gets the exchange, for tests, comparisons and debugging.
// The header of anybody else is not looked at, and the policy chooses as always.
import type { AddressRanges } from '../../foundation/algorithms/address-ranges.ts';
import { parseAddressRanges } from '../../foundation/algorithms/address-ranges.ts';
import { toByteString } from '../../foundation/hashing/byte-string.ts';
import type { ExchangeFacts } from '../balancing/affinity-key.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { fieldValue } from '../http/field-text.ts';
import type { OverrideSettings } from './override-settings.ts';
import { noSlot } from './sessions.ts';

export class Override {
  readonly #header: string;
  readonly #trusted: AddressRanges;
  readonly #slots: ReadonlyMap<string, number>;
  /** Whoever may override does so again and again, over a few connections: the last peer's address is not taken apart anew. */
  #peer = 'unknown';
  #isTrusted = false;

  /** Throws for networks that are none: documents are checked before. */
  constructor(settings: OverrideSettings, endpoints: readonly Endpoint[]) {
    const trusted = parseAddressRanges(settings.trust);
    if (!trusted.ok) throw new Error(`${trusted.fault.network} is no network.`);
    this.#header = settings.header;
    this.#trusted = trusted.value;
    this.#slots = new Map(endpoints.map(({ id, load }) => [toByteString(id), load.slot]));
  }

  /** The scoreboard slot of the endpoint that a trusted peer asks for, whatever state that is in; else `noSlot`. */
  find(facts: ExchangeFacts): number {
    const named = fieldValue(facts.request.fields, this.#header);
    return named !== undefined && this.#trusts(facts.peer) ? (this.#slots.get(named) ?? noSlot) : noSlot;
  }

  /** A peer on a Unix socket has no address, so it is not trusted. */
  #trusts(peer: string): boolean {
    if (peer !== this.#peer) {
      this.#peer = peer;
      this.#isTrusted = this.#trusted.contains(peer);
    }
    return this.#isTrusted;
  }
}
