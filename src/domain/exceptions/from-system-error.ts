// Error codes of the operating system, as Node names them, to failure.
import type { FailureKind } from './failure.ts';

/** What a failed connect means. */
export const connectFailure = (code: string | undefined): FailureKind => {
  // A socket file that is gone or that nobody listens on is a refusal too.
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return 'connect-refused';
  return code === 'ETIMEDOUT' ? 'connect-timeout' : 'connect-failed';
};
