// The contract of session persistence, which stands around any policy: the exchanges of one session go to one endpoint while it may serve them.
// Two forms keep it: a cookie that Evenkeel issues (issued-sessions.ts), and the application's own session (learned-sessions.ts).
import type { ExchangeFacts } from '../balancing/affinity-key.ts';
import type { ResponseHead } from '../http/response-head.ts';

/** What `find` gives for an exchange without a session, or with one that is not known. */
export const noSlot = -1;

/** An answer from here on says that the endpoint failed: what it says ties no session to it. */
export const firstFailedStatus = 500;

export interface Sessions {
  /**
   * The scoreboard slot of the endpoint that the exchange's session belongs to, whatever state that is in; else `noSlot`. A session is used
   * by this: its time begins anew.
   */
  find(facts: ExchangeFacts): number;
  /**
   * To be told of the answer that goes to the client; `slot` is the endpoint that gave it. Gives the head with what makes the next exchange
   * find this endpoint; the same object when there is nothing to add.
   */
  keep(facts: ExchangeFacts, slot: number, head: ResponseHead): ResponseHead;
}
