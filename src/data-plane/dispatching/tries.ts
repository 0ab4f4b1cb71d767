// What an exchange has tried so far, and whether it may try again: by what its request allows, and by the rules of its pool. Made when a first try
// was begun and another may follow: most exchanges need none.
import type { Endpoint } from '../../domain/endpoints/endpoint.ts';
import { catalogue } from '../../domain/exceptions/catalogue.ts';
import type { Failure } from '../../domain/exceptions/failure.ts';
import { fieldValue } from '../../domain/http/field-text.ts';
import { isIdempotent } from '../../domain/http/methods.ts';
import type { RequestHead } from '../../domain/http/request-head.ts';
import { backoff } from '../../domain/resilience/backoff.ts';
import type { RetryRules } from '../../domain/resilience/rules.ts';
import type { Random } from '../../foundation/basics/random.ts';

const nobody: readonly Endpoint[] = [];

/**
 * RFC 9110 section 9.2.2; or the client says by Idempotency-Key, or the route by its settings, that it does no harm to send the request twice.
 */
export const mayRepeat = ({ method, fields }: RequestHead, isSafeByRoute: boolean): boolean =>
  isIdempotent(method) || isSafeByRoute || (fieldValue(fields, 'idempotency-key') ?? '') !== '';

export class Tries {
  /** Those that failed at it. */
  failed: readonly Endpoint[] = nobody;
  /** Begun so far, a second one beside the first included. */
  count = 1;
  readonly #request: RequestHead;
  readonly #rules: RetryRules;
  readonly #isSafeByRoute: boolean;
  /** One connection was found to have been kept too long. */
  #wasStale = false;
  /** Before the last retry. */
  #wait: number;

  constructor(request: RequestHead, rules: RetryRules, isSafeByRoute: boolean) {
    this.#request = request;
    this.#rules = rules;
    this.#isSafeByRoute = isSafeByRoute;
    this.#wait = rules.backoff.base;
  }

  get mayRepeat(): boolean {
    return mayRepeat(this.#request, this.#isSafeByRoute);
  }

  /** One more may be made, as far as their number goes. */
  get isOneLeft(): boolean {
    return this.count < this.#rules.attempts;
  }

  /** What it failed with is no reason against another one. */
  isSafeAfter({ kind }: Failure): boolean {
    const { retry } = catalogue[kind];
    return retry === 'always' || (retry === 'if-idempotent' && this.mayRepeat);
  }

  /** No endpoint has seen the request: the first time that happens, another try costs nobody anything. */
  isFreeAfter({ kind }: Failure): boolean {
    return this.count === 1 && catalogue[kind].retry === 'always';
  }

  /** The next one is to go elsewhere. */
  fail(endpoint: Endpoint): void {
    this.failed = [...this.failed, endpoint];
  }

  /**
   * The connection had been kept too long, which says nothing about the endpoint: the try does not count. Once is enough: on a fresh connection it
   * is the endpoint that fails. False from then on.
   */
  excuse(): boolean {
    if (this.#wasStale) return false;
    this.#wasStale = true;
    this.count--;
    return true;
  }

  /** Milliseconds before the next one, which is going to be made. None before the second. */
  nextWait(random: Random): number {
    if (this.count < 2) return 0;
    this.#wait = backoff(this.#rules.backoff, this.count - 2, this.#wait, random);
    return this.#wait;
  }
}
