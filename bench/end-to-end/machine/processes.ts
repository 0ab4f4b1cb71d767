// Starts the programs of a run, pins each to its cores, and ends every one of them whatever happens, Ctrl-C included.
// Each child leads a process group of its own, so that the terminal's Ctrl-C reaches this program alone, which then ends them in order.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { searchPath } from './machine.ts';

export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it has written to standard error and output so far: shown when it does not start. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

export interface Place {
  readonly cores: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<Started>();
const directories = new Set<string>();

/** A folder in memory that is gone when the run ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join('/dev/shm', 'evenkeel-bench-'));
  directories.add(directory);
  return directory;
}

export function start(command: readonly string[], place: Place): Started {
  const child = spawn('taskset', ['-c', place.cores, ...command], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...place.env, PATH: searchPath },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('taskset (Debian package util-linux) could not be started');
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const started: Started = { child, pid, output: () => output, stop: () => stop(started) };
  running.add(started);
  child.once('exit', () => running.delete(started));
  return started;
}

/** Runs a program to its end and hands back what it printed. */
export function run(command: readonly string[], place: Place): Promise<Finished> {
  const started = start(command, place);
  let stdout = '';
  let stderr = '';
  started.child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  started.child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => started.child.once('close', (code) => resolve({ code, stdout, stderr })));
}

/** Asks politely, and after three seconds no longer. */
async function stop(started: Started): Promise<void> {
  if (started.child.exitCode !== null || started.child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => started.child.once('exit', () => resolve()));
  signal(started.pid, 'SIGTERM');
  const impatience = setTimeout(() => signal(started.pid, 'SIGKILL'), 3_000);
  await ended;
  clearTimeout(impatience);
}

function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch {
    // The group has ended by itself.
  }
}

/** Call once at the start of a program: from then on no way out of it leaves a process or a folder behind. */
export function cleanUpAtExit(): void {
  process.once('exit', () => {
    for (const started of running) signal(started.pid, 'SIGKILL');
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      process.stdout.write('\nstopped: ending what was started\n');
      process.exit(130);
    });
  }
}
