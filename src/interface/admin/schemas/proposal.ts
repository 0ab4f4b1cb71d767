// What a plan or a guarded change is made of: the file as it is now, changes, or a version of before.
import * as z from 'zod';
import type { Configuration, Proposal } from '../../../control-plane/changing/configuration.ts';
import type { Change } from '../../../control-plane/changing/layer.ts';
import type { ChangeOutcome } from '../../../control-plane/changing/outcomes.ts';
import { issueText } from '../../../control-plane/configuration/issue.ts';
import type { Answer } from '../operation.ts';
import { jsonAnswer } from '../operation.ts';

export const proposed = {
  changes: z
    .array(
      z.discriminatedUnion('op', [
        z.strictObject({ op: z.literal('put'), path: z.string(), value: z.unknown() }),
        z.strictObject({ op: z.literal('delete'), path: z.string() }),
      ]),
    )
    .min(1)
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

/** Brings it in force. */
export function makeChange(configuration: Configuration, proposal: Proposal, origin: string): Promise<ChangeOutcome> {
  switch (proposal.kind) {
    case 'changes':
      return configuration.transact(proposal.changes, { origin });
    case 'version':
      return configuration.rollback(proposal.version, { origin: `rollback to ${proposal.version}` });
    default:
      return configuration.reload(origin);
  }
}

type Refusal = Exclude<ChangeOutcome, { readonly kind: 'changed' | 'unchanged' | 'good' }>;

export function refusalAnswer(outcome: Refusal): Answer {
  switch (outcome.kind) {
    case 'refused':
      return jsonAnswer(422, { error: 'The document has mistakes. Nothing was changed.', issues: outcome.issues.map(issueText) });
    case 'no-such-version':
      return jsonAnswer(404, { error: 'There is no such version: "evenkeel history" tells those that are kept. Nothing was changed.' });
    case 'conflict':
      return jsonAnswer(412, { error: 'What is in force has changed meanwhile. Nothing was changed.', etag: outcome.etag });
    case 'busy':
      return jsonAnswer(503, { error: `${outcome.reason}. Nothing was changed.` });
    case 'failed':
      return jsonAnswer(409, { error: `The document cannot come in force, and nothing was changed: ${outcome.reason}` });
  }
}
