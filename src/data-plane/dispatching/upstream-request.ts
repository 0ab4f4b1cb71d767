// Hot path. The head that the endpoint gets.

import { requestText } from '../../domain/http/head-writer.ts';
import type { RequestHead } from '../../domain/http/request-head.ts';
import type { Exchange } from '../listening/exchange.ts';

export interface UpstreamParts {
  /** The endpoint, where the client named no host. */
  readonly host: string;
  readonly via: string;
  /** What `offeredUpgrade` gives. */
  readonly upgrade: string;
}

/** `request` is that of the exchange, or what the endpoint is to see in its place. */
export function upstreamRequest(exchange: Exchange, request: RequestHead, parts: UpstreamParts): string {
  const { host, via, upgrade } = parts;
  return requestText(request, {
    lines: via === '' ? exchange.forwardingLines : `${exchange.forwardingLines}Via: 1.${request.minor} ${via}\r\n`,
    host,
    upgrade,
  });
}

/** The protocols that the endpoint is offered. Not with a body, which would have to be sent whole before the offer could be refused. */
export function offeredUpgrade(exchange: Exchange): string {
  const { upgrade, length } = exchange.request;
  return length === 0 ? upgrade : '';
}
