// Answers that come from the document: redirects and fixed answers.
import { endsWithHead, reasonPhrase } from '../../domain/http/status.ts';
import type { Exchange } from '../listening/exchange.ts';

export interface OwnAnswer {
  readonly status: number;
  /** Lines besides those that tell the body. */
  readonly fields: string;
  readonly type: string;
  readonly body: Buffer;
}

export function answerOwn(exchange: Exchange, { status, fields, type, body }: OwnAnswer): void {
  // RFC 9110 section 8.6: no length with 204, and with 304 it would be that of another answer.
  const isBare = endsWithHead(status);
  const toHead = exchange.request.method === 'HEAD';
  const isShown = !isBare && !toHead;
  const about = `${body.length > 0 && type !== '' ? `Content-Type: ${type}\r\n` : ''}Content-Length: ${body.length}\r\n`;
  exchange.respond({
    status,
    reason: reasonPhrase(status),
    fields: `${isBare ? '' : about}${fields}`,
    length: isShown ? body.length : 0,
    keepAlive: true,
    keepAliveTimeout: 0,
    upgrade: '',
    hopByHop: [],
  });
  if (isShown && body.length > 0) exchange.responseBytes(body, 0, body.length, true);
  exchange.end('');
}
