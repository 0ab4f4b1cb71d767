// Durations, sizes, counts, networks and names as people write them: `250ms`, `64KiB`, `10.0.0.0/8`.
// "none" stands for no limit, where that is allowed, and becomes infinity.
import * as z from 'zod';
import type { Bytes, Milliseconds } from '../../foundation/basics/units.ts';
import { bytes, milliseconds } from '../../foundation/basics/units.ts';
import type { Reading } from './written.ts';
import { written } from './written.ts';

interface Measure {
  readonly form: string;
  readonly smallest: string;
  readonly units: Readonly<Record<string, number>>;
}

const durations: Measure = {
  form: 'a duration (a number and a unit: ms, s, m, h or d, such as 250ms or 2s)',
  smallest: 'a millisecond',
  units: { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 },
};

const sizes: Measure = {
  form: 'a size (a number and a unit: B, KiB, MiB, GiB, KB, MB or GB, such as 512B or 64KiB)',
  smallest: 'a byte',
  units: { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, KB: 1e3, MB: 1e6, GB: 1e9 },
};

/** Node's timers hold 31 bits of milliseconds, a little less than 25 days. */
const longest = '24d';
const largest = '1024GiB';

export interface MeasureRange {
  readonly least?: string;
  readonly most?: string;
  /** Whether "none" may be written for no limit. */
  readonly none?: boolean;
}

export interface CountRange {
  readonly least?: number;
  readonly most?: number;
  readonly none?: boolean;
}

/** A text that stands elsewhere. */
type FromElsewhere = `\${${'env' | 'file'}:${string}}`;
type Amount<Unit extends string> = `${number}${'' | ' '}${Unit}` | FromElsewhere;

/** What a document in TypeScript may write: another unit does not compile. */
export type WrittenDuration = Amount<'ms' | 's' | 'm' | 'h' | 'd'>;
export type WrittenSize = Amount<'B' | 'KiB' | 'MiB' | 'GiB' | 'KB' | 'MB' | 'GB'>;

type WithNone = MeasureRange & { readonly none: true };

/** A length of time. Above 0 unless `least` says otherwise. */
export function duration(range: WithNone): z.ZodType<Milliseconds, WrittenDuration | 'none'>;
export function duration(range?: MeasureRange): z.ZodType<Milliseconds, WrittenDuration>;
export function duration(range: MeasureRange = {}): z.ZodType<Milliseconds, WrittenDuration | 'none'> {
  const whole = { least: '1ms', most: longest, none: false, ...range };
  const read = measureReader(durations, whole);
  const appearance = { kind: 'duration', type: 'string', examples: ['250ms', '2s'], range: rangeText(whole) } as const;
  return written(appearance, (input) => mapReading(read(input), milliseconds));
}

/** An amount of bytes. */
export function size(range: WithNone): z.ZodType<Bytes, WrittenSize | 'none'>;
export function size(range?: MeasureRange): z.ZodType<Bytes, WrittenSize>;
export function size(range: MeasureRange = {}): z.ZodType<Bytes, WrittenSize | 'none'> {
  const whole = { least: '1B', most: largest, none: false, ...range };
  const read = measureReader(sizes, whole);
  const appearance = { kind: 'size', type: 'string', examples: ['512B', '64KiB'], range: rangeText(whole) } as const;
  return written(appearance, (input) => mapReading(read(input), bytes));
}

/** A whole number. */
export function count(range: CountRange & { readonly none: true }): z.ZodType<number, number | 'none'>;
export function count(range?: CountRange): z.ZodType<number, number>;
export function count(range: CountRange = {}): z.ZodType<number, number | 'none'> {
  const whole = { least: 1, most: 1_000_000_000, none: false, ...range };
  const { least, most, none } = whole;
  const message = `expected a whole number from ${least} to ${most}${orNone(none)}`;
  const type = none ? (['string', 'number'] as const) : 'number';
  return written({ kind: 'whole number', type, examples: [least], range: rangeText(whole) }, (input) => {
    if (none && input === 'none') return { value: Number.POSITIVE_INFINITY };
    return Number.isInteger(input) && inRange(input, least, most) ? { value: input } : { message };
  });
}

/** A number from `least` to `most`, also with decimals. */
export function decimal(range: { readonly least: number; readonly most: number }): z.ZodType<number, number> {
  const message = `expected a number from ${range.least} to ${range.most}`;
  const appearance = { kind: 'number', type: 'number', examples: [range.least], range: `${range.least} to ${range.most}` } as const;
  return written(appearance, (input) => (inRange(input, range.least, range.most) ? { value: input } : { message }));
}

