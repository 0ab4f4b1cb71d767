// The words behind `npm start --`.

import { parseArgs } from 'node:util';

export interface Options {
  readonly port: number | undefined;
  readonly adminPort: number | undefined;
  /** Milliseconds after which it ends by itself. */
  readonly endAfter: number | undefined;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly returnsAfter: number;
  readonly plain: boolean;
}

export const usage = `Usage: npm start -- [options]

Starts three instances of a small shop and Evenkeel before them, sends a little traffic, and shows what goes where.

  --port N          where Evenkeel listens (default: 8080, or the next free port)
  --admin-port N    where its admin server listens (default: 9900, or the next free port)
  --rate N          requests a second (default: 20)
  --restart-after N seconds until an instance that stopped is started again (default: 8)
  --seconds N       end by itself after N seconds
  --plain           a line every few seconds instead of a display
  --help            this text`;

/** Throws with a message for whoever typed it. Undefined when help was asked for. */
export function readOptions(words: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...words],
    options: {
      port: { type: 'string' },
      'admin-port': { type: 'string' },
      rate: { type: 'string' },
      'restart-after': { type: 'string' },
      seconds: { type: 'string' },
      plain: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const seconds = inRange('--seconds', values.seconds, { least: 1, most: 86_400 });
  return {
    port: inRange('--port', values.port, { least: 0, most: 65_535 }),
    adminPort: inRange('--admin-port', values['admin-port'], { least: 0, most: 65_535 }),
    perSecond: inRange('--rate', values.rate, { least: 1, most: 500 }) ?? 20,
    endAfter: seconds === undefined ? undefined : seconds * 1000,
    // Long enough to see the traffic go on without the instance, short enough to wait for its return.
    returnsAfter: (inRange('--restart-after', values['restart-after'], { least: 1, most: 3600 }) ?? 8) * 1000,
    plain: values.plain,
  };
}

function inRange(option: string, text: string | undefined, { least, most }: { least: number; most: number }): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${option} takes a whole number from ${least} to ${most}, not "${text}".`);
}
