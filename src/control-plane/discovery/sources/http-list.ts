// A list of endpoints that a server gives as JSON. It is asked whether the list is still what it was (ETag, RFC 9110 section 13), and nothing is
// followed elsewhere: an answer is a list, or a failure.
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { HttpSourceSettings } from '../../../domain/traffic/discover-settings.ts';
import { milliseconds } from '../../../foundation/basics/units.ts';
import { entriesInJson } from '../entries.ts';
import type { Answer, Source } from '../source.ts';
import { defineSource, failed, failedBy } from '../source.ts';

const mostBytes = 4 * 1024 * 1024;
/** A head with more than that says nothing of endpoints. */
const mostHeadBytes = 16 * 1024;

export const httpList = defineSource({
  kind: 'http',
  usualEvery: milliseconds(10_000),
  isNear: false,
  // What stands behind the "?" may be a secret.
  name: ({ url }) => `http ${new URL(url).origin}${new URL(url).pathname}`,
  open: (settings) => new HttpList(settings),
});

interface Reply {
  readonly status: number;
  readonly etag: string | undefined;
  readonly text: string;
}

class HttpList implements Source {
  readonly #settings: HttpSourceSettings;
  /** Of the last list that could be read. */
  #etag: string | undefined;

  constructor(settings: HttpSourceSettings) {
    this.#settings = settings;
  }

  async ask(signal: AbortSignal): Promise<Answer> {
    try {
      return this.#read(await this.#get(signal));
    } catch (error) {
      if (signal.aborted) return failed('it does not answer in time');
      const isRefused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
      return isRefused ? failed('nobody answers there') : failedBy(error);
    }
  }

  #read({ status, etag, text }: Reply): Answer {
    if (status === 304 && this.#etag !== undefined) return { kind: 'same' };
    this.#etag = undefined;
    if (status !== 200) return failed(`it answers with status ${status}, where 200 was expected`);
    const entries = entriesInJson(text);
    if (!entries.ok) return failed(entries.fault);
    this.#etag = etag;
    return { kind: 'found', entries: entries.value };
  }

  #get(signal: AbortSignal): Promise<Reply> {
    const { url, headers } = this.#settings;
    const options: RequestOptions = {
      headers: { accept: 'application/json', ...headers, ...(this.#etag === undefined ? {} : { 'if-none-match': this.#etag }) },
      maxHeaderSize: mostHeadBytes,
      agent: false,
      signal,
    };
    return new Promise((resolve, reject) => {
      const request = begin(url, options);
      request.once('error', reject);
      request.once('response', (answer) => void replyOf(answer).then(resolve, reject));
      request.end();
    });
  }
}

/** An import statement would fetch every export, a whole HTTP client among them, and TLS where nobody speaks it. */
function begin(url: string, options: RequestOptions): ClientRequest {
  const { request } = process.getBuiltinModule(url.startsWith('https:') ? 'node:https' : 'node:http');
  return request(url, options);
}

async function replyOf(answer: IncomingMessage): Promise<Reply> {
  const parts: Buffer[] = [];
  let size = 0;
  // Leaving the loop before the end closes the connection.
  for await (const part of answer as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > mostBytes) throw new Error('its answer has more than 4 MiB');
    parts.push(part);
  }
  return { status: answer.statusCode ?? 0, etag: answer.headers.etag, text: new TextDecoder().decode(Buffer.concat(parts)) };
}
