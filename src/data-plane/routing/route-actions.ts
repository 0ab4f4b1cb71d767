// What one route does with an exchange, compiled once: an answer of its own, or the exchange as endpoints and the client are to see it.
import { fieldValue, withoutField } from '../../domain/http/field-text.ts';
import { isHost } from '../../domain/http/host.ts';
import type { RequestHead } from '../../domain/http/request-head.ts';
import type { HeaderChanges } from '../../domain/routing/actions/header-changes.ts';
import { compileHeaders } from '../../domain/routing/actions/header-changes.ts';
import type { Rewriter } from '../../domain/routing/actions/rewriting.ts';
import { compileLocation, compileRewrite, withPath } from '../../domain/routing/actions/rewriting.ts';
import type { Template } from '../../domain/routing/actions/template.ts';
import { listed } from '../../domain/routing/conditions/conditions.ts';
import type { Captures } from '../../domain/routing/path-pattern.ts';
import { captureReader } from '../../domain/routing/path-pattern.ts';
import type { RouteRules } from '../../domain/routing/route-rules.ts';
import type { Exchange } from '../listening/exchange.ts';
import { answerOwn } from './own-answer.ts';
import type { ReadAhead } from './read-ahead.ts';
import { RequestFacts } from './request-facts.ts';
import { RoutedExchange } from './routed-exchange.ts';

export interface Routed {
  readonly request: RequestHead;
  readonly read: ReadAhead | undefined;
}

const unlimited = Number.POSITIVE_INFINITY;
const noCaptures: Captures = new Map();

/** It needs no endpoint. */
export const answersItself = ({ redirect, respond }: RouteRules): boolean => redirect !== undefined || respond !== undefined;

/** The exchange goes on in another form than it came in. */
export const changesExchanges = ({ rewrite, requestHeaders, responseHeaders, maxBody, mirror }: RouteRules): boolean =>
  [rewrite, requestHeaders, responseHeaders, maxBody, mirror].some((one) => one !== undefined);

export class RouteActions {
  readonly #rules: RouteRules;
  readonly #readers: readonly ((path: string) => Captures | undefined)[];
  readonly #location: Template | undefined;
  readonly #answerHeaders: HeaderChanges | undefined;
  readonly #rewrite: Rewriter | undefined;
  readonly #requestHeaders: HeaderChanges | undefined;
  readonly #responseHeaders: HeaderChanges | undefined;
  readonly #body: Buffer;

  constructor(rules: RouteRules) {
    this.#rules = rules;
    this.#readers = listed(rules.path).map(captureReader);
    this.#location = rules.redirect && compileLocation(rules.redirect.to);
    this.#answerHeaders = rules.respond && compileHeaders({ set: rules.respond.headers, add: {}, remove: [] });
    this.#rewrite = rules.rewrite && compileRewrite(rules.rewrite);
    this.#requestHeaders = rules.requestHeaders && compileHeaders(rules.requestHeaders);
    this.#responseHeaders = rules.responseHeaders && compileHeaders(rules.responseHeaders);
    this.#body = Buffer.from(rules.respond?.body ?? '');
  }

  get answers(): boolean {
    return answersItself(this.#rules);
  }

  answer(exchange: Exchange, request: RequestHead): void {
    const facts = this.#factsOf(exchange, request);
    const { redirect, respond } = this.#rules;
    const changed = (fields: string): string => this.#responseHeaders?.apply(fields, facts) ?? fields;
    if (redirect !== undefined) {
      const to = this.#location?.(facts) ?? '';
      return answerOwn(exchange, { status: redirect.status, fields: changed(`Location: ${to}\r\n`), type: '', body: this.#body });
    }
    if (respond === undefined) return;
    const fields = changed(this.#answerHeaders?.apply('', facts) ?? '');
    answerOwn(exchange, { status: respond.status, fields, type: respond.type, body: this.#body });
  }

  /** The exchange as endpoints are to see it. */
  change(exchange: Exchange, { request, read }: Routed): RoutedExchange {
    const facts = this.#factsOf(exchange, request);
    return new RoutedExchange(exchange, {
      request: this.#forEndpoints(request, facts, read),
      facts,
      requestHeaders: this.#requestHeaders,
      responseHeaders: this.#responseHeaders,
      most: this.#rules.maxBody ?? unlimited,
      read,
    });
  }

  #forEndpoints(request: RequestHead, facts: RequestFacts, read: ReadAhead | undefined): RequestHead {
    const moved = this.#rewrite === undefined ? request : withPath(request, this.#rewrite(facts));
    const fields = this.#requestHeaders?.apply(moved.fields, facts) ?? moved.fields;
    // What was read ahead came because the client was told to go on.
    if (read?.isBegun === true && moved.expectsContinue)
      return withHost({ ...moved, fields: withoutField(fields, 'expect'), expectsContinue: false }, moved.host);
    return fields === moved.fields ? moved : withHost({ ...moved, fields }, moved.host);
  }

  #factsOf(exchange: Exchange, request: RequestHead): RequestFacts {
    return new RequestFacts(exchange, request, (path) => {
      for (const read of this.#readers) {
        const captures = read(path);
        if (captures !== undefined) return captures;
      }
      return noCaptures;
    });
  }
}

/** A host that came out empty, or as what is none because a client wrote it, leaves the one that came: endpoints could read another. */
function withHost(request: RequestHead, came: string): RequestHead {
  const host = fieldValue(request.fields, 'host') ?? '';
  if (host === came) return request;
  const bytes = Buffer.from(host, 'latin1');
  if (isHost(bytes, 0, bytes.length)) return { ...request, host };
  const line = came === '' ? '' : `Host: ${came}\r\n`;
  return { ...request, fields: `${line}${withoutField(request.fields, 'host')}` };
}
