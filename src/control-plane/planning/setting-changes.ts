// Which settings differ between two sections, by their paths. Values are told where they cannot be a secret: numbers, flags and words that are
// names; of any other text only that it is another one.
import { isDeepStrictEqual } from 'node:util';
import { allPolicies } from '../../domain/balancing/policy-settings.ts';

export interface SettingChange {
  /** Within what it is a setting of: `timeouts.connect`. */
  readonly path: string;
  readonly what: 'added' | 'removed' | 'changed';
  /** As people write them; absent where they are not told. */
  readonly before?: string;
  readonly after?: string;
}

type Section = Readonly<Record<string, unknown>>;

export function settingChanges(one: unknown, other: unknown, path = ''): readonly SettingChange[] {
  if (isDeepStrictEqual(one, other)) return [];
  const [before, after] = [plain(one), plain(other)];
  if (isSection(before) && isSection(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => settingChanges(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  const what = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return [{ path, what, ...named('before', valueText(before, path)), ...named('after', valueText(after, path)) }];
}

const isSection = (value: unknown): value is Section => typeof value === 'object' && value !== null && !Array.isArray(value);

/** An address to listen on is its text. */
const plain = (value: unknown): unknown => (isSection(value) && typeof value['text'] === 'string' ? value['text'] : value);

const named = <Name extends string>(name: Name, text: string | undefined): { readonly [Key in Name]?: string } =>
  // A key in brackets is any text to the compiler.
  text === undefined ? {} : ({ [name]: text } as { readonly [Key in Name]: string });

/** Settings whose texts are names of things, or one of a few words. The status shows the options of policies as well; a route is known by the others. */
const namesForm =
  /^(?:balance\..*|backup|protocol|pool|mirror\.pool|path|host|method|client|admin\.bind|workers|history\.folder|paths\..*|slowStart\.shape|panic\.action|outliers\.kind|overload|sticky\.sameSite|queue\.order)$/;

function valueText(value: unknown, path: string): string | undefined {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value, path);
  if (!namesForm.test(path)) return undefined;
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value.join(', ') : undefined;
}

/** The settings in milliseconds. One that is missing here is told as a plain number. */
const timesForm = new RegExp(
  `^(?:${[
    '(?:.*\\.)?timeouts\\.\\w+',
    'connections\\.(?:idleTimeout|maxAge)',
    'sticky\\.(?:idle|maxAge)',
    'slowStart\\.window',
    'retry\\.(?:perTry|within|backoff\\.(?:base|most))',
    'hedge\\.least',
    '(?:breaker|endpointBreaker)\\.(?:window|slowAfter|open|mostOpen)',
    'concurrency\\.slowAfter',
    'queue\\.(?:timeout|target|interval)',
    'deadline\\.margin',
    'health\\.(?:probe\\.|agent\\.)?(?:interval|timeout|fastInterval)',
    'outliers\\.(?:interval|baseEjection|maxEjection|jitter|failTimeout)',
    'overload\\.delay',
    'shutdown\\.(?:deadline|delay)',
  ].join('|')})$`,
);

const optionsInTime = new Set(
  allPolicies.flatMap(({ options }) => Object.entries(options).flatMap(([name, { kind }]) => (kind === 'duration' ? [name] : []))),
);

function numberText(value: number, path: string): string {
  if (value === Number.POSITIVE_INFINITY) return 'none';
  const isTime = timesForm.test(path) || (path.startsWith('balance.') && optionsInTime.has(path.slice('balance.'.length)));
  return isTime ? timeText(value) : String(value);
}

/** `250ms`, `60s`, `10m`, as a document would say it. */
export function timeText(milliseconds: number): string {
  if (milliseconds === 0 || milliseconds % 1000 !== 0) return `${milliseconds}ms`;
  const seconds = milliseconds / 1000;
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
