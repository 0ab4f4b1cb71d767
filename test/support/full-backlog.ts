// An address of loopback at which connections are neither made nor refused: a listener that accepts nothing and whose queue is full.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** Listens, tells where, and is busy until it is ended: what connects waits in the kernel's queue. */
const neverAccepts = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

export class FullBacklog implements AsyncDisposable {
  readonly address: string;
  readonly #worker: Worker;
  readonly #fillers: readonly Socket[];

  private constructor(address: string, worker: Worker, fillers: readonly Socket[]) {
    this.address = address;
    this.#worker = worker;
    this.#fillers = fillers;
  }

  static async open(): Promise<FullBacklog> {
    const worker = new Worker(neverAccepts, { eval: true });
    const [port]: unknown[] = await once(worker, 'message');
    const fillers: Socket[] = [];
    for (let isFull = false; !isFull; ) {
      const filler = connect({ port: Number(port), host: '127.0.0.1' }).on('error', () => undefined);
      fillers.push(filler);
      // On loopback a connection is made at once or not at all. The second wait is for a thread that was held up itself.
      isFull = await Promise.race([once(filler, 'connect').then(() => false), sleep(200).then(() => sleep(0, true))]);
    }
    return new FullBacklog(`127.0.0.1:${Number(port)}`, worker, fillers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const filler of this.#fillers) filler.destroy();
    await this.#worker.terminate();
  }
}
