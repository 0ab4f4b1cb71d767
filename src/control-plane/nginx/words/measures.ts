// Durations and sizes as nginx writes them (ngx_parse_time, ngx_parse_size), brought to the way in which Evenkeel does.

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};

/** In milliseconds: `90`, `90s`, `1m30s`, `1m 30s`. A number without a unit is seconds. */
export function nginxTime(text: string): number | undefined {
  if (text === '' || !/^(?:\d+(?:ms|[smhdwMy])?\s*)+$/.test(text)) return undefined;
  let total = 0;
  for (const [, digits = '', unit = 's'] of text.matchAll(/(\d+)(ms|[smhdwMy])?/g)) total += Number(digits) * (units[unit] ?? 1_000);
  return Number.isSafeInteger(total) ? total : undefined;
}

/** In bytes: `512`, `8k`, `10m`, `1g`. */
export function nginxSize(text: string): number | undefined {
  const parts = /^(\d+)([kKmMgG])?$/.exec(text);
  if (parts === null) return undefined;
  const bytes = Number(parts[1]) * 1024 ** ' kmg'.indexOf((parts[2] ?? ' ').toLowerCase());
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The longest that a duration of a document may be. */
const mostMilliseconds = 24 * 86_400_000;

/** `60s`, `1500ms`, `1h`: the largest unit that gives a whole number. Durations longer than a document may have are cut. */
export function durationText(milliseconds: number): string {
  const time = Math.min(milliseconds, mostMilliseconds);
  if (time % 1_000 !== 0) return `${time}ms`;
  const seconds = time / 1_000;
  if (seconds > 0 && seconds % 86_400 === 0) return `${seconds / 86_400}d`;
  if (seconds > 0 && seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

/** `8KiB`, `1MiB`: the largest unit that gives a whole number. */
export function sizeText(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB'];
  let step = 0;
  for (let rest = bytes; step < 3 && rest > 0 && rest % 1024 === 0; rest /= 1024) step++;
  return `${bytes / 1024 ** step}${names[step]}`;
}
