// The contract of an admin operation: something that an operator or a program may ask over HTTP, or have changed. What it takes and answers is
// described with it: the OpenAPI document, the reference and the client's types are made from that.
import type { ServerResponse } from 'node:http';
import type * as z from 'zod';
import type { Configuration } from '../../control-plane/changing/configuration.ts';
import type { Document } from '../../control-plane/configuration/document.ts';
import type { SourceFigures } from '../../control-plane/discovery/source-watch.ts';
import type { Guard } from '../../control-plane/planning/guard.ts';
import type { Supervisor } from '../../control-plane/supervising/supervisor.ts';

/** What operations may look at, and have changed. */
export interface AdminView {
  /** Evenkeel's own version. */
  readonly version: string;
  readonly supervisor: WatchedSupervisor;
  readonly configuration: Configuration;
  /** What finds endpoints; absent where nobody does. */
  readonly discovery?: WatchedDiscovery;
  /** Changes that go back by themselves. */
  readonly guard: Pick<Guard, 'report' | 'isOn' | 'begin'>;
}

export interface WatchedDiscovery {
  figuresOf(pool: string): SourceFigures | undefined;
  /** A document with the endpoints that are known now. */
  filled(document: Document): Document;
}

export type WatchedSupervisor = Pick<
  Supervisor,
  | 'state'
  | 'document'
  | 'board'
  | 'places'
  | 'bound'
  | 'startedAt'
  | 'workers'
  | 'listeningWorkers'
  | 'restarts'
  | 'endpoints'
  | 'health'
  | 'events'
  | 'wordsOf'
  | 'sessionCounts'
  | 'clock'
>;

export interface Answer {
  readonly status: number;
  /** The Content-Type. */
  readonly type: string;
  /** Or what goes on writing for as long as the client stays. */
  readonly body: string | Streaming;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Takes over an answer whose head is sent. Gives back what ends it. */
export type Streaming = (response: ServerResponse) => () => void;

/** HEAD is answered wherever GET is. A request with PATCH, POST or PUT has a body of JSON, the others have none. */
export type Method = 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE';

/** By status, the JSON that is answered; a text where that is what the description says. */
export type Answers = Readonly<Record<number, z.ZodType>>;

export interface OperationTypes {
  readonly method: Method;
  readonly path: string;
  readonly query: Readonly<Record<string, z.ZodType>>;
  readonly headers: Readonly<Record<string, z.ZodType>>;
  readonly body: z.ZodType | undefined;
  readonly answers: Answers;
}

export interface Operation<Types extends OperationTypes = OperationTypes> {
  readonly method: Types['method'];
  /** Words in braces stand for any text without a slash, percent-encoded where need be: `/api/v1/pools/{pool}`. */
  readonly path: Types['path'];
  /** One sentence or two for the reference. */
  readonly summary: string;
  /** Answered to everybody, where others ask for a token. */
  readonly isOpen?: boolean;
  /** What may stand behind the "?": texts. */
  readonly query?: Types['query'];
  /** Fields of the request that it heeds, in small letters. */
  readonly headers?: Types['headers'];
  /** Of PATCH, POST and PUT. Described as it is written. */
  readonly body?: Types['body'];
  /** In bytes; 64 KiB unless it says otherwise. */
  readonly longestBody?: number;
  /** Those of its own. What any operation may answer, `common-answers.ts` describes. */
  readonly answers: Types['answers'];
  /** What it did, or tells, is of one state of the document: answers of 200 and 201 have its ETag. */
  readonly isTagged?: boolean;
  /** Also answers with events as they come: `text/event-stream`, for those who accept that. */
  readonly streams?: boolean;
  answer(view: AdminView, request: OperationRequest<Types['path']>): Answer | Promise<Answer>;
}

/** What stands at the words in braces, decoded, what stands behind the "?", and the body as text. */
export interface OperationRequest<Path extends string> {
  readonly parameters: Readonly<Record<NamesIn<Path>, string>>;
  readonly query: URLSearchParams;
  readonly body: string;
  /** By name in small letters; undefined where there is none. */
  readonly header: (name: string) => string | undefined;
  /** Whoever asks has shown a token, or may open the socket file: it is not just anybody on this machine. */
  readonly isKnown: boolean;
}

export type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** Any operation, the names in its path unknown to the compiler. */
export type AnyOperation = Operation;

export function defineOperation<
  const Verb extends Method,
  const Path extends `/${string}`,
  const Described extends Answers,
  const Query extends OperationTypes['query'] = Readonly<Record<never, z.ZodType>>,
  const Fields extends OperationTypes['headers'] = Readonly<Record<never, z.ZodType>>,
  Body extends z.ZodType | undefined = undefined,
>(
  definition: Operation<{ method: Verb; path: Path; query: Query; headers: Fields; body: Body; answers: Described }>,
): Operation<{ method: Verb; path: Path; query: Query; headers: Fields; body: Body; answers: Described }> {
  return definition;
}

/** The line ends let a terminal show the answer as it is. */
export const textAnswer = (status: number, text: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body: `${text}\n` });

export const jsonAnswer = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: `${JSON.stringify(value, undefined, 2)}\n`,
  headers,
});
