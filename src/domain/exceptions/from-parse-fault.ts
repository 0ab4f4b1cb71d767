// Malformed bytes to failure.
import type { ParseFault } from '../http/parse-fault.ts';
import type { Failure } from './failure.ts';

export function requestFailure(fault: ParseFault): Failure {
  switch (fault) {
    case 'head-too-large':
    case 'too-many-headers':
      return { kind: 'request-head-too-large', fault };
    case 'target-too-long':
      return { kind: 'target-too-long', fault };
    case 'body-too-large':
      return { kind: 'body-too-large', fault };
    default:
      return { kind: 'malformed-request', fault };
  }
}

export const responseFailure = (fault: ParseFault): Failure => ({ kind: 'malformed-response', fault });
