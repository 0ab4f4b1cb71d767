// Hot path, for pools with a deadline. How long a client waits, read from the fields that count; and the same fields for the endpoint, with what
// is left of that time. Two readers of the same request never find different times in what is sent on.
import { fieldStart, fieldValue } from '../http/field-text.ts';
import { noDeadline, readGrpcTimeout, readTimeout, writeGrpcTimeout, writeTimeout } from './deadlines.ts';
import type { DeadlineRules } from './rules.ts';

export const grpcTimeout = 'grpc-timeout';
const unlimited = Number.POSITIVE_INFINITY;

/** Milliseconds, the least of all that a client says; Infinity for one that does not say, or not so that it can be read. */
export function timeGiven(fields: string, { headers }: DeadlineRules): number {
  let least = unlimited;
  for (let index = 0; index < headers.length; index++) {
    // The index is in range, which the compiler cannot see.
    const header = headers[index] as string;
    for (let start = fieldStart(fields, header, 0); start >= 0; start = fieldStart(fields, header, nextLine(fields, start))) {
      const time = timeIn(header, fieldValue(fields, header, start) ?? '');
      if (time !== noDeadline && time < least) least = time;
    }
  }
  return least;
}

/** The fields with another time: in each of those that count, one line of it, and in an added one where there is none. */
export function withTimeLeft(fields: string, { headers }: DeadlineRules, time: number): string {
  let told = fields;
  let isTold = false;
  for (let index = 0; index < headers.length; index++) {
    const header = headers[index] as string;
    const start = fieldStart(told, header, 0);
    if (start < 0) continue;
    isTold = true;
    told = rewritten(told, header, start, time);
  }
  return isTold ? told : `${fields}${headers[0]}: ${textOf(headers[0], time, '')}\r\n`;
}

function rewritten(fields: string, header: string, start: number, time: number): string {
  const text = textOf(header, time, fieldValue(fields, header, start) ?? '');
  return `${fields.slice(0, start + header.length + 1)} ${text}\r\n${without(fields.slice(nextLine(fields, start)), header)}`;
}

function without(fields: string, header: string): string {
  let rest = fields;
  for (let start = fieldStart(rest, header, 0); start >= 0; start = fieldStart(rest, header, start))
    rest = rest.slice(0, start) + rest.slice(nextLine(rest, start));
  return rest;
}

const timeIn = (header: string, value: string): number => (header === grpcTimeout ? readGrpcTimeout(value) : readTimeout(value));

const textOf = (header: string, time: number, before: string): string =>
  header === grpcTimeout ? writeGrpcTimeout(time) : writeTimeout(time, before);

function nextLine(fields: string, start: number): number {
  const feed = fields.indexOf('\n', start);
  return feed < 0 ? fields.length : feed + 1;
}
