// One request to the admin server: whether it may be asked, which operation it asks for, and how the answer is sent.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { Log } from '../../control-plane/supervising/log.ts';
import type { AdminView, Answer } from './operation.ts';
import { jsonAnswer } from './operation.ts';
import * as operations from './operations.ts';
import { hasBody, readBody } from './request-body.ts';
import type { Finding } from './router.ts';
import { Router } from './router.ts';

type Found = Extract<Finding, { readonly kind: 'found' }>;
/** With the methods that would have been right, where another one was used. */
type Sent = Answer & { readonly allow?: string };

const router = new Router(Object.values(operations));

export class Answering {
  readonly #view: AdminView;
  readonly #log: Log;

  constructor(view: AdminView, log: Log) {
    this.#view = view;
    this.#log = log;
  }

  async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      send(refuse(request) ?? (await this.#find(request)), request, response);
    } catch {
      // The client left in the middle of its request: nobody waits for an answer.
      response.destroy();
    }
  }

  async #find(request: IncomingMessage): Promise<Sent> {
    const finding = router.find(request.method ?? '', pathOf(request.url));
    switch (finding.kind) {
      case 'found':
        return this.#run(request, finding);
      case 'wrong-method': {
        const allow = finding.methods.join(', ');
        return { ...jsonAnswer(405, { error: `This path is asked for with ${allow}.` }), allow };
      }
      case 'malformed':
        return jsonAnswer(400, { error: 'The path is malformed: a "%" is followed by two hexadecimal digits, and all of them are UTF-8.' });
      case 'unknown-path':
        return jsonAnswer(404, { error: 'There is no such path.', paths: router.paths });
    }
  }

  async #run(request: IncomingMessage, { operation, parameters }: Found): Promise<Answer> {
    const body = operation.method === 'GET' ? refuseBody(request) : await readBody(request);
    if (typeof body !== 'string') return body;
    try {
      return await operation.answer(this.#view, { parameters, query: queryOf(request.url), body });
    } catch (error) {
      this.#log.error(`The admin operation ${pathOf(request.url)} failed: ${error instanceof Error ? error.stack : String(error)}`);
      return jsonAnswer(500, { error: 'The operation failed. The log says why.' });
    }
  }
}

const pathOf = (url = '/'): string => url.split('?', 1)[0] ?? url;
const queryOf = (url = '/'): URLSearchParams => new URLSearchParams(url.slice(pathOf(url).length));

/** What is wrong with the request itself, whatever it asks for. */
function refuse({ headers }: IncomingMessage): Answer | undefined {
  // A page on the web can have its own name resolve to 127.0.0.1 and then read what is here; it cannot choose its Host.
  if (headers.host === undefined || isLocalName(headers.host)) return undefined;
  return jsonAnswer(421, { error: 'The admin server is asked for by an IP address or as localhost, not by another name.' });
}

function refuseBody(request: IncomingMessage): Answer | '' {
  return hasBody(request) ? jsonAnswer(413, { error: 'This request has no body.' }) : '';
}

function send({ status, type, body, allow }: Sent, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(allow === undefined ? {} : { Allow: allow }),
    // A body that nobody reads would be taken for the next request.
    ...(hasBody(request) && !request.readableEnded ? { Connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function isLocalName(host: string): boolean {
  const name = host.replace(/:\d*$/, '');
  return name.toLowerCase() === 'localhost' || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}
