// The answer of a pool that has no endpoint, as its document words it.
import { catalogue } from '../../domain/exceptions/catalogue.ts';
import type { Failure } from '../../domain/exceptions/failure.ts';
import { endsWithHead, reasonPhrase } from '../../domain/http/status.ts';
import type { LastResortSettings } from '../../domain/traffic/pool-settings.ts';
import type { Exchange } from '../listening/exchange.ts';

/** What a pool leaves to the one that stands in for it. */
export interface Legacy {
  /** Of the first pool that was asked, which has the first word. */
  readonly lastResort: LastResortSettings | undefined;
  /** What the last try came to, if there was one. */
  readonly failure: Failure | undefined;
}

/** That nobody is there, or can be reached, is said in the words of the document. Only then is there any use in waiting. */
export function refuseInWords(exchange: Exchange, failure: Failure, lastResort: LastResortSettings | undefined): void {
  if (lastResort === undefined || catalogue[failure.kind].retryAfter === 0) exchange.refuse(failure);
  else answerLastResort(exchange, lastResort, failure.retryAfter);
}

/** `retryAfter`: whole seconds after which there would be room, where that is known. */
function answerLastResort(exchange: Exchange, { status, type, body }: LastResortSettings, retryAfter: number | undefined): void {
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
