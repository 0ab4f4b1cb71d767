// The contract of an admin operation: something that an operator or a program may ask over HTTP, or have changed.
import type { ReloadOutcome } from '../../control-plane/changing/reloader.ts';
import type { Supervisor } from '../../control-plane/supervising/supervisor.ts';

/** What operations may look at, and have changed. */
export interface AdminView {
  /** Evenkeel's own version. */
  readonly version: string;
  readonly supervisor: WatchedSupervisor;
  /** Reads the document anew; absent where it stands in no file. */
  readonly reload?: ((cause: string) => Promise<ReloadOutcome>) | undefined;
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
  readonly body: string;
}

/** HEAD is answered wherever GET is. A request with PATCH or POST has a body of JSON, the others have none. */
export type Method = 'GET' | 'PATCH' | 'POST';

export interface Operation<Path extends string = string> {
  readonly method: Method;
  /** Words in braces stand for any text without a slash, percent-encoded where need be: `/api/v1/pools/{pool}`. */
  readonly path: Path;
  /** One sentence or two for the reference. */
  readonly summary: string;
  answer(view: AdminView, request: OperationRequest<Path>): Answer | Promise<Answer>;
}

/** What stands at the words in braces, decoded, what stands behind the "?", and the body as text. */
export interface OperationRequest<Path extends string> {
  readonly parameters: Readonly<Record<NamesIn<Path>, string>>;
  readonly query: URLSearchParams;
  readonly body: string;
}

type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** Any operation, the names in its path unknown to the compiler. */
export type AnyOperation = Operation<string>;

export function defineOperation<const Path extends `/${string}`>(definition: Operation<Path>): Operation<Path> {
  return definition;
}

/** The line ends let a terminal show the answer as it is. */
export const textAnswer = (status: number, text: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body: `${text}\n` });

export const jsonAnswer = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: `${JSON.stringify(value, undefined, 2)}\n`,
});
