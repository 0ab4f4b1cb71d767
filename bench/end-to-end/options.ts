// Reads the command line of `npm run bench`.

import { parseArgs } from 'node:util';
import { rowNames } from './rows/rows.ts';

export interface Options {
  readonly rows: readonly string[];
  readonly balancers: readonly string[];
  /** Another checkout that is measured in the same rounds. */
  readonly against: string | undefined;
  readonly rounds: number;
  readonly seconds: number;
  readonly profile: string | undefined;
  readonly syscalls: string | undefined;
  readonly write: boolean;
}

export const balancerNames = ['nginx', 'haproxy', 'evenkeel'] as const;

export const usage = `npm run bench -- [options]

  --only ROWS         some rows only, separated by commas: ${rowNames.join(', ')}
  --balancers NAMES   some balancers only: ${balancerNames.join(', ')}
  --against DIR       measure another checkout of Evenkeel in the same rounds
  --rounds N          how often each balancer has its turn (5)
  --seconds S         how long a turn lasts, in whole seconds (2)
  --quick             one round: shows that everything works
  --profile ROW       run one row on Evenkeel with Node's profiler and list where the time goes
  --syscalls ROW      count the system calls that each balancer makes for a request
  --no-write          leave docs/benchmarks.md as it is; so do runs of some rows or balancers only, and quick ones
`;

export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      only: { type: 'string' },
      balancers: { type: 'string' },
      against: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      profile: { type: 'string' },
      syscalls: { type: 'string' },
      write: { type: 'boolean', default: true },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const isWhole = [values.only, values.balancers, values.against].every((value) => value === undefined) && !values.quick;
  return {
    rows: names('--only', values.only, rowNames),
    balancers: names('--balancers', values.balancers, balancerNames),
    against: values.against,
    rounds: count('--rounds', values.rounds, values.quick ? 1 : 5),
    seconds: count('--seconds', values.seconds, 2),
    profile: values.profile,
    syscalls: values.syscalls,
    write: values.write && isWhole,
  };
}

function names(option: string, given: string | undefined, allowed: readonly string[]): readonly string[] {
  if (given === undefined) return allowed;
  const wanted = given.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw new Error(`${option}: '${unknown}' is not one of: ${allowed.join(', ')}`);
  return allowed.filter((name) => wanted.includes(name));
}

function count(option: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (!/^[1-9]\d{0,4}$/.test(given)) throw new Error(`${option}: '${given}' is not a whole number above zero`);
  return Number(given);
}
