// What the kernel says about a process and all its descendants: processor time and memory. Source: proc(5).

import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessorTime {
  /** Seconds in the program itself and in the kernel on its behalf, all threads together, those that have ended included. */
  readonly user: number;
  readonly system: number;
}

/** The kernel counts in hundredths of a second towards user space on every Linux that Node.js runs on (USER_HZ). */
const ticksPerSecond = 100;

export function processorTime(root: number): ProcessorTime {
  let user = 0;
  let system = 0;
  for (const pid of processTree(root)) {
    // The name in parentheses may hold spaces; the numbered fields begin after the last parenthesis, with field 3.
    const stat = read(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    user += Number(fields[14 - 3] ?? 0);
    system += Number(fields[15 - 3] ?? 0);
  }
  return { user: user / ticksPerSecond, system: system / ticksPerSecond };
}

/** Seconds in which a core was busy since the machine started, whoever used it. */
export function coreBusyTime(core: string): number {
  const fields = new RegExp(`^cpu${core} (.*)$`, 'm').exec(read('/proc/stat'))?.[1]?.split(' ').map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = fields;
  return (user + nice + system + irq + softirq) / ticksPerSecond;
}

/** Bytes of memory that are resident, summed over the tree; pages that processes share count once for each. */
export function residentBytes(root: number): number {
  let kibibytes = 0;
  for (const pid of processTree(root)) kibibytes += Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
  return kibibytes * 1024;
}

export function processTree(root: number): readonly number[] {
  const found = [root];
  for (const pid of found) {
    for (const thread of entries(`/proc/${pid}/task`)) {
      const children = read(`/proc/${pid}/task/${thread}/children`).trim();
      if (children !== '') found.push(...children.split(' ').map(Number));
    }
  }
  return found;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // The process ended between being found and being read.
  }
}

function entries(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
