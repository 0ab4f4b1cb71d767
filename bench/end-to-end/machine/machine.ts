// The machine that a run takes place on: which cores do what, which versions are measured, and what is missing.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release } from 'node:os';

export interface Cores {
  readonly count: number;
  readonly balancer: string;
  /** Where backends, load generator and this program run. */
  readonly others: string;
  /** Two cores for a balancer with two workers; on a small machine these are shared with the load. */
  readonly pair: string;
  readonly pairIsShared: boolean;
}

const { PATH = '' } = process.env;
/** Debian keeps servers where only root looks for programs. */
export const searchPath = `${PATH}:/usr/local/sbin:/usr/sbin:/sbin`;

const debianPackages = { nginx: 'nginx', haproxy: 'haproxy', wrk: 'wrk', taskset: 'util-linux' } as const;
export type Tool = keyof typeof debianPackages | 'strace';

export function cores(): Cores {
  const count = cpus().length;
  if (count < 2) throw new Error('two cores are needed: one for the balancer, one for what puts it under load');
  const last = count - 1;
  return {
    count,
    balancer: '0',
    others: count >= 4 ? `2-${last}` : count === 3 ? '1-2' : '1',
    pair: '0,1',
    pairIsShared: count < 4,
  };
}

/** Says which Debian packages bring the tools that cannot be found; an empty list means that all are there. */
export function missingPackages(tools: readonly Tool[]): readonly string[] {
  return tools.filter((tool) => versionOutput(tool) === undefined).map((tool) => (tool === 'strace' ? 'strace' : debianPackages[tool]));
}

export function toolVersion(tool: Tool): string {
  return /\d+\.\d+(\.\d+)?/.exec(versionOutput(tool) ?? '')?.[0] ?? 'unknown';
}

function versionOutput(tool: Tool): string | undefined {
  const flag = { nginx: '-v', haproxy: '-v', wrk: '-v', taskset: '-V', strace: '-V' }[tool];
  const result = spawnSync(tool, [flag], {
    encoding: 'utf8',
    env: { ...process.env, PATH: searchPath },
  });
  return result.error === undefined ? result.stdout + result.stderr : undefined;
}

export function describeMachine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  return `${model}, ${cpus().length} cores, Linux ${release().replace(/^(\d+\.\d+).*/, '$1')}`;
}

/** How many files and sockets one process may hold open. */
export function openFilesLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const hard = /Max open files\s+\S+\s+(\d+)/.exec(limits)?.[1];
  return hard === undefined ? 1_024 : Number(hard);
}

/** Keeps all threads of this program off the core on which balancers are measured. */
export function pinThisProgram(where: string): void {
  spawnSync('taskset', ['-a', '-c', '-p', where, String(process.pid)], { stdio: 'ignore' });
}
