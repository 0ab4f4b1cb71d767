// A crowd that comes whatever becomes of those before it: new clients all the time, each with a connection of its own and one request. What
// Evenkeel has open meanwhile is looked at again and again: where somebody is let wait, it piles up.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:http';
import { setInterval } from 'node:timers/promises';
import type { Shop } from './shop.ts';

export interface CrowdAnswer {
  /** 0 where there was none. */
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Milliseconds. */
  readonly took: number;
}

/** What Evenkeel has at a moment. Sockets and memory are 0 where the system does not tell them. */
export interface Open {
  readonly exchanges: number;
  readonly sockets: number;
  /** MiB. */
  readonly resident: number;
}

export interface Crowd {
  readonly answers: readonly CrowdAnswer[];
  /** Again and again while they came. */
  readonly looks: readonly Open[];
}

/** Milliseconds between two who come. */
const every = 2;
/** So many of them between two looks. */
const lookEvery = 20;

export async function sendCrowd(shop: Shop, count: number): Promise<Crowd> {
  const answers: Promise<CrowdAnswer>[] = [];
  const looks: Promise<Open>[] = [];
  for await (const _ of setInterval(every)) {
    answers.push(askOnce(shop.port));
    if (answers.length % lookEvery === 0) looks.push(openIn(shop));
    if (answers.length === count) break;
  }
  return { answers: await Promise.all(answers), looks: await Promise.all(looks) };
}

/** The one in the middle: a machine that stands still for a moment lets some come at once, now and then. */
export function usual(looks: readonly Open[], what: keyof Open): number {
  const sorted = looks.map((look) => look[what]).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export const most = (looks: readonly Open[], what: keyof Open): number => Math.max(...looks.map((look) => look[what]));

export async function openIn(shop: Shop): Promise<Open> {
  const { inFlight } = await shop.status();
  const { pid } = shop.evenkeel;
  if (!existsSync(`/proc/${pid}/fd`)) return { exchanges: inFlight, sockets: 0, resident: 0 };
  const kibibytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  return { exchanges: inFlight, sockets: socketsOf(pid), resident: Math.round(kibibytes / 1024) };
}

function socketsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:');
    } catch {
      // Closed meanwhile.
      return false;
    }
  }).length;
}

function askOnce(port: number): Promise<CrowdAnswer> {
  const began = performance.now();
  return new Promise((resolve) => {
    const end = (answer?: IncomingMessage): void =>
      resolve({ status: answer?.statusCode ?? 0, retryAfter: answer?.headers['retry-after'], took: performance.now() - began });
    const asked = get({ host: '127.0.0.1', port, path: '/', agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => end(answer));
      answer.on('error', () => end());
    });
    asked.on('error', () => end());
  });
}
