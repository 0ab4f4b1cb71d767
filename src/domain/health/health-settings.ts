// What may be set for active checks of a pool's endpoints: one kind of probe, how often it asks, and how many answers decide.
import type * as z from 'zod';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import { count, decimal, duration, text } from '../settings/measures.ts';
import { oneOf, section } from '../settings/written.ts';
import type { ProbeKind, ProbeSettings } from './probe-settings.ts';
import { probeKinds, probeShape } from './probe-settings.ts';
import type { RiseAndFallRules } from './rise-and-fall.ts';

export interface HealthSettings extends RiseAndFallRules {
  readonly probe: ProbeSettings;
  readonly interval: Milliseconds;
  /** At most `interval`. */
  readonly timeout: Milliseconds;
  /** While results are in doubt. At most `interval`. */
  readonly fastInterval: Milliseconds;
  /** Percent by which intervals are longer or shorter, by chance. */
  readonly jitter: number;
  /** In place of the endpoint's port. */
  readonly port?: number;
  readonly agent?: AgentSettings;
}

/** A program at the endpoint that says how it is: HAProxy's agent check. */
export interface AgentSettings {
  readonly port: number;
  readonly send: string;
  readonly interval: Milliseconds;
}

const usualTimeout = 1000;
const shortest = { least: '10ms' } as const;
const port = count({ most: 65_535 });

const agent = section(
  {
    port: port.describe("The agent's port on the endpoint's host."),
    send: text({ least: 0, most: 1024 }).prefault('').describe('A line that the agent is sent once it is connected. Nothing when empty.'),
    interval: duration(shortest)
      .exactOptional()
      .describe('How often it is asked, and how long its answer may take at most. As often as the probe when absent.'),
  },
  { expected: 'a section such as { port: 9777 }' },
);

const healthSection = section(
  {
    ...probeShape,
    interval: duration(shortest).prefault('2s').describe('How often an endpoint is asked.'),
    timeout: duration(shortest)
      .exactOptional()
      .describe('How long an answer may take in all, at most `interval`. `1s` when absent, or `interval` where that is shorter.'),
    fastInterval: duration(shortest)
      .exactOptional()
      .describe('How often it is asked while its results are in doubt. As often as ever when absent.'),
    jitter: decimal({ least: 0, most: 50 })
      .prefault(5)
      .describe('Percent by which intervals are longer or shorter, by chance, so that not all endpoints are asked at once.'),
    rise: count({ most: 100 }).prefault(2).describe('Passes in a row that bring it up.'),
    fall: count({ most: 100 }).prefault(3).describe('Failures in a row that take it down.'),
    start: oneOf(['checking', 'up'])
      .prefault('checking')
      .describe('Before the first result: `checking` gives it no traffic and lets that result decide, `up` believes that it is well.'),
    port: port.exactOptional().describe("Asks another port of the endpoint's host. A socket file is asked itself."),
    agent: agent
      .exactOptional()
      .describe('Asks a program at the endpoint for its weight and its state as well. None is asked when absent.'),
  },
  { expected: 'a section such as { http: /healthz, interval: 2s }', exactlyOne: probeKinds },
).check(({ value, issues }) => {
  const complain = (message: string, key?: string): void => {
    const path = key === undefined ? [] : [key];
    // A probe may hold a password, which must not be shown with the mistake.
    const isSecret = key !== 'timeout' && key !== 'fastInterval';
    issues.push({ code: 'custom', message, params: { bare: true, isSecret }, input: value, path, continue: true });
  };
  // A misspelt kind was told of as such.
  const isMisspelt = issues.some((issue) => 'params' in issue && Object.hasOwn(issue.params ?? {}, 'unknownKeyAmong'));
  checkProbes(kindsIn(value), complain, isMisspelt);
  checkTimes(value, complain);
});

type Section = z.output<typeof healthSection>;
type Written = z.input<typeof healthSection>;
type Complain = (message: string, key?: string) => void;

const kindsIn = (value: object): readonly ProbeKind[] => probeKinds.filter((kind) => kind in value);

function checkProbes(kinds: readonly ProbeKind[], complain: Complain, isMisspelt: boolean): void {
  const [first, second] = kinds;
  if (first === undefined && !isMisspelt) complain(`expected one kind of probe: ${probeKinds.join(', ')}; such as { http: /healthz }`);
  if (second !== undefined) complain(`expected one kind of probe, and "${first}" is given already; take one of them out`, second);
}

/** Comparisons with what was refused already are false. */
function checkTimes({ interval, timeout, fastInterval }: Section, complain: Complain): void {
  if (timeout !== undefined && timeout > interval) {
    complain('expected a timeout of at most the interval: a probe would still be waiting when the next one is due', 'timeout');
  }
  if (fastInterval !== undefined && fastInterval > interval) {
    complain('expected a fastInterval of at most the interval: in doubt an endpoint is asked sooner, not later', 'fastInterval');
  }
}

function complete(value: Section): HealthSettings {
  const { interval, timeout, fastInterval, jitter, rise, fall, start, port: otherPort, agent: asked } = value;
  return {
    // One kind is there: it was just checked.
    probe: probeKinds.map((kind) => value[kind]).find((probe) => probe !== undefined) as ProbeSettings,
    interval,
    timeout: timeout ?? milliseconds(Math.min(usualTimeout, interval)),
    fastInterval: fastInterval ?? interval,
    jitter,
    rise,
    fall,
    start,
    ...(otherPort === undefined ? {} : { port: otherPort }),
    ...(asked === undefined ? {} : { agent: { ...asked, interval: asked.interval ?? interval } }),
  };
}

/** One kind of probe, and none of the others with it. */
type OneProbe = {
  readonly [Kind in ProbeKind]: Required<Pick<Written, Kind>> & { readonly [Other in Exclude<ProbeKind, Kind>]?: never };
}[ProbeKind];

/** What a person may write. */
export type WrittenHealth = Omit<Written, ProbeKind> & OneProbe;

/** The section has all kinds as optional keys; that there is one of them is checked, and told to typed documents by the cast. */
export const healthSettings = healthSection.transform(complete) as unknown as z.ZodType<HealthSettings, WrittenHealth>;
