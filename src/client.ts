// A client of the admin API, for programs: `import { connectAdmin } from 'evenkeel/client'`. Paths, parameters, bodies and answers are typed by the
// descriptions that the server itself has of its operations, so that what it would refuse or does not say does not compile. Nothing but node:http
// and node:https is loaded.
/// <reference path="./buffer-methods.d.ts" />
/// <reference types="node" preserve="true" />
import type { IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http';
import type * as z from 'zod';
import type { NamesIn, Operation, OperationTypes } from './interface/admin/operation.ts';
import type * as operations from './interface/admin/operations.ts';
import type { eventSchema } from './interface/admin/schemas/events.ts';
import type { Problem } from './interface/admin/schemas/problem.ts';

type TypesOf<One> = One extends Operation<infer Types extends OperationTypes> ? Types : never;
type Types = { [Name in keyof typeof operations]: TypesOf<(typeof operations)[Name]> }[keyof typeof operations];
type Verb = Types['method'];

/** The paths that are asked for with this method. */
export type PathsOf<Method extends Verb> = Extract<Types, { readonly method: Method }>['path'];
type Described<Method extends Verb, Path> = Extract<Types, { readonly method: Method; readonly path: Path }>;

/** `true` and `false` are written as such. */
type QueryValue<Schema> = [z.input<Schema & z.ZodType>] extends ['true' | 'false'] ? boolean : z.input<Schema & z.ZodType>;
type QueryOf<Schemas> = { readonly [Name in keyof Schemas]?: QueryValue<Schemas[Name]> };

/** What is sent is not changed. */
type Given<Value> = Value extends readonly unknown[] | object ? { readonly [Key in keyof Value]: Given<Value[Key]> } : Value;

type WithParameters<Path extends string> = [NamesIn<Path>] extends [never]
  ? unknown
  : { readonly parameters: Readonly<Record<NamesIn<Path>, string>> };
type WithBody<Body> = [Body] extends [z.ZodType] ? { readonly body: Given<z.input<Body>> } : unknown;
type WithQuery<Schemas> = [keyof Schemas] extends [never] ? unknown : { readonly query?: QueryOf<Schemas> };
type WithConditions<Fields> = ('if-match' extends keyof Fields ? { readonly ifMatch?: string } : unknown) &
  ('if-none-match' extends keyof Fields ? { readonly ifNoneMatch?: '*' } : unknown);

type Flat<Type> = { readonly [Key in keyof Type]: Type[Key] };

/** What a request takes beside its method and path. */
export type RequestOf<Method extends Verb, Path> =
  Described<Method, Path> extends infer One extends OperationTypes
    ? Flat<WithParameters<One['path']> & WithBody<One['body']> & WithQuery<One['query']> & WithConditions<One['headers']>>
    : never;

type Good = 200 | 201 | 202;
/** What it resolves with; anything else is an `AdminError`. */
export type AnswerOf<Method extends Verb, Path> =
  Described<Method, Path> extends infer One extends OperationTypes
    ? {
        [Status in keyof One['answers'] & Good]: {
          readonly status: Status;
          /** Without quotes, as `ifMatch` takes it. */
          readonly etag: string | undefined;
          readonly body: z.output<One['answers'][Status]>;
        };
      }[keyof One['answers'] & Good]
    : never;

type Arguments<Request> = [keyof Request] extends [never] ? [] : object extends Request ? [request?: Request] : [request: Request];
type Ask<Method extends Verb> = <const Path extends PathsOf<Method>>(
  path: Path,
  ...request: Arguments<RequestOf<Method, Path>>
) => Promise<AnswerOf<Method, Path>>;

export type AdminEvent = z.output<typeof eventSchema>;

export interface EventsOptions {
  /** The `position` of the last event that was seen: those after it come first. */
  readonly after?: string;
  /** Those since an event's number or a time come first. */
  readonly since?: string;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** Events that came faster than they were read, and are kept no more. */
export interface MissedEvents {
  readonly kind: 'missed';
  readonly missed: number;
}

export type StreamedEvent = (AdminEvent | MissedEvents) & { readonly position: string };

export interface AdminClient {
  readonly get: Ask<'GET'>;
  readonly put: Ask<'PUT'>;
  readonly post: Ask<'POST'>;
  readonly patch: Ask<'PATCH'>;
  readonly delete: Ask<'DELETE'>;
  /** As they happen, until the signal or the server ends it. */
  events(options?: EventsOptions): AsyncGenerator<StreamedEvent, void>;
}

export interface ConnectOptions {
  /** `http://127.0.0.1:9900`, `https://balancer.example.com:9900`, `unix:/run/evenkeel-admin.sock`. */
  readonly address: string;
  readonly token?: string;
  /** Certificates of authorities in PEM, in the place of those that Node.js trusts. */
  readonly ca?: string;
}

/** An answer that says no. */
export class AdminError extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super([`${status}: ${problem.error}`, ...(problem.issues ?? [])].join('\n'));
    this.name = 'AdminError';
    this.status = status;
    this.problem = problem;
  }
}

