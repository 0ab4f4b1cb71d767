// Endpoints for probes to ask, well-behaved or not, and a way to ask them that a test can end whenever it wants.
import { once } from 'node:events';
import type { ListenOptions, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { Writable } from 'node:stream';
import type { Probe, ProbeResult, ProbeTarget } from '../../../src/control-plane/probing/probe.ts';
import { eventually } from '../balanced.ts';
import { canCountDescriptors, openDescriptors } from '../leaks/open-descriptors.ts';

export interface ProbedServer extends AsyncDisposable {
  readonly target: ProbeTarget;
  /** Connections that were accepted, in order. */
  readonly sockets: readonly Socket[];
}

export type Where = Pick<ListenOptions, 'host' | 'path'>;

/** Listens with any server on a free port of 127.0.0.1, or where it is told. */
export async function probed(server: Server, where: Where = { host: '127.0.0.1' }): Promise<ProbedServer> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
  });
  server.on('tlsClientError', () => {});
  server.listen({ port: 0, ...where });
  await once(server, 'listening');
  return {
    target: targetAt(server.address()),
    sockets,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** A server that does this with each connection. What comes is thrown away where nobody listens, so that the end of it is noticed. */
export const rude = (treat: (socket: Socket) => void, where?: Where): Promise<ProbedServer> =>
  probed(
    createServer((socket) => {
      treat(socket);
      socket.resume();
    }),
    where,
  );

/** Waits until the probe has left: this end alone would stay for ever. */
export const isLeft = ({ sockets }: ProbedServer): Promise<void> =>
  eventually(() => sockets.length > 0 && sockets.every((socket) => socket.closed), 'the probe closes its connection');

/** Writes this for as long as somebody reads it. */
export function writeForEver(socket: Writable, chunk: Uint8Array | string): void {
  const write = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', write);
  write();
}

function targetAt(address: ReturnType<Server['address']>): ProbeTarget {
  if (address === null) throw new Error('The server does not listen.');
  if (typeof address === 'string') return { id: `unix:${address}`, address: { kind: 'unix', path: address } };
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { id: `${host}:${address.port}`, address: { kind: 'tcp', host: address.address, port: address.port } };
}

export interface Asking {
  readonly result: Promise<ProbeResult>;
  /** What the probe waits for. */
  readonly step: () => string;
  /** The time is up. */
  readonly abort: () => void;
}

export function asking<Settings>(probe: Probe<string, Settings>, target: ProbeTarget, settings: Settings): Asking {
  const controller = new AbortController();
  let step = '';
  const result = probe.run(target, settings, {
    signal: controller.signal,
    step: (text) => {
      step = text;
    },
  });
  return { result, step: () => step, abort: () => controller.abort(new Error('the time was up')) };
}

export const ask = <Settings>(probe: Probe<string, Settings>, target: ProbeTarget, settings: Settings): Promise<ProbeResult> =>
  asking(probe, target, settings).result;

/** The reason of a result that did not pass. */
export async function reasonOf(result: Promise<ProbeResult>): Promise<string> {
  const { passed, ...rest } = await result;
  return passed === false && 'reason' in rest ? rest.reason : `passed: ${passed}`;
}

/** Runs something, and waits until no more descriptors are open than before. */
export async function leavesNothingOpen(run: () => Promise<void>): Promise<void> {
  const before = openDescriptors();
  await run();
  if (canCountDescriptors) await eventually(() => openDescriptors() <= before, 'every descriptor is closed');
}
