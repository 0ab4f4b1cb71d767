// Exchanges and answers as sessions and keys see them, made of a few lines.
import type { ExchangeFacts } from '../../../src/domain/balancing/affinity-key.ts';
import type { ResponseHead } from '../../../src/domain/http/response-head.ts';

const linesOf = (lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('');

/** A GET with these lines (`Name: value`) beside Host, from a peer that is the client itself. */
export function exchangeFacts(lines: readonly string[] = [], peer = '192.0.2.1'): ExchangeFacts {
  return {
    request: {
      method: 'GET',
      target: '/',
      path: '/',
      host: 'shop.test',
      minor: 1,
      fields: linesOf(['Host: shop.test', ...lines]),
      length: 0,
      keepAlive: true,
      upgrade: '',
      expectsContinue: false,
      acceptsTrailers: false,
      hopByHop: [],
      forwarded: undefined,
    },
    client: peer,
    peer,
  };
}

/** An answer without a body, with these lines beside Server. */
export function answerHead(lines: readonly string[] = [], status = 200): ResponseHead {
  return {
    status,
    reason: 'OK',
    fields: linesOf(['Server: a', ...lines]),
    length: 0,
    keepAlive: true,
    keepAliveTimeout: 0,
    upgrade: '',
    hopByHop: [],
  };
}
