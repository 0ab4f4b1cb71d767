// Failure to the answer that the client gets: short, plain, naming the reason by its kind in the catalogue.
import type { ConnectionLine } from '../http/head-writer.ts';
import { ownResponseText } from '../http/head-writer.ts';
import { parseFaults } from '../http/parse-fault.ts';
import { catalogue } from './catalogue.ts';
import type { Failure } from './failure.ts';

export function failureResponse(failure: Failure, connection: ConnectionLine, toHead: boolean): string {
  const verdict = catalogue[failure.kind];
  const answer = {
    error: failure.kind,
    message: verdict.meaning,
    ...(failure.fault === undefined ? {} : { fault: failure.fault, detail: parseFaults[failure.fault] }),
  };
  const seconds = failure.retryAfter ?? verdict.retryAfter;
  const wait = seconds > 0 ? `Retry-After: ${seconds}\r\n` : '';
  return ownResponseText({
    status: verdict.status,
    lines: `Content-Type: application/json\r\nCache-Control: no-store\r\n${wait}`,
    body: `${JSON.stringify(answer)}\n`,
    connection,
    toHead,
  });
}
