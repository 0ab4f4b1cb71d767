// Runs a program with the endpoint in its environment, and passes by its exit status 0. Never a shell: arguments are handed on as they are.
// The program leads a process group of its own, so that what it has started ends with it.
import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { BoundedBytes } from '../bounded-bytes.ts';
import type { ProbeContext, ProbeTarget } from '../probe.ts';
import { defineProbe, ProbeFailure, pass } from '../probe.ts';
import { quoted } from '../words.ts';

export interface CommandProbeSettings {
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
}

/** Of which the first line may become the reason. */
const mostOutput = 64 * 1024;

export const command = defineProbe({
  name: 'command',
  summary:
    'Passes when a program ends with the exit status 0. It finds the endpoint in EVENKEEL_ENDPOINT, EVENKEEL_HOST and EVENKEEL_PORT.',
  run: async (target: ProbeTarget, settings: CommandProbeSettings, context: ProbeContext) => {
    const [program, ...words] = settings.command;
    context.signal.throwIfAborted();
    context.step(`running ${program}`);
    const child = spawn(program, words, {
      env: environmentOf(target),
      cwd: '/',
      // A group of its own; Windows has none.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Once and no more: when all of the group are gone, its number may be given to others.
    let endsGroup = (): void => {
      endsGroup = () => {};
      endGroup(child);
    };
    try {
      await checkEnd(child, context.signal, () => endsGroup());
      return pass;
    } finally {
      endsGroup();
      child.stdout.destroy();
      child.stderr.destroy();
    }
  },
});

async function checkEnd(child: Child, signal: AbortSignal, endsGroup: () => void): Promise<void> {
  const output = new BoundedBytes(mostOutput);
  const { promise: overflow, reject } = Promise.withResolvers<never>();
  const keep = (chunk: Buffer): void => {
    if (!output.add(chunk)) reject(new ProbeFailure(`the program wrote more than ${mostOutput} bytes`));
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const closed = once(child, 'close', { signal });
  // Both may fail, and only one of them is heard.
  closed.catch(() => {});
  const [status, killer] = await Promise.race([once(child, 'exit', { signal }), overflow]);
  endsGroup();
  if (status === 0) return;
  // What it wrote last may still be on its way.
  await Promise.race([closed, overflow]);
  const how = status === null ? `was ended by ${killer}` : `ended with ${status}`;
  throw new ProbeFailure(`the program ${how}${firstLine(output)}`);
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function firstLine(output: BoundedBytes): string {
  const [line = ''] = output.bytes.toString().trim().split('\n', 1);
  return line === '' ? '' : `: ${quoted(line)}`;
}

/** The program itself may have ended; others of its group may not have. */
function endGroup(child: Child): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}

/** Little of the own environment: it may hold secrets that are no business of the program. */
function environmentOf({ id, address }: ProbeTarget): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'SYSTEMROOT'].map((name) => [name, process.env[name]]);
  return {
    ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)),
    EVENKEEL_ENDPOINT: id,
    ...(address.kind === 'unix' ? { EVENKEEL_SOCKET: address.path } : { EVENKEEL_HOST: address.host, EVENKEEL_PORT: String(address.port) }),
  };
}
