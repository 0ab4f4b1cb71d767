// What the operating system asks for: SIGTERM and SIGINT drain, and a second one of either ends at once. SIGHUP reads the document anew.
// Exit codes: 0 after a drain, also when the deadline cut something off; 128 + the signal's number (143, 130) for the second signal.
import { constants } from 'node:os';
import type { Log } from './log.ts';
import type { Supervisor } from './supervisor.ts';

export interface ProcessSignalParts {
  readonly supervisor: Pick<Supervisor, 'drain'>;
  readonly log: Log;
  /** Reads the document anew; absent where there is no file. */
  readonly reload?: ((cause: string) => void) | undefined;
  /** Ends the program; `process.exit` in production. */
  readonly exit: (code: number) => void;
  /** Where signals are heard: `process` in production. */
  readonly source: SignalSource;
}

export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

/** Obeys from now on, until the function that is given back is called. */
export function obeySignals({ supervisor, log, reload, exit, source }: ProcessSignalParts): () => void {
  let isLeaving = false;

  const leave = (signal: NodeJS.Signals): void => {
    if (isLeaving) {
      log.warn(`${signal} again: ending at once.`);
      exit(128 + constants.signals[signal]);
      return;
    }
    isLeaving = true;
    log.info(`${signal}: finishing what is begun, beginning nothing. Send it again to end at once.`);
    supervisor.drain().then(
      () => exit(0),
      (error: unknown) => {
        log.error(`Draining failed: ${error instanceof Error ? error.message : String(error)}`);
        exit(1);
      },
    );
  };
  const readAnew = (signal: NodeJS.Signals): void => {
    if (isLeaving) log.warn(`${signal}: Evenkeel is leaving; the document stays what it is.`);
    else if (reload === undefined) log.warn(`${signal}: there is no file to read anew; the configuration in force stays.`);
    else reload(signal);
  };

  const listeners = { SIGTERM: leave, SIGINT: leave, SIGHUP: readAnew } as const;
  // Object.entries forgets which names it was given; the cast gives them back.
  const entries = Object.entries(listeners) as [keyof typeof listeners, (signal: NodeJS.Signals) => void][];
  for (const [signal, listener] of entries) source.on(signal, listener);
  return () => {
    for (const [signal, listener] of entries) source.off(signal, listener);
  };
}
