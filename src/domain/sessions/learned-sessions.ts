// Hot path. Sessions of the application's own: its session id, which answers give and requests carry, is remembered with the endpoint.
// As in `sticky learn` of nginx and `stick` of HAProxy. A table that all workers share holds hashes of ids, never the ids.
import type { SharedTable } from '../../foundation/algorithms/shared-table.ts';
import { Hash64 } from '../../foundation/hashing/limbs.ts';
import { xxh64Into } from '../../foundation/hashing/xxh64.ts';
import type { ExchangeFacts } from '../balancing/affinity-key.ts';
import { cookieValue, fieldValue, setCookieValue } from '../http/field-text.ts';
import type { ResponseHead } from '../http/response-head.ts';
import type { Sessions } from './sessions.ts';
import { firstFailedStatus, noSlot } from './sessions.ts';
import type { LearnedSettings } from './sticky-settings.ts';

/** What all workers have together, and the worker's clock, which is the same for all. */
export interface LearningTools {
  readonly table: SharedTable;
  /** 32 bits that no client knows, the same in all workers: without them nobody can aim at one bucket of the table. */
  readonly seed: number;
  readonly now: () => number;
}

/** Where a session id stands in the fields of a request or an answer. '' is none. */
type Read = (fields: string, name: string) => string | undefined;

export class LearnedSessions implements Sessions {
  readonly #name: string;
  readonly #ofRequest: Read;
  readonly #ofAnswer: Read;
  readonly #tools: LearningTools;
  readonly #hash = new Hash64();

  constructor({ session }: LearnedSettings, tools: LearningTools) {
    this.#name = session.name;
    this.#ofRequest = session.kind === 'cookie' ? cookieValue : fieldValue;
    this.#ofAnswer = session.kind === 'cookie' ? setCookieValue : fieldValue;
    this.#tools = tools;
  }

  find(facts: ExchangeFacts): number {
    const carried = this.#ofRequest(facts.request.fields, this.#name);
    return carried === undefined || carried === '' ? noSlot : this.#lookUp(carried);
  }

  /** An id that the answer gives is a new session, and what the request carried is over: only one of them is remembered. */
  keep(facts: ExchangeFacts, slot: number, head: ResponseHead): ResponseHead {
    const given = this.#ofAnswer(head.fields, this.#name);
    // An endpoint that failed has not made a session of others its own; one that gives a session has.
    if (given === undefined && head.status >= firstFailedStatus) return head;
    const session = given ?? this.#ofRequest(facts.request.fields, this.#name);
    if (session === undefined || session === '' || this.#lookUp(session) === slot) return head;
    const { table, now } = this.#tools;
    // Where others keep the bucket locked nothing is remembered, and the next answer tries again.
    table.put(this.#hash.high, this.#hash.low, slot, now());
    return head;
  }

  /** Leaves the hash in `#hash`. */
  #lookUp(session: string): number {
    const { table, seed, now } = this.#tools;
    const hash = this.#hash;
    xxh64Into(session, seed, hash);
    return table.touch(hash.high, hash.low, now());
  }
}
