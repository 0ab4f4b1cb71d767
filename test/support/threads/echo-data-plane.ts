// A data plane for tests of the supervisor: sends back every line that it gets, and obeys a few of them.
// It counts connections as accepted and open, so that a test sees the scoreboard from both sides.
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { BoundListener, DataPlane, DataPlaneParts } from '../../../src/data-plane/serving/data-plane.ts';
import { EndpointLoad } from '../../../src/domain/endpoints/endpoint-load.ts';
import { listenerCounter } from '../../../src/domain/endpoints/scoreboard.ts';

type Listener = DataPlaneParts['document']['listeners'][number];

export const createEchoDataPlane = (parts: DataPlaneParts): DataPlane => new EchoDataPlane(parts);

/**
 * Lines: `who` tells the worker's number · `hold` begins an exchange at the first endpoint, `release` ends it ·
 * `throw` breaks the worker with an error that nobody catches · `exit` ends its thread with code 3.
 */
class EchoDataPlane implements DataPlane {
  readonly #parts: DataPlaneParts;
  readonly #load: EndpointLoad;
  readonly #servers: Server[] = [];
  /** How many exchanges each connection holds. */
  readonly #held = new Map<Socket, number>();
  #isDraining = false;

  constructor(parts: DataPlaneParts) {
    this.#parts = parts;
    this.#load = new EndpointLoad(parts.board, parts.worker, 0);
  }

  listen(): Promise<readonly BoundListener[]> {
    const { document, worker } = this.#parts;
    const isMine = ({ bind }: Listener): boolean => bind.kind === 'tcp' || worker === 0;
    return Promise.all(document.listeners.flatMap((listener, index) => (isMine(listener) ? [this.#bind(listener, index)] : [])));
  }

  stage(): void {}

  async prepare(): Promise<readonly BoundListener[]> {
    throw new Error('it serves one document for all of its life');
  }

  commit(): void {}

  discard(): void {}

  async drain(): Promise<void> {
    this.#isDraining = true;
    for (const [socket, held] of this.#held) if (held === 0) socket.end();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  close(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#held.keys()) socket.destroy();
  }

  #bind(listener: Listener, index: number): Promise<BoundListener> {
    const { board, worker, workers } = this.#parts;
    const server = createServer((socket) => this.#serve(board.listenerRow(worker, index), socket));
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(listenOptions(listener, workers), () => resolve(boundListener(listener, server)));
    });
  }

  #serve(row: Float64Array, socket: Socket): void {
    this.#held.set(socket, 0);
    add(row, listenerCounter.accepted, 1);
    add(row, listenerCounter.openConnections, 1);
    socket.on('data', (bytes) => {
      const line = bytes.toString().trim();
      this.#obey(line, row, socket);
      socket.write(line === 'who' ? `${this.#parts.worker}\n` : bytes);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      while ((this.#held.get(socket) ?? 0) > 0) this.#hold(-1, row, socket);
      add(row, listenerCounter.openConnections, -1);
      this.#held.delete(socket);
    });
  }

  #obey(line: string, row: Float64Array, socket: Socket): void {
    if (line === 'throw') throw new Error('told to throw');
    if (line === 'exit') process.exit(3);
    if (line === 'hold') this.#hold(1, row, socket);
    if (line !== 'release') return;
    this.#hold(-1, row, socket);
    if (this.#isDraining) socket.end();
  }

  #hold(by: 1 | -1, row: Float64Array, socket: Socket): void {
    this.#held.set(socket, (this.#held.get(socket) ?? 0) + by);
    add(row, listenerCounter.exchangesInFlight, by);
    if (by === 1) this.#load.hold();
    else this.#load.release();
  }
}

function add(row: Float64Array, counter: number, by: number): void {
  row[counter] = (row[counter] ?? 0) + by;
}

const listenOptions = ({ bind }: Listener, workers: number) =>
  bind.kind === 'unix' ? { path: bind.path } : { port: bind.port, host: bind.host ?? '127.0.0.1', reusePort: workers > 1 };

function boundListener({ name, bind }: Listener, server: Server): BoundListener {
  const address = server.address();
  if (bind.kind === 'unix' || address === null || typeof address === 'string') return { name, bind, address: bind.text };
  const text = `${address.address}:${address.port}`;
  return { name, address: text, bind: { ...bind, port: address.port, text } };
}
