// Hot path. The client's network decides, exactly as in nginx (ngx_http_upstream_ip_hash_module.c): three bytes of an IPv4 address, all of an IPv6
// address. Clients of one network stay together; taking an endpoint down moves its own clients only.
import { addressBytes } from '../../../foundation/algorithms/address-bytes.ts';
import type { KeyOrder } from '../keyed/key-order.ts';
import { KeyedPicker } from '../keyed/keyed-picker.ts';
import { weightedSlots } from '../keyed/weighted-slots.ts';
import { unkeyedOptions } from '../keyed-options.ts';
import { definePolicy } from '../policy.ts';

export const ipHash = definePolicy({
  name: 'ip-hash',
  summary:
    'Sends clients of the same network to the same endpoint, by the first three bytes of an IPv4 address or all of an IPv6 address, and by the ' +
    'order of the list.',
  choose: 'Taking over from `ip_hash` of nginx; otherwise consistent-hash, maglev or rendezvous, whose key is the client unless set.',
  cost: 'O(1) for a pick, O(n) to build.',
  source: 'nginx (ip_hash).',
  honoursWeights: true,
  keyedOn: () => ['client'],
  options: unkeyedOptions,
  build: (candidates) => new KeyedPicker(candidates, new IpHashOrder(candidates.map(({ weight }) => weight))),
});

/** All hashes are below: more slots than these could not be reached. */
const hashes = 6271;
const mostRehashes = 20;

export class IpHashOrder implements KeyOrder {
  readonly #slots: Uint16Array;
  readonly #bytes = new Uint8Array(16);
  #length = 0;
  #rehash = 0;
  /** Of the last endpoint: each further one goes on from it. */
  hash = 0;

  constructor(weights: readonly number[]) {
    this.#slots = weightedSlots(weights, hashes);
  }

  first(key: string): number {
    const length = addressBytes(key, this.#bytes);
    this.#length = length === 4 ? 3 : length;
    if (length === 0) this.#readText(key);
    this.hash = 89;
    this.#rehash = -1;
    return this.next();
  }

  next(): number {
    if (this.#rehash === mostRehashes) return -1;
    this.#rehash++;
    // Indices are in range, which the compiler cannot see.
    for (let at = 0; at < this.#length; at++) this.hash = (this.hash * 113 + (this.#bytes[at] as number)) % hashes;
    return this.#slots[this.hash % this.#slots.length] as number;
  }

  /** What is no address goes by its last bytes. In nginx everything that is none goes to one place. */
  #readText(key: string): void {
    this.#length = Math.min(key.length, this.#bytes.length);
    const from = key.length - this.#length;
    for (let at = 0; at < this.#length; at++) this.#bytes[at] = key.charCodeAt(from + at);
  }
}
