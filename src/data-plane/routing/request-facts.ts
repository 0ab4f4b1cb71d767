// What actions of a route may put into their texts. Made for routes that do so; each fact is worked out when it is first asked for.

import type { RequestHead } from '../../domain/http/request-head.ts';
import type { TemplateFacts } from '../../domain/routing/actions/template.ts';
import type { Captures } from '../../domain/routing/path-pattern.ts';
import type { Exchange } from '../listening/exchange.ts';

/** Of a route: what of a path stood in the places of its patterns. */
export type ReadCaptures = (path: string) => Captures;

export class RequestFacts implements TemplateFacts {
  readonly request: RequestHead;
  readonly #exchange: Exchange;
  readonly #read: ReadCaptures;
  #captures: Captures | undefined = undefined;
  #requestId: string | undefined = undefined;

  /** `request` as routes saw it. */
  constructor(exchange: Exchange, request: RequestHead, read: ReadCaptures) {
    this.#exchange = exchange;
    this.request = request;
    this.#read = read;
  }

  get client(): string {
    return this.#exchange.client;
  }

  get peer(): string {
    return this.#exchange.peer;
  }

  get captures(): Captures {
    this.#captures ??= this.#read(this.request.path);
    return this.#captures;
  }

  get requestId(): string {
    // A global: an import statement would load it in every worker, also where nobody asks.
    this.#requestId ??= crypto.randomUUID().replaceAll('-', '');
    return this.#requestId;
  }
}
