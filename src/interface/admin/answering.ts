// One request to the admin server: whether it may be asked and by whom, which operation it asks for, and how the answer is sent.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { Log } from '../../control-plane/supervising/log.ts';
import type { Access } from './access.ts';
import type { AdminView, Answer, AnyOperation, Streaming } from './operation.ts';
import { jsonAnswer } from './operation.ts';
import * as operations from './operations.ts';
import { hasBody, readBody } from './request-body.ts';
import type { Finding } from './router.ts';
import { Router } from './router.ts';

type Found = Extract<Finding, { readonly kind: 'found' }>;
export interface AnsweringParts {
  readonly view: AdminView;
  readonly access: Access;
  /** What no other machine can reach, and a page on the web only by way of a browser of this one. */
  readonly isLocal: boolean;
  /** Whoever may open the socket file may do what the program may. */
  readonly isSocketFile: boolean;
  readonly log: Log;
}

/** Each holds one of the connections that the admin server takes. */
const mostStreams = 32;

const router = new Router(Object.values(operations));

export class Answering {
  readonly #parts: AnsweringParts;
  /** What goes on writing. */
  readonly #streams = new Set<() => void>();

  constructor(parts: AnsweringParts) {
    this.#parts = parts;
  }

  async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = this.#refuse(request) ?? (await this.#find(request));
      // Without a pause between them: many requests may come at the same moment, on one connection as well.
      this.#send(this.#withRoom(answer), request, response);
    } catch {
      // The client left in the middle of its request: nobody waits for an answer.
      response.destroy();
    }
  }

  /** Ends what would go on writing. */
  stop(): void {
    for (const end of this.#streams) end();
  }

  /** What is wrong with the request itself, whatever it asks for. */
  #refuse({ headers: { host } }: IncomingMessage): Answer | undefined {
    // A page on the web can have its own name resolve to 127.0.0.1 and then read what is here; it cannot choose its Host. Elsewhere it has no token.
    if (!this.#parts.isLocal || host === undefined || isLocalName(host)) return undefined;
    return jsonAnswer(421, { error: 'The admin server is asked for by an IP address or as localhost, not by another name.' });
  }

  async #find(request: IncomingMessage): Promise<Answer> {
    const finding = router.find(request.method ?? '', pathOf(request.url));
    // Before anything is said of paths, and before a body is read.
    const stopped = this.#authorise(request, finding.kind === 'found' ? finding.operation : undefined);
    if (stopped !== undefined) return stopped;
    switch (finding.kind) {
      case 'found':
        return this.#run(request, finding);
      case 'wrong-method': {
        const allow = finding.methods.join(', ');
        return jsonAnswer(405, { error: `This path is asked for with ${allow}.` }, { Allow: allow });
      }
      case 'malformed':
        return jsonAnswer(400, { error: 'The path is malformed: a "%" is followed by two hexadecimal digits, and all of them are UTF-8.' });
      case 'unknown-path':
        return jsonAnswer(404, { error: 'There is no such path.', paths: router.paths });
    }
  }

  #authorise({ headers: { authorization } }: IncomingMessage, operation: AnyOperation | undefined): Answer | undefined {
    if (operation?.isOpen === true) return undefined;
    const rights = this.#parts.access.rightsOf(authorization);
    const mayLook = operation === undefined || operation.method === 'GET';
    if (rights === 'full' || (rights === 'read' && mayLook)) return undefined;
    if (rights === 'read')
      return jsonAnswer(403, { error: 'This token may look and change nothing. Changes take one of admin.tokens.full.' });
    const wrong = authorization === undefined ? '' : ', error="invalid_token"';
    const challenge = { 'WWW-Authenticate': `Bearer realm="Evenkeel"${wrong}` };
    return jsonAnswer(401, { error: 'The admin server asks for a token: Authorization: Bearer TOKEN.' }, challenge);
  }

  async #run(request: IncomingMessage, { operation, parameters }: Found): Promise<Answer> {
    const query = queryOf(request.url);
    const unknown = refuseQuery(operation, query);
    if (unknown !== undefined) return unknown;
    const takesNone = operation.method === 'GET' || operation.method === 'DELETE';
    const body = takesNone ? refuseBody(request) : await readBody(request, operation.longestBody);
    if (typeof body !== 'string') return body;
    const { view, log, access, isSocketFile } = this.#parts;
    const header = (name: string): string | undefined => textOf(request.headers[name]);
    const isKnown = access.asksForTokens || isSocketFile;
    try {
      return await operation.answer(view, { parameters, query, body, header, isKnown });
    } catch (error) {
      log.error(`The admin operation ${pathOf(request.url)} failed: ${error instanceof Error ? error.stack : String(error)}`);
      return jsonAnswer(500, { error: 'The operation failed. The log says why.' });
    }
  }

  #withRoom(answer: Answer): Answer {
    if (typeof answer.body === 'string' || this.#streams.size < mostStreams) return answer;
    return jsonAnswer(503, {
      error: `${mostStreams} streams of events are read already. End one of them, or ask without Accept: text/event-stream.`,
    });
  }

  #send({ status, type, body, headers = {} }: Answer, request: IncomingMessage, response: ServerResponse): void {
    const isWhole = typeof body === 'string';
    response.writeHead(status, {
      'Content-Type': type,
      ...(isWhole ? { 'Content-Length': Buffer.byteLength(body) } : {}),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      ...headers,
      // A body that nobody reads would be taken for the next request.
      ...(hasBody(request) && !request.readableEnded ? { Connection: 'close' } : {}),
    });
    if (isWhole || request.method === 'HEAD') response.end(isWhole && request.method !== 'HEAD' ? body : undefined);
    else this.#stream(body, response);
  }

  #stream(body: Streaming, response: ServerResponse): void {
    const end = body(response);
    this.#streams.add(end);
    response.once('close', () => {
      this.#streams.delete(end);
      end();
    });
  }
}

const pathOf = (url = '/'): string => url.split('?', 1)[0] ?? url;
const queryOf = (url = '/'): URLSearchParams => new URLSearchParams(url.slice(pathOf(url).length));

function refuseBody(request: IncomingMessage): Answer | '' {
  return hasBody(request) ? jsonAnswer(413, { error: 'This request has no body.' }) : '';
}

/** A word that is written otherwise would be ignored: `?dryrun=true` would make the change. */
function refuseQuery({ method, query = {} }: AnyOperation, given: URLSearchParams): Answer | undefined {
  // Whoever only looks may add words of their own, and some do so that nothing between answers.
  if (method === 'GET') return undefined;
  const names = [...given.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const unknown = names.find((name) => !Object.hasOwn(query, name));
  if (unknown === undefined && twice === undefined) return undefined;
  const known = Object.keys(query);
  const error =
    unknown === undefined
      ? `${JSON.stringify(twice)} stands in the query for the second time; each may be given once.`
      : `${JSON.stringify(unknown)} in the query means nothing here; ${known.length === 0 ? 'there is nothing to ask for' : `known are ${known.join(', ')}`}.`;
  return jsonAnswer(400, { error: `${error} Nothing was changed.` });
}

const textOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'object' ? value.join(', ') : value;

function isLocalName(host: string): boolean {
  const name = host.replace(/:\d*$/, '');
  return name.toLowerCase() === 'localhost' || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}
