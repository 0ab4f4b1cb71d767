// One program at a time on a folder: a file there says which one, by the number of its process. A lock whose program is gone is taken over; whether
// one on another machine, or in another container, is gone is seen by whether it goes on touching its lock.
import { readFileSync, readlinkSync, unlinkSync } from 'node:fs';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setInterval } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Result } from '../../../foundation/basics/result.ts';
import { fault, success } from '../../../foundation/basics/result.ts';

export interface FolderLock {
  /** At once, so that it can be the last thing that a program does. */
  release(): void;
}

interface Holder {
  readonly pid: number;
  /** When the process began, as the system counts: numbers of processes are given again. */
  readonly began: string;
  /** Numbers of processes mean something here only. */
  readonly where: string;
}

/** Milliseconds between two touches, and for how long a stranger's lock is watched. */
const touchEvery = 1000;
const watched = 3500;

/** The fault says who has the folder. Rejects when nothing can be written there. */
export async function lockFolder(folder: string): Promise<Result<FolderLock, string>> {
  const path = join(folder, 'lock');
  const text = `${JSON.stringify(ourselves())}\n`;
  for (let tries = 0; tries < 10; tries++) {
    if (await created(path, text)) return success(held(path, text));
    const found = await readFile(path, 'utf8').catch(() => undefined);
    if (found === undefined) continue;
    if (await isHeld(path, found)) return fault(heldText(found));
    await takeAway(path, found);
  }
  return fault('several programs try to take this folder at the same moment');
}

async function created(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function held(path: string, text: string): FolderLock {
  // A folder that is gone for a while is no reason to end.
  const touching = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), touchEvery).unref();
  return {
    release: () => {
      clearInterval(touching);
      try {
        // Somebody who took it for left behind has it now.
        if (readFileSync(path, 'utf8') === text) unlinkSync(path);
      } catch {
        // It is gone already.
      }
    },
  };
}

/** Somebody else may do the same at this moment, and have a lock of its own there already: that one is put back. */
async function takeAway(path: string, judged: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) === judged) await rm(aside, { force: true });
    else await rename(aside, path);
  } catch {
    // Somebody else was faster.
  }
}

async function isHeld(path: string, text: string): Promise<boolean> {
  const holder = holderIn(text);
  if (holder !== undefined && holder.where === ourselves().where) return isAlive(holder);
  const before = await touchedAt(path);
  const end = performance.now() + watched;
  while (performance.now() < end) {
    await sleep(touchEvery / 4);
    const now = await touchedAt(path);
    if (now !== before) return now !== undefined;
  }
  return false;
}

const touchedAt = (path: string): Promise<bigint | undefined> =>
  stat(path, { bigint: true }).then(
    ({ mtimeNs }) => mtimeNs,
    () => undefined,
  );

function isAlive({ pid, began }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // A process of another user may not be signalled, and is alive.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const found = processAt(pid);
  return found.began === began && !found.isOver;
}

/** Undefined for a lock that was cut off. */
function holderIn(text: string): Holder | undefined {
  try {
    const { pid, began, where } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === 'number' && typeof began === 'string' && typeof where === 'string' ? { pid, began, where } : undefined;
  } catch {
    return undefined;
  }
}

function heldText(text: string): string {
  const holder = holderIn(text);
  if (holder === undefined) return 'another program has it';
  return holder.where === ourselves().where
    ? `process ${holder.pid} has it`
    : `process ${holder.pid} on another machine has it, or in another container`;
}

const ourselves = (): Holder => ({ pid: process.pid, began: processAt(process.pid).began, where: here() });

/** Of this run of this machine, and of this container; the machine's name where nothing more is known. */
function here(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

interface Process {
  /** Empty where the system does not tell. */
  readonly began: string;
  /** It has ended, and whoever started it has not asked how: until then it can be signalled as if it were alive. */
  readonly isOver: boolean;
}

function processAt(pid: number): Process {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program stands in brackets and may hold anything; the state is the first word behind it, the time the twentieth.
    const words = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { began: words[19] ?? '', isOver: words[0] === 'Z' || words[0] === 'X' };
  } catch {
    return { began: '', isOver: false };
  }
}
