// Hot path. Sessions by a cookie that Evenkeel issues. Its value names an endpoint and not its address: HMAC-SHA256 (RFC 2104) over pool and
// address, cut to 132 bits. All values are made beforehand, so that judging one is a look into a map; what is not there was forged or is old.
import type { ExchangeFacts } from '../balancing/affinity-key.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { cookieValue } from '../http/field-text.ts';
import type { ResponseHead } from '../http/response-head.ts';
import type { Sessions } from './sessions.ts';
import { firstFailedStatus, noSlot } from './sessions.ts';
import { setCookieLine } from './set-cookie.ts';
import type { IssuedSettings } from './sticky-settings.ts';

/** Of base64url, six bits each. RFC 2104 section 5 wants half of the hash at least. */
const tokenLength = 22;

export class IssuedSessions implements Sessions {
  readonly #cookie: string;
  readonly #slots: ReadonlyMap<string, number>;
  readonly #lines: ReadonlyMap<number, string>;

  /** `sign` gives the HMAC-SHA256 of a text in base64url, with a secret that no client knows. */
  constructor(settings: IssuedSettings, pool: string, endpoints: readonly Endpoint[], sign: (text: string) => string) {
    const tokens = endpoints.map(({ id, load }) => [sign(`${pool}\0${id}`).slice(0, tokenLength), load.slot] as const);
    this.#cookie = settings.cookie;
    this.#slots = new Map(tokens);
    this.#lines = new Map(tokens.map(([token, slot]) => [slot, setCookieLine(settings, token)]));
  }

  find(facts: ExchangeFacts): number {
    const token = cookieValue(facts.request.fields, this.#cookie);
    return token === undefined ? noSlot : (this.#slots.get(token) ?? noSlot);
  }

  keep(facts: ExchangeFacts, slot: number, head: ResponseHead): ResponseHead {
    if (head.status >= firstFailedStatus || this.find(facts) === slot) return head;
    const line = this.#lines.get(slot);
    return line === undefined ? head : withLine(head, line);
  }
}

const withLine = (head: ResponseHead, line: string): ResponseHead => ({ ...head, fields: head.fields + line });
