// The answer of a pool that has no endpoint, as its document words it.
import { endsWithHead, reasonPhrase } from '../../domain/http/status.ts';
import type { LastResortSettings } from '../../domain/traffic/pool-settings.ts';
import type { Exchange } from '../listening/exchange.ts';

export function answerLastResort(exchange: Exchange, { status, type, body }: LastResortSettings): void {
  const bytes = Buffer.from(endsWithHead(status) ? '' : body);
  const toHead = exchange.request.method === 'HEAD';
  exchange.respond({
    status,
    reason: reasonPhrase(status),
    fields: `Content-Type: ${type}\r\nContent-Length: ${bytes.length}\r\nCache-Control: no-store\r\n`,
    length: toHead ? 0 : bytes.length,
    keepAlive: true,
    keepAliveTimeout: 0,
    upgrade: '',
    hopByHop: [],
  });
  if (!toHead && bytes.length > 0) exchange.responseBytes(bytes, 0, bytes.length, true);
  exchange.end('');
}
