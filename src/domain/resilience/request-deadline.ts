// Hot path, for pools with a deadline. How long a client waits, read from the field that the document names; and the same field for the
// endpoint, with what is left of that time.
import { fieldStart, fieldValue } from '../http/field-text.ts';
import { noDeadline, readGrpcTimeout, readTimeout, writeGrpcTimeout } from './deadlines.ts';
import type { DeadlineRules } from './rules.ts';

const grpcTimeout = 'grpc-timeout';

/** Milliseconds; Infinity for a client that does not say, or not so that it can be read. */
export function timeGiven(fields: string, { header }: DeadlineRules): number {
  const value = fieldValue(fields, header);
  if (value === undefined) return Number.POSITIVE_INFINITY;
  const time = header === grpcTimeout ? readGrpcTimeout(value) : readTimeout(value);
  return time === noDeadline ? Number.POSITIVE_INFINITY : time;
}

/** The fields with another time in the first field of this name; every other byte stays. Unchanged without it. */
export function withTimeLeft(fields: string, { header }: DeadlineRules, time: number): string {
  const start = fieldStart(fields, header, 0);
  if (start < 0) return fields;
  const end = fields.indexOf('\r\n', start);
  const text = header === grpcTimeout ? writeGrpcTimeout(time) : String(time);
  return `${fields.slice(0, start + header.length + 1)} ${text}${fields.slice(end < 0 ? fields.length : end)}`;
}
