// The contract of an admin operation: something that an operator or a program may ask over HTTP.
import type { Supervisor } from '../../control-plane/supervising/supervisor.ts';

/** What operations may look at. */
export interface AdminView {
  /** Evenkeel's own version. */
  readonly version: string;
  readonly supervisor: WatchedSupervisor;
}

export type WatchedSupervisor = Pick<
  Supervisor,
  'state' | 'document' | 'board' | 'bound' | 'startedAt' | 'workers' | 'listeningWorkers' | 'restarts'
>;

export interface Answer {
  readonly status: number;
  /** The Content-Type. */
  readonly type: string;
  readonly body: string;
}

export interface Operation {
  /** GET only so far. HEAD is answered for all of them. */
  readonly method: 'GET';
  readonly path: `/${string}`;
  /** One sentence for the reference. */
  readonly summary: string;
  answer(view: AdminView): Answer | Promise<Answer>;
}

export function defineOperation(definition: Operation): Operation {
  return definition;
}

/** The line ends let a terminal show the answer as it is. */
export const textAnswer = (status: number, text: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body: `${text}\n` });

export const jsonAnswer = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: `${JSON.stringify(value, undefined, 2)}\n`,
});
