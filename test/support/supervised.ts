// A Supervisor with line-speaking workers and a recorded log, started and ended by a test.
import { documentSettings, type WrittenDocument } from '../../src/control-plane/configuration/document.ts';
import type { SupervisedDocument } from '../../src/control-plane/supervising/supervisor.ts';
import { Supervisor } from '../../src/control-plane/supervising/supervisor.ts';
import { RecordedLog } from './recorded-log.ts';

export const echoEntry = new URL('./threads/echo-worker.ts', import.meta.url);

/** One listener on a free port of loopback, one pool with one endpoint that nobody connects to; one worker unless told otherwise. */
export function echoDocument(changes: Partial<WrittenDocument> = {}): SupervisedDocument {
  return documentSettings.parse({
    workers: 1,
    listeners: [{ name: 'lines', bind: '127.0.0.1:0', pool: 'web' }],
    pools: { web: { endpoints: ['127.0.0.1:9'] } },
    ...changes,
  });
}

export interface Supervised extends AsyncDisposable {
  readonly supervisor: Supervisor;
  readonly log: RecordedLog;
}

/** Not started yet. Stopped at the end of the test, however that ends. */
export function supervised(changes: Partial<WrittenDocument> = {}): Supervised {
  const log = new RecordedLog();
  const supervisor = new Supervisor({ document: echoDocument(changes), log, workerEntry: echoEntry });
  return { supervisor, log, [Symbol.asyncDispose]: () => supervisor.stop() };
}
