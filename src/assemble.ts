// Joins the parts that make a document run: the admin server, the supervisor with its workers, and the signals that end it all.
// The one file that knows all floors. The data plane is joined inside each worker thread.
import { resolve } from 'node:path';
import { Configuration } from './control-plane/changing/configuration.ts';
import { FileWatch } from './control-plane/changing/file-watch.ts';
import { openHistory } from './control-plane/changing/history/open-history.ts';
import type { Document } from './control-plane/configuration/document.ts';
import { Discovery } from './control-plane/discovery/discovery.ts';
import type { Log } from './control-plane/supervising/log.ts';
import type { SignalSource } from './control-plane/supervising/process-signals.ts';
import { obeySignals } from './control-plane/supervising/process-signals.ts';
import { settleHeap } from './control-plane/supervising/settled-heap.ts';
import { Supervisor } from './control-plane/supervising/supervisor.ts';
import type { BoundListener } from './data-plane/serving/data-plane.ts';
import type { AdminServer, AdminServerParts } from './interface/admin/admin-server.ts';
import type { Origin } from './interface/cli/command.ts';
import { ownVersion } from './interface/cli/own-version.ts';

export interface Outside {
  readonly log: Log;
  /** Where signals are heard: `process` in production. */
  readonly signals: SignalSource;
  /** Ends the program once a signal is obeyed: `process.exit` in production. */
  readonly exit: (code: number) => void;
  readonly origin: Origin;
}

export interface Assembled extends AsyncDisposable {
  /** In the order of the document, with the real port where it says 0. */
  readonly listeners: readonly BoundListener[];
  /** Where the admin server listens. */
  readonly admin: string | undefined;
  readonly supervisor: Supervisor;
}

/** Resolves when everything listens. Rejects with a message for the operator when something cannot, and then nothing runs. */
export async function assemble(document: Document, { log, signals, exit, origin }: Outside): Promise<Assembled> {
  await using started = new AsyncDisposableStack();

  const { history, configuration, supervisor, discovery } = await join(document, { log, origin }, started);

  // Before anything listens: whoever is told to leave while it starts leaves as well.
  const leave = (code: number): void => {
    history.close();
    exit(code);
  };
  const reload = origin.read && ((cause: string): void => void configuration.reload(cause));
  started.defer(obeySignals({ supervisor, log, reload, exit: leave, source: signals }));

  // The admin server comes first, so that a port that it cannot have is known before a client is served. It fails readiness until then.
  const admin = document.admin && started.use(await startAdmin(document.admin, { log, supervisor, discovery, configuration }));

  await discovery.prepare();
  const listeners = await supervisor.start();
  discovery.follow();
  await configuration.begin();
  settleHeap();
  if (reload !== undefined && origin.watched !== undefined) {
    const watch = new FileWatch({ files: origin.watched, onChange: reload });
    started.defer(() => watch.stop());
    watch.start();
  }

  const running = started.move();
  return { listeners, admin: admin?.address, supervisor, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Loaded only where there is one: it describes all that can be asked of it. */
async function startAdmin(
  settings: NonNullable<Document['admin']>,
  parts: Pick<AdminServerParts, 'log' | 'supervisor' | 'discovery' | 'configuration'>,
): Promise<AdminServer> {
  const { startAdminServer } = await import('./interface/admin/admin-server.ts');
  return startAdminServer({ ...settings, ...parts, version: await ownVersion() });
}

/** What decides what is in force, each part above the one that brings its document further; nothing of it runs yet. */
async function join(document: Document, { log, origin }: Pick<Outside, 'log' | 'origin'>, started: AsyncDisposableStack) {
  const history = await openHistory(document.history, origin.written.folder, log);
  started.defer(() => history.close());
  const configuration = await Configuration.open({
    start: { document, written: origin.written },
    read: origin.read,
    change: (next) => discovery.change(next),
    history,
    onVersion: (event) => supervisor.events.addConfiguration(event),
    log,
  });
  const supervisor = new Supervisor({ document: configuration.document, log });
  started.defer(() => supervisor.stop());
  const discovery = new Discovery(configuration.document, {
    change: (next) => supervisor.change(next),
    kept: document.history.folder && resolve(origin.written.folder, document.history.folder, 'discovery.json'),
    log,
  });
  started.defer(() => discovery.stop());
  return { history, configuration, supervisor, discovery };
}
