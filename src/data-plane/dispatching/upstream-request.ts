// Hot path. The head that the endpoint gets.
import { requestText } from '../../domain/http/head-writer.ts';
import type { Exchange } from '../listening/exchange.ts';

/** `upgrade` is what `offeredUpgrade` gives. */
export function upstreamRequest(exchange: Exchange, endpointId: string, via: string, upgrade: string): string {
  const { request } = exchange;
  return requestText(request, {
    lines: via === '' ? exchange.forwardingLines : `${exchange.forwardingLines}Via: 1.${request.minor} ${via}\r\n`,
    host: endpointId,
    upgrade,
  });
}

/** The protocols that the endpoint is offered. Not with a body, which would have to be sent whole before the offer could be refused. */
export function offeredUpgrade(exchange: Exchange): string {
  const { upgrade, length } = exchange.request;
  return length === 0 ? upgrade : '';
}
