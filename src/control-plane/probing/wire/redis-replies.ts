// Commands to Redis, and its replies (RESP2, "Redis serialization protocol specification"). A list is read as far as its length.
import { ProbeFailure } from '../probe.ts';
import type { ProbeSocket } from '../probe-socket.ts';
import { quoted } from '../words.ts';

/** As a list of texts with their lengths, so that a password may hold any character. */
export function command(words: readonly string[]): Buffer {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join('')}`);
}

/** `line` is the first line as it came, for what is told to people. */
export type Reply =
  | { readonly kind: 'text'; readonly line: string; readonly text: string }
  | { readonly kind: 'list'; readonly line: string; readonly length: number }
  | { readonly kind: 'error' | 'number' | 'nothing'; readonly line: string };

export async function readReply(socket: ProbeSocket): Promise<Reply> {
  const line = await takeLine(socket);
  const rest = line.slice(1);
  switch (line[0]) {
    case '+':
      return { kind: 'text', line, text: rest };
    case '-':
      return { kind: 'error', line };
    case ':':
      return { kind: 'number', line };
    case '*':
      return { kind: 'list', line, length: lengthOf(line) };
    case '$':
      return await takeText(socket, line);
    default:
      throw new ProbeFailure(`the answer was not of the Redis protocol: ${quoted(line)}`);
  }
}

async function takeText(socket: ProbeSocket, line: string): Promise<Reply> {
  const length = lengthOf(line);
  if (length < 0) return { kind: 'nothing', line };
  const text = await socket.take(length + lineEnd.length);
  return { kind: 'text', line: text.toString('utf8', 0, length), text: text.toString('utf8', 0, length) };
}

const lineEnd = Buffer.from('\r\n');

async function takeLine(socket: ProbeSocket): Promise<string> {
  const end = (await socket.readUntil(lineEnd)).indexOf(lineEnd);
  return (await socket.take(end + lineEnd.length)).toString('utf8', 0, end);
}

function lengthOf(line: string): number {
  const digits = /^.(-1|\d{1,9})$/.exec(line)?.[1];
  if (digits === undefined) throw new ProbeFailure(`the answer was not of the Redis protocol: ${quoted(line)}`);
  return Number(digits);
}
