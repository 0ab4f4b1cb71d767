// What it costs to hold clients that are connected and silent: each has sent one request, read its answer, and stays.
// Every balancer is started anew, so that memory from other rows does not count.

import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Balancer } from '../balancers/balancer.ts';
import { openFilesLimit } from '../machine/machine.ts';
import { residentBytes } from '../machine/process-tree.ts';
import { left, number, right, table } from '../report/table.ts';

export interface IdlePlan {
  readonly balancers: readonly Balancer[];
  readonly directory: string;
  readonly endpointPorts: readonly number[];
  readonly cores: string;
}

export interface IdleSummary {
  readonly clients: number;
  /** Resident bytes of all its processes, before the first client and with all of them. */
  readonly before: number;
  readonly after: number;
  readonly errors: string | undefined;
}

const wantedClients = 10_000;
const batch = 100;
const mebibyte = 1024 * 1024;

export async function measureIdle(plan: IdlePlan): Promise<ReadonlyMap<string, IdleSummary>> {
  const clients = Math.min(wantedClients, openFilesLimit() - 1_000);
  process.stdout.write(`\nidle clients: MiB with ${number(clients)} of them\n  `);
  const summaries = new Map<string, IdleSummary>();
  for (const balancer of plan.balancers) {
    const summary = await oneBalancer(balancer, clients, plan);
    summaries.set(balancer.name, summary);
    process.stdout.write(`${balancer.name} ${summary.errors ?? number(summary.after / mebibyte)}   `);
  }
  process.stdout.write('\n');
  return summaries;
}

async function oneBalancer(balancer: Balancer, clients: number, plan: IdlePlan): Promise<IdleSummary> {
  const { endpointPorts, cores } = plan;
  const running = await balancer.start({ home: join(plan.directory, `${balancer.name}-idle`), endpointPorts, cores, workers: 1 });
  const before = residentBytes(running.started.pid);
  const sockets: Socket[] = [];
  let errors: string | undefined;
  try {
    while (sockets.length < clients) {
      const size = Math.min(batch, clients - sockets.length);
      sockets.push(...(await Promise.all(Array.from({ length: size }, (_, index) => oneClient(running.port, sockets.length + index)))));
    }
    await pause(3_000);
    const lost = sockets.filter((socket) => socket.readyState !== 'open').length;
    if (lost > 0) errors = `${lost} of ${clients} clients were dropped`;
  } catch (error) {
    errors = `after ${sockets.length} clients: ${String(error)}`;
  }
  const after = residentBytes(running.started.pid);
  for (const socket of sockets) socket.destroy();
  await running.started.stop();
  return { clients, before, after, errors };
}

/** Spread over source addresses, since one address has only some 28,000 ports to call from, and closed ones rest for a while. */
function oneClient(port: number, index: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (index % 8)}` });
    socket.setEncoding('latin1');
    let received = '';
    const refuse = (error?: Error): void => reject(error ?? new Error('closed before the answer'));
    socket.once('error', refuse);
    socket.once('close', refuse);
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer within 10 s')));
    socket.on('data', (text: string) => {
      received += text;
      if (!received.endsWith('x'.repeat(100))) return;
      socket.setTimeout(0);
      socket
        .removeAllListeners('data')
        .removeListener('error', refuse)
        .on('error', () => undefined);
      socket.resume();
      resolve(socket);
    });
    socket.write(`GET /small HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  });
}

export function idleTable(summaries: ReadonlyMap<string, IdleSummary>): string {
  const columns = [
    left('balancer'),
    right('idle clients'),
    right('MiB before'),
    right('MiB with them'),
    right('KiB per client'),
    left('errors'),
  ];
  const lines = [...summaries].map(([name, summary]) => [
    name,
    number(summary.clients, 0),
    number(summary.before / mebibyte),
    number(summary.after / mebibyte),
    number((summary.after - summary.before) / summary.clients / 1024),
    summary.errors === undefined ? 'none' : `${summary.errors}: does not count`,
  ]);
  return table(columns, lines);
}
