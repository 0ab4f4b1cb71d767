// Runs wrk, a closed-loop load generator: each connection sends its next request when it has read the last answer.

import { join } from 'node:path';
import { run } from '../machine/processes.ts';

export interface Load {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly bodyBytes: number;
  readonly connections: number;
  /** A new connection for each request. */
  readonly close: boolean;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly bytes: number;
  /** Latencies in microseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** What went wrong, in words; undefined when nothing did. */
  readonly errors: string | undefined;
}

interface WrkReport {
  readonly requests: number;
  readonly microseconds: number;
  readonly bytes: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly connect: number;
  readonly read: number;
  readonly write: number;
  readonly status: number;
  readonly timeout: number;
}

export interface LoadPlace {
  readonly port: number;
  readonly cores: string;
  readonly seconds: number;
}

export async function runLoad(load: Load, place: LoadPlace): Promise<LoadResult> {
  const command = [
    ...['wrk', '--threads', '1', '--connections', String(load.connections), '--duration', `${place.seconds}s`],
    ...['--timeout', '10s', '--script', join(import.meta.dirname, 'load.lua'), `http://127.0.0.1:${place.port}${load.path}`],
    ...['--', load.method, String(load.bodyBytes), load.close ? 'close' : 'keep'],
  ];
  const { code, stdout, stderr } = await run(command, { cores: place.cores });
  const line = /^JSON (.*)$/m.exec(stdout)?.[1];
  if (line === undefined) throw new Error(`wrk ended with code ${code}: ${stderr}${stdout}`);
  // The line is written by load.lua beside this file.
  const report = JSON.parse(line) as WrkReport;
  const { requests, bytes, p50, p99, p999 } = report;
  return { requests, seconds: report.microseconds / 1e6, bytes, p50, p99, p999, errors: errorsInWords(report) };
}

function errorsInWords(report: WrkReport): string | undefined {
  const found = [
    [report.connect, 'connections failed'],
    [report.read, 'reads failed'],
    [report.write, 'writes failed'],
    [report.status, 'answers were errors'],
    [report.timeout, 'answers were late'],
  ] as const;
  const words = found.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  if (report.requests === 0) words.push('no request was completed');
  return words.length === 0 ? undefined : words.join(', ');
}
