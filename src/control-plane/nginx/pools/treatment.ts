// What a location says about waiting for endpoints and trying again: proxy_*_timeout and proxy_next_upstream.

import type { Coverage } from '../coverage/coverage.ts';
import type { Directive } from '../language/directive.ts';
import { durationText, nginxTime } from '../words/measures.ts';
import type { Scope } from '../words/scope.ts';
import { inForce } from '../words/scope.ts';
import type { Treatment } from './pool-book.ts';

const usualTime = 60_000;
/** Evenkeel tries no exchange more often. */
const mostAttempts = 10;

export interface Proxying {
  readonly treatment: Treatment;
  /** `non_idempotent`. */
  readonly idempotent: boolean;
}

export function proxyingOf(scope: Scope, isTunnel: boolean, coverage: Coverage): Proxying {
  const connect = timeOf(scope, 'proxy_connect_timeout', 'timeouts.connect', coverage);
  const read = timeOf(scope, 'proxy_read_timeout', 'retry.perTry or timeouts.response, and timeouts.body', coverage);
  tellSend(inForce(scope, 'proxy_send_timeout'), read, coverage);
  const { attempts, keys, idempotent, afterTimeouts, statuses } = retrying(scope, coverage);
  const own = read === undefined ? {} : { response: durationText(read), body: durationText(read) };
  const treatment: Treatment = (serving) => {
    const tries = Math.max(1, Math.min(attempts, serving, mostAttempts));
    // What takes too long is tried elsewhere; `response` would end the exchange at the same moment.
    const isTried = tries > 1 && afterTimeouts;
    const timeouts = {
      connect: durationText(connect ?? usualTime),
      ...own,
      ...(isTried ? { response: 'none' } : {}),
      ...(isTunnel ? { tunnel: durationText(read ?? usualTime) } : {}),
    };
    const perTry = isTried ? { perTry: durationText(read ?? usualTime) } : {};
    return { timeouts, statuses, retry: tries === 1 ? { attempts: 1 } : { attempts: tries, ...perTry, ...keys } };
  };
  return { idempotent, treatment };
}

function tellSend(send: Directive | undefined, read: number | undefined, coverage: Coverage): void {
  if (send === undefined) return;
  const same = (nginxTime(send.args[0] ?? '') ?? usualTime) === (read ?? usualTime);
  if (same) coverage.translated(send, 'timeouts.body');
  else coverage.approximated(send, 'timeouts.body is one for both directions: that of proxy_read_timeout');
}

function timeOf(scope: Scope, name: string, key: string, coverage: Coverage): number | undefined {
  const directive = inForce(scope, name);
  if (directive === undefined) return undefined;
  const time = nginxTime(directive.args[0] ?? '');
  if (time === undefined || time === 0) {
    coverage.refused(directive, `${JSON.stringify(directive.args[0] ?? '')} is no duration that can be waited for`);
    return undefined;
  }
  coverage.translated(directive, key);
  return time;
}

interface Retrying {
  readonly attempts: number;
  readonly keys: Readonly<Record<string, unknown>>;
  readonly idempotent: boolean;
  /** Also what did not answer in time is tried elsewhere. */
  readonly afterTimeouts: boolean;
  readonly statuses: 'gateway' | 'none';
}

function retrying(scope: Scope, coverage: Coverage): Retrying {
  const next = inForce(scope, 'proxy_next_upstream');
  const words = next?.args ?? ['error', 'timeout'];
  const statuses = words.flatMap((word) => (/^http_[45]\d\d$/.test(word) ? [Number(word.slice(5))] : []));
  const isOff = words.includes('off');
  const idempotent = words.includes('non_idempotent');
  if (next !== undefined) tellNext(next, words, coverage);
  const within = timeOfLimit(scope, coverage);
  // nginx tries at once, without a budget; so does this.
  const keys = {
    budget: { share: 'none' },
    backoff: { base: '0s' },
    ...(statuses.length === 0 ? {} : { on: statuses }),
    ...(within === undefined ? {} : { within }),
  };
  return {
    attempts: isOff ? 1 : triesOf(scope, coverage),
    keys,
    idempotent,
    afterTimeouts: words.includes('timeout'),
    statuses: statuses.some((status) => status >= 500) ? 'gateway' : 'none',
  };
}

function tellNext(next: Directive, words: readonly string[], coverage: Coverage): void {
  const known = /^(?:error|timeout|invalid_header|http_[45]\d\d|non_idempotent|off)$/;
  for (const word of words.filter((each) => !known.test(each))) coverage.refused(next, `"${word}" is not known`);
  if (words.some((word) => word.startsWith('http_5')))
    coverage.approximated(
      next,
      'retry; 502, 503 and 504 count as failures of the endpoint, also of the last one that is tried, where nginx counts each of the named ones but that',
    );
  if (words.includes('off')) coverage.translated(next, 'retry.attempts: 1');
  else if (words.includes('error')) coverage.translated(next, 'retry');
  else coverage.approximated(next, 'retry: errors are tried elsewhere as well, where that is safe');
}

function triesOf(scope: Scope, coverage: Coverage): number {
  const directive = inForce(scope, 'proxy_next_upstream_tries');
  const tries = Number(directive?.args[0] ?? 0);
  if (directive !== undefined) {
    if (tries <= mostAttempts) coverage.translated(directive, 'retry.attempts, at most one for each endpoint');
    else coverage.approximated(directive, `retry.attempts: ${mostAttempts} at most`);
  }
  return tries > 0 ? tries : mostAttempts;
}

function timeOfLimit(scope: Scope, coverage: Coverage): string | undefined {
  const directive = inForce(scope, 'proxy_next_upstream_timeout');
  const time = nginxTime(directive?.args[0] ?? '0');
  if (directive === undefined) return undefined;
  if (time === undefined || time === 0) {
    coverage.translated(directive, 'no limit, as when it is absent');
    return undefined;
  }
  coverage.approximated(directive, 'retry.within ends the last try as well, where nginx only begins no other one');
  return durationText(time);
}
