// Hot path. The head that the endpoint gets.
import { requestText } from '../../domain/http/head-writer.ts';
import type { Exchange } from '../listening/exchange.ts';

export function upstreamRequest(exchange: Exchange, endpointId: string, via: string): string {
  const { request } = exchange;
  return requestText(request, {
    lines: via === '' ? exchange.forwardingLines : `${exchange.forwardingLines}Via: 1.${request.minor} ${via}\r\n`,
    host: endpointId,
    upgrade: offeredUpgrade(exchange),
  });
}

/**
 * The protocols that the endpoint is offered. An upgrade with a body would have to be sent whole before it could be refused; and HTTP/2 in
 * clear text by upgrade is a way past every rule that is applied to single requests: neither is passed on.
 */
export function offeredUpgrade(exchange: Exchange): string {
  const { upgrade, length } = exchange.request;
  return upgrade === '' || length !== 0 || /h2c/i.test(upgrade) ? '' : upgrade;
}
