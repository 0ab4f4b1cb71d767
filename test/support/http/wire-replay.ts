// Replays wire cases against a running balancer: how their bytes are sent, and which of them can share one.
import { setImmediate as turn } from 'node:timers/promises';
import type { Abilities } from '../../../src/data-plane/sockets/native-stream.ts';
import { documentedOnly } from '../../../src/data-plane/sockets/native-stream.ts';
import type { PathRules } from '../../../src/domain/http/paths/path-rules.ts';
import type { BytePeer } from '../byte-peer.ts';
import type { MessageLimits } from './message-reader.ts';
import type { WireCase } from './wire-cases.ts';

export type Send = (peer: BytePeer, bytes: Buffer) => Promise<void>;

/** At once, or each byte in a turn of its own. */
export const ways: ReadonlyArray<readonly [name: string, send: Send]> = [
  ['whole', async (peer, bytes) => void peer.send(bytes)],
  ['one byte at a time', sendSingly],
];

async function sendSingly(peer: BytePeer, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length && !peer.isOver; at++) {
    peer.send(bytes.subarray(at, at + 1));
    await turn();
  }
}

/** Sockets as fast as Node.js lets them be on Linux, and with nothing but what it documents. */
export const kindsOfSockets: ReadonlyArray<readonly [name: string, abilities: Abilities | undefined]> = [
  ['with all that Node.js can do', undefined],
  ['with what Node.js documents', documentedOnly],
];

export interface Group {
  readonly limits: MessageLimits;
  readonly paths: PathRules | undefined;
  readonly group: readonly WireCase[];
}

/** The cases by what they ask of a listener. */
export function groupsOf(cases: readonly WireCase[]): readonly Group[] {
  const groups = Map.groupBy(cases, ({ limits, paths }) => `${shownLimits(limits)} ${JSON.stringify(paths)}`);
  return [...groups.values()].flatMap((group) => group.slice(0, 1).map(({ limits, paths }) => ({ limits, paths, group })));
}

export function shownLimits(limits: MessageLimits): string {
  const { head, fields, target, body } = writtenLimits(limits);
  return `head ${head}, fields ${fields}, target ${target}, body ${body}`;
}

/** As a document writes them. */
export function writtenLimits({ head, fields, target, body }: MessageLimits) {
  return { head: `${head}B`, fields, target: `${target}B`, body: Number.isFinite(body) ? `${body}B` : 'none' } as const;
}
