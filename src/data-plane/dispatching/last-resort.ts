// The answer of a pool that has no endpoint, as its document words it.
import { endsWithHead, reasonPhrase } from '../../domain/http/status.ts';
import type { LastResortSettings } from '../../domain/traffic/pool-settings.ts';
import type { Exchange } from '../listening/exchange.ts';

/** `retryAfter`: whole seconds after which there would be room, where that is known. */
export function answerLastResort(exchange: Exchange, { status, type, body }: LastResortSettings, retryAfter: number | undefined): void {
  // RFC 9110 section 8.6: no length with 204, and with 304 it would be that of another answer.
  const isBare = endsWithHead(status);
  const bytes = Buffer.from(isBare ? '' : body);
  const toHead = exchange.request.method === 'HEAD';
  const wait = status === 503 && retryAfter !== undefined ? `Retry-After: ${retryAfter}\r\n` : '';
  exchange.respond({
    status,
    reason: reasonPhrase(status),
    fields: `${isBare ? '' : `Content-Type: ${type}\r\nContent-Length: ${bytes.length}\r\n`}Cache-Control: no-store\r\n${wait}`,
    length: toHead ? 0 : bytes.length,
    keepAlive: true,
    keepAliveTimeout: 0,
    upgrade: '',
    hopByHop: [],
  });
  if (!toHead && bytes.length > 0) exchange.responseBytes(bytes, 0, bytes.length, true);
  exchange.end('');
}