/** Nothing is sent until something is asked for, and each request has a connection of its own. */
export function connectAdmin({ address, token, ca }: ConnectOptions): AdminClient {
  const target = targetOf(address, ca);
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const open = (sent: Sent): Promise<IncomingMessage> => send(target, { ...sent, headers: { ...sent.headers, ...authorization } });
  const asker =
    (method: Verb) =>
    async (path: string, request: LooseRequest = {}): Promise<unknown> =>
      read(await open(sentBy(method, path, request)));
  return {
    // The types above say of each method, path by path, what goes in and comes out; here all of them are one.
    get: asker('GET') as Ask<'GET'>,
    put: asker('PUT') as Ask<'PUT'>,
    post: asker('POST') as Ask<'POST'>,
    patch: asker('PATCH') as Ask<'PATCH'>,
    delete: asker('DELETE') as Ask<'DELETE'>,
    events: (options = {}) => events(open, options),
  };
}

interface LooseRequest {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

function sentBy(method: string, path: string, { parameters = {}, query = {}, body, ifMatch, ifNoneMatch }: LooseRequest): Sent {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name] ?? ''));
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  const headers = {
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch === '*' ? '*' : `"${ifMatch}"` }),
    ...(ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }),
  };
  const sent = { method, path: search === '' ? filled : `${filled}?${search}`, headers };
  return body === undefined ? sent : { ...sent, body: JSON.stringify(body) };
}

interface Target {
  readonly options: RequestOptions & { readonly ca?: string };
  readonly isSecure: boolean;
}

function targetOf(address: string, ca: string | undefined): Target {
  if (address.startsWith('unix:')) return { options: { socketPath: address.slice('unix:'.length) }, isSecure: false };
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isSecure = url?.protocol === 'https:';
  if (url === undefined || (!isSecure && url.protocol !== 'http:'))
    throw new TypeError(
      `expected an address such as http://127.0.0.1:9900, https://balancer.example.com:9900 or unix:/run/admin.sock, got ${JSON.stringify(address)}`,
    );
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { options: { host, port: url.port || (isSecure ? 443 : 80), ...(ca === undefined ? {} : { ca }) }, isSecure };
}

function send({ options, isSecure }: Target, { method, path, headers, body, signal }: Sent): Promise<IncomingMessage> {
  const { request } = process.getBuiltinModule(isSecure ? 'node:https' : 'node:http');
  const content = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const asked = request(
      { ...options, method, path, agent: false, headers: { ...headers, ...content }, ...(signal && { signal }) },
      resolve,
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

async function read(answer: IncomingMessage): Promise<unknown> {
  let text = '';
  answer.setEncoding('utf8');
  for await (const piece of answer) text += piece;
  const status = answer.statusCode ?? 0;
  const isJson = /^application\/json\b/.test(answer.headers['content-type'] ?? '');
  if (status >= 400 || status < 200) {
    // What says no in JSON is a problem; a text is one in words.
    throw new AdminError(status, isJson ? (JSON.parse(text) as Problem) : { error: text.trim() });
  }
  const etag = answer.headers.etag?.replace(/^"|"$/g, '');
  return { status, etag, body: isJson ? (JSON.parse(text) as unknown) : text };
}

async function* events(
  open: (sent: Sent) => Promise<IncomingMessage>,
  { after, since, signal }: EventsOptions,
): AsyncGenerator<StreamedEvent, void> {
  const headers = { accept: 'text/event-stream', ...(after === undefined ? {} : { 'last-event-id': after }) };
  const path = since === undefined ? '/api/v1/events' : `/api/v1/events?since=${encodeURIComponent(since)}`;
  const answer = await open({ method: 'GET', path, headers, ...(signal && { signal }) });
  if (answer.statusCode !== 200) {
    await read(answer);
    return;
  }
  answer.setEncoding('utf8');
  let text = '';
  for await (const piece of answer) {
    const blocks = `${text}${piece}`.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = eventIn(block);
      if (event !== undefined) yield event;
    }
  }
}

/** Undefined for what is a sign of life alone. */
function eventIn(block: string): StreamedEvent | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const [kind, position, data] = [field('event'), field('id'), field('data')];
  if (kind === undefined || position === undefined || data === undefined) return undefined;
  // As the server describes it.
  return { kind, position, ...(JSON.parse(data) as object) } as StreamedEvent;
}
