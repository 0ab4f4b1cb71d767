// Hot path. What the end of a try says about the endpoint that had it. Blame is the catalogue's word; here it is sorted for the judges.
import { catalogue } from '../exceptions/catalogue.ts';
import type { FailureKind } from '../exceptions/failure.ts';

/**
 * `ok`: an answer that speaks for the endpoint. `gateway`: 502, 503 or 504, by which a gateway says that what is behind it does not answer.
 * `fivexx`: any other status from 500 on. `local`: no whole answer came, which was seen here and not said by the endpoint (Envoy's "local
 * origin"). `nothing`: the endpoint had no part in it.
 */
export type Evidence = 'ok' | 'fivexx' | 'gateway' | 'local' | 'nothing';

const byFailure = Object.fromEntries(
  Object.entries(catalogue).map(([kind, verdict]) => [kind, verdict.blamesEndpoint ? 'local' : 'nothing']),
  // fromEntries forgets the names of the catalogue.
) as { readonly [Kind in FailureKind]: Evidence };

/** Of a try that failed. */
export const evidenceOfFailure = (kind: FailureKind): Evidence => byFailure[kind];

/** Of the status of a whole answer. What is none of the five classes is an error of the endpoint (RFC 9110 section 15). */
export function evidenceOfStatus(status: number): Evidence {
  if (status < 500) return 'ok';
  return status === 502 || status === 503 || status === 504 ? 'gateway' : 'fivexx';
}

/** Whether it counts as a failure in an endpoint's share of failures. */
export const speaksAgainst = (evidence: Evidence): boolean => evidence !== 'ok' && evidence !== 'nothing';