/** How much of the traffic something gets beside its neighbours: a number above 0, also with decimals. */
export function weight({ zero = false }: { readonly zero?: boolean } = {}): z.ZodType<number, number> {
  const message = zero
    ? 'expected a number from 0.001 to 1000000, or 0 for an endpoint that gets nothing new'
    : 'expected a number from 0.001 to 1000000';
  return written({ kind: 'number', type: 'number', examples: [3] }, (input) =>
    inRange(input, 0.001, 1_000_000) || (zero && input === 0) ? { value: input } : { message },
  );
}

/** Any text on one line. */
export function text({ least = 1, most = 256 }: { readonly least?: number; readonly most?: number } = {}): z.ZodType<string, string> {
  const message = `expected a text of ${least} to ${most} characters on one line`;
  return written({ kind: 'text', type: 'string', examples: ['v2'] }, (input) =>
    typeof input === 'string' && input.length >= least && input.length <= most && !/\p{Cc}/u.test(input) ? { value: input } : { message },
  );
}

/** A network (`10.0.0.0/8`, `fd00::/8`) or a single address, version 4 or 6. */
export function network(): z.ZodType<string, string> {
  const forms = [z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()];
  const message = 'expected a network such as 10.0.0.0/8 or fd00::/8, or a single address such as 192.0.2.7';
  return written({ kind: 'network', type: 'string', examples: ['10.0.0.0/8'] }, (input) =>
    typeof input === 'string' && forms.some((form) => form.safeParse(input).success) ? { value: input.toLowerCase() } : { message },
  );
}

/** A name for a part of the document. Plain enough for metrics, paths of the API and a shell; what every object has of itself is no name. */
export function name(what = 'a name'): z.ZodType<string, string> {
  const message = `expected ${what} (letters, digits, "-", "_" and ".", beginning with a letter or digit, 64 characters at most)`;
  return written({ kind: 'name', type: 'string', examples: ['web'] }, (input) => {
    if (typeof input !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(input)) return { message };
    return input in Object.prototype ? { message: `expected ${what} that means nothing in JavaScript` } : { value: input };
  });
}

/** Reads `2s` or `64KiB`, from `least` to `most`. Used for all measures with a unit. */
function measureReader({ form, smallest, units }: Measure, range: Required<MeasureRange>): (input: unknown) => Reading<number> {
  const least = amountOf(range.least, units) ?? 0;
  const most = amountOf(range.most, units) ?? Number.POSITIVE_INFINITY;
  const { none } = range;

  return (input) => {
    if (none && input === 'none') return { value: Number.POSITIVE_INFINITY };
    const amount = amountOf(input, units);
    if (amount === undefined) return { message: `expected ${form}${orNone(none)}` };
    // Fractions of a millisecond or a byte would be lost without a word later on.
    if (!Number.isInteger(amount)) return { message: `expected ${form} without fractions of ${smallest}` };
    if (!inRange(amount, least, most)) return { message: `expected ${form} from ${range.least} to ${range.most}${orNone(none)}` };
    return { value: amount };
  };
}

function amountOf(input: unknown, units: Readonly<Record<string, number>>): number | undefined {
  // Zero is the same in every unit.
  if (input === 0) return 0;
  const parts = typeof input === 'string' ? /^(\d{1,15}(?:\.\d{1,9})?) ?([A-Za-z]+)$/.exec(input) : null;
  const unit = parts?.[2] !== undefined && Object.hasOwn(units, parts[2]) ? units[parts[2]] : undefined;
  if (parts === null || unit === undefined) return undefined;
  // 2.3 × 1000 is not quite 2300 in binary fractions: what is that close to a whole number is meant as one.
  const amount = Number(parts[1]) * unit;
  return Math.abs(amount - Math.round(amount)) < 1e-6 ? Math.round(amount) : amount;
}

const rangeText = ({ least, most, none }: Required<MeasureRange> | Required<CountRange>): string =>
  `${least} to ${most}${none ? ', or "none"' : ''}`;

const orNone = (none: boolean): string => (none ? ', or "none" for no limit' : '');

const inRange = (input: unknown, least: number, most: number): input is number =>
  typeof input === 'number' && input >= least && input <= most;

const mapReading = <Value>(reading: Reading<number>, make: (value: number) => Value): Reading<Value> =>
  'value' in reading ? { value: make(reading.value) } : reading;
