// Asks a running Node.js program, through its inspector, how much each of its threads holds on to. Source: the DevTools protocol (HeapProfiler,
// Runtime) and Node's own addition to it for worker threads (NodeWorker).

export interface HeapFigures {
  /** Bytes of living objects, all threads together, after a full collection. */
  readonly used: number;
  /** Bytes outside the heaps that buffers hold. */
  readonly buffers: number;
  readonly threads: number;
}

interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize?: number;
}

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: { readonly sessionId?: string; readonly message?: string };
}

type Send = (method: string, params?: object) => Promise<unknown>;

/** Where `--inspect=PORT` says that the inspector listens. */
export function inspectorAddress(output: string): string {
  const address = /Debugger listening on (ws:\S+)/.exec(output)?.[1];
  if (address === undefined) throw new Error(`no inspector was started:\n${output}`);
  return address;
}

export class Inspector {
  readonly #socket: WebSocket;
  readonly #main = new Conversation((text) => this.#socket.send(text));
  readonly #workers = new Map<string, Conversation>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', (event) => this.#receive(String(event.data)));
  }

  static async connect(address: string): Promise<Inspector> {
    const socket = new WebSocket(address);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error(`the inspector at ${address} does not answer`)));
    });
    const inspector = new Inspector(socket);
    await inspector.#main.send('NodeWorker.enable', { waitForDebuggerOnStart: false });
    return inspector;
  }

  /** Collects every thread's heap, then adds up what is left. */
  async heapAfterCollection(): Promise<HeapFigures> {
    const threads = [this.#main, ...this.#workers.values()];
    let used = 0;
    let buffers = 0;
    for (const { send } of threads) {
      // What a first collection finalizes, a second one frees.
      await send('HeapProfiler.collectGarbage');
      await send('HeapProfiler.collectGarbage');
      // The protocol defines what getHeapUsage answers.
      const usage = (await send('Runtime.getHeapUsage')) as HeapUsage;
      used += usage.usedSize;
      buffers += usage.backingStorageSize ?? 0;
    }
    return { used, buffers, threads: threads.length };
  }

  /** What an expression gives in each worker thread. */
  async inWorkers(expression: string): Promise<readonly unknown[]> {
    const values: unknown[] = [];
    for (const { send } of this.#workers.values()) {
      // The protocol defines what evaluate answers.
      const answer = (await send('Runtime.evaluate', { expression, returnByValue: true })) as {
        readonly result: { readonly value?: unknown };
      };
      values.push(answer.result.value);
    }
    return values;
  }

  close(): void {
    this.#socket.close();
  }

  #receive(text: string): void {
    const message = readMessage(text);
    const session = message.params?.sessionId;
    if (session === undefined) {
      this.#main.receive(message);
    } else if (message.method === 'NodeWorker.attachedToWorker') {
      this.#workers.set(
        session,
        new Conversation((inner) => void this.#main.send('NodeWorker.sendMessageToWorker', { sessionId: session, message: inner })),
      );
    } else if (message.method === 'NodeWorker.detachedFromWorker') {
      this.#workers.delete(session);
    } else {
      this.#workers.get(session)?.receive(readMessage(message.params?.message ?? '{}'));
    }
  }
}

/** Questions and answers with one thread, joined by their numbers. */
class Conversation {
  readonly #write: (text: string) => void;
  readonly #open = new Map<number, { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void }>();
  #last = 0;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  readonly send: Send = (method, params = {}) => {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.#write(JSON.stringify({ id, method, params }));
    });
  };

  receive(message: Message): void {
    const question = message.id === undefined ? undefined : this.#open.get(message.id);
    if (message.id === undefined || question === undefined) return;
    this.#open.delete(message.id);
    if (message.error === undefined) question.resolve(message.result);
    else question.reject(new Error(message.error.message));
  }
}

function readMessage(text: string): Message {
  // The inspector speaks the protocol's own message format.
  return JSON.parse(text) as Message;
}
