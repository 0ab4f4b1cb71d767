// What a plan or a guarded change is made of: the file as it is now, changes, or a version of before.
import * as z from 'zod';
import type { Configuration, Proposal } from '../../../control-plane/changing/configuration.ts';
import type { Change } from '../../../control-plane/changing/layer.ts';
import type { ChangeOutcome } from '../../../control-plane/changing/outcomes.ts';

/** Each looks at all others: what they take grows with the square. */
export const mostChanges = 1000;

export const proposed = {
  changes: z
    .array(
      z.discriminatedUnion('op', [
        z.strictObject({ op: z.literal('put'), path: z.string(), value: z.unknown() }),
        z.strictObject({ op: z.literal('delete'), path: z.string() }),
      ]),
    )
    .min(1)
    .max(mostChanges)
    .optional()
    .describe('Changes of single parts, as in a transaction, in the place of the file.'),
  version: z.int().min(1).optional().describe('A version of the history, in the place of the file.'),
};

interface Proposed {
  /** None for what the file says, or the version. */
  readonly changes: readonly Change[];
  readonly version?: number | undefined;
}

export function proposalOf({ changes, version }: Proposed): Proposal {
  if (changes.length > 0) return { kind: 'changes', changes };
  return version === undefined ? { kind: 'file' } : { kind: 'version', version };
}

/** One of them names it. */
export const isOneProposal = ({ changes, version }: { changes?: unknown; version?: unknown }): boolean =>
  changes === undefined || version === undefined;
export const oneProposal = { error: 'expected "changes" or "version", not both', params: { bare: true } };

interface MakeOptions {
  readonly origin: string;
  readonly ifMatch: string | undefined;
  readonly persist: boolean;
}

/** Brings it in force. */
export async function makeProposed(configuration: Configuration, proposal: Proposal, options: MakeOptions): Promise<ChangeOutcome> {
  const { origin, ifMatch, persist } = options;
  const { etag } = configuration.state;
  switch (proposal.kind) {
    case 'changes':
      return configuration.transact(proposal.changes, { origin, ifMatch, persist });
    case 'version':
      return configuration.rollback(proposal.version, { origin: `rollback to ${proposal.version}`, ifMatch });
    default:
      // What a file says comes in force as a whole, whatever stood there: nothing is lost by what waits for its turn before this.
      return ifMatch === undefined || ifMatch === etag ? configuration.reload(origin) : { kind: 'conflict', etag };
  }
}
