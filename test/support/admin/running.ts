// A whole Evenkeel in a process of its own, with an admin server on a socket file, and a client for it.
import { readFile, writeFile } from 'node:fs/promises';
import type { AdminClient } from '../../../src/client.ts';
import { AdminError, connectAdmin } from '../../../src/client.ts';
import { freshFolder } from '../chaos/fresh-folder.ts';
import { EvenkeelProcess } from '../evenkeel-process.ts';

export interface Running extends AsyncDisposable {
  readonly client: AdminClient;
  readonly evenkeel: EvenkeelProcess;
  readonly folder: string;
  /** Of the admin server. */
  readonly address: string;
  /** What its listener `web` serves. */
  readonly url: string;
  /** The document as it stands in the file. */
  file(): Promise<string>;
  write(rest: string): Promise<void>;
  /** Ends it as a person would, and starts it anew on the same folder. */
  restarted(): Promise<Running>;
}

/** `rest` is the document behind its admin server: listeners, pools. A listener named `web` is waited for. `bind` in place of a socket file. */
export async function running(rest: string, admin = '', bind?: string): Promise<Running> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await freshFolder());
  const write = (text: string): Promise<void> =>
    writeFile(
      `${folder.path}/evenkeel.yaml`,
      `workers: 1\nadmin: { bind: "${bind ?? `unix:${folder.path}/admin.sock`}"${admin} }\n${text}\n`,
    );
  await write(rest);
  const started = await startIn(folder.path, write);
  const moved = stack.move();
  return { ...started, [Symbol.asyncDispose]: () => disposeAll([started, moved]) };
}

async function startIn(folder: string, write: Running['write']): Promise<Running> {
  await using stack = new AsyncDisposableStack();
  const evenkeel = stack.use(new EvenkeelProcess(['run'], folder));
  const url = await evenkeel.line(/web listening on (http:\S+)/);
  const address = await evenkeel.line(/admin on (\S+)/);
  const client = connectAdmin({ address });
  const moved = stack.move();
  return {
    ...{ client, evenkeel, folder, address, url, write },
    file: () => readFile(`${folder}/evenkeel.yaml`, 'utf8'),
    restarted: async () => {
      evenkeel.signal('SIGTERM');
      await evenkeel.ended();
      return startIn(folder, write);
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

async function disposeAll(all: readonly AsyncDisposable[]): Promise<void> {
  for (const each of all) await each[Symbol.asyncDispose]();
}

/** What the server says in place of doing it. */
export async function refusal(asked: Promise<unknown>): Promise<AdminError> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof AdminError) return error;
    throw error;
  }
  throw new Error('it was done');
}
