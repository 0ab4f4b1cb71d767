// Hot path. How much time a client gives its request, read from a field, and how much of it is told upstream: never more than is left.
// `grpc-timeout` as in "gRPC over HTTP/2": up to eight digits and a unit. Any other field has milliseconds, alone or with a unit.

/** What a field without a readable time says. */
export const noDeadline = -1;

const digits = 8;
const zero = 0x30;
const nine = 0x39;
/** A longer time is as good as none, and timers could not hold it. */
const longest = 24 * 86_400_000;

/** Milliseconds of a `grpc-timeout`, rounded up; -1 if it is none. */
export function readGrpcTimeout(value: string): number {
  const count = countDigits(value);
  if (count === 0 || count > digits || count !== value.length - 1) return noDeadline;
  const amount = readNumber(value, count);
  switch (value.charCodeAt(count)) {
    case 0x48: // H
      return cut(amount * 3_600_000);
    case 0x4d: // M
      return cut(amount * 60_000);
    case 0x53: // S
      return cut(amount * 1000);
    case 0x6d: // m
      return cut(amount);
    case 0x75: // u
      return Math.ceil(amount / 1000);
    case 0x6e: // n
      return Math.ceil(amount / 1_000_000);
    default:
      return noDeadline;
  }
}

/** Milliseconds of `250`, `250ms`, `2s`, `1m` or `1h`; -1 if it is none of these. */
export function readTimeout(value: string): number {
  const count = countDigits(value);
  if (count === 0 || count > digits) return noDeadline;
  const amount = readNumber(value, count);
  const rest = value.length - count;
  const unit = value.charCodeAt(count);
  if (rest === 0 || (rest === 2 && unit === 0x6d && value.charCodeAt(count + 1) === 0x73)) return cut(amount);
  if (rest !== 1) return noDeadline;
  if (unit === 0x73) return cut(amount * 1000);
  if (unit === 0x6d) return cut(amount * 60_000);
  return unit === 0x68 ? cut(amount * 3_600_000) : noDeadline;
}

/**
 * What the next one is told: what is left of the time, less a margin for the way back, so that its answer comes before ours is due. At least
 * 1, for 0 would be no time at all: whether there is any left is to be asked before.
 */
export function timeLeftFor(deadline: number, now: number, margin: number): number {
  return Math.max(1, Math.floor(deadline - now - Math.max(1, margin)));
}

/** Whether there is no use in sending a request any more. */
export function hasExpired(deadline: number, now: number, margin: number): boolean {
  return deadline - now - Math.max(1, margin) < 1;
}

/** A time in milliseconds as a `grpc-timeout`. Where eight digits do not suffice it is in seconds, rounded down. */
export function writeGrpcTimeout(time: number): string {
  return time < 10 ** digits ? `${time}m` : `${Math.floor(time / 1000)}S`;
}

/** A time in milliseconds as the field had it: with its unit where it came with one, since whoever reads `2s` may not read `1999`. */
export const writeTimeout = (time: number, before: string): string => (endsWithDigit(before) ? `${time}` : `${time}ms`);

const endsWithDigit = (text: string): boolean => text === '' || countDigits(text) === text.length;

const cut = (time: number): number => Math.min(time, longest);

function countDigits(value: string): number {
  let at = 0;
  while (at < value.length && value.charCodeAt(at) >= zero && value.charCodeAt(at) <= nine) at++;
  return at;
}

function readNumber(value: string, length: number): number {
  let amount = 0;
  for (let at = 0; at < length; at++) amount = 10 * amount + value.charCodeAt(at) - zero;
  return amount;
}
