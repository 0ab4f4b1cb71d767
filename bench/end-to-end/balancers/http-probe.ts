// One plain request at a time, to see that a server is up and answers what a row expects.

import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Started } from '../machine/processes.ts';

export interface ProbeAnswer {
  readonly status: number;
  readonly bodyBytes: number;
}

export interface ProbeRequest {
  readonly port: number;
  readonly path: string;
  readonly method: string;
  readonly bodyBytes: number;
}

export function probe(wanted: ProbeRequest): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    const { port, path, method } = wanted;
    const outgoing = request({ host: '127.0.0.1', port, path, method, agent: false, timeout: 2_000 }, (answer) => {
      let bodyBytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bodyBytes += chunk.length;
      });
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, bodyBytes }));
      answer.once('error', reject);
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer within 2 s')));
    outgoing.once('error', reject);
    outgoing.end(wanted.bodyBytes > 0 ? Buffer.alloc(wanted.bodyBytes, 'x') : undefined);
  });
}

/** Waits until the small page comes back; gives up when the program ends or after ten seconds. */
export async function untilServing(name: string, started: Started, port: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  let last = 'not tried';
  while (Date.now() < deadline) {
    if (started.child.exitCode !== null) throw new Error(`${name} ended at once:\n${started.output().trim()}`);
    try {
      const answer = await probe({ port, path: '/small', method: 'GET', bodyBytes: 0 });
      if (answer.status === 200) return;
      last = `status ${answer.status}`;
    } catch (error) {
      last = String(error);
    }
    await pause(50);
  }
  throw new Error(`${name} did not serve on port ${port} within 10 s (${last}):\n${started.output().trim()}`);
}
