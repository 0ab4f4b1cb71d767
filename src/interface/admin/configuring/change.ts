// A change of the document asked for over the API: made as a whole or not at all, and answered with what came of it.
import type { Change } from '../../../control-plane/changing/layer.ts';
import type { ChangeOutcome } from '../../../control-plane/changing/outcomes.ts';
import { issueText } from '../../../control-plane/configuration/issue.ts';
import type { AdminView, Answer, OperationRequest } from '../operation.ts';
import { jsonAnswer } from '../operation.ts';
import { allowedChanges } from './allowed.ts';
import type { Conditions } from './conditions.ts';
import { conflict } from './conditions.ts';

export interface ChangeRequest {
  readonly changes: readonly Change[];
  readonly conditions: Conditions;
  readonly isKnown: OperationRequest<string>['isKnown'];
  /** What is answered when it is done; 200 unless it says otherwise. */
  readonly done?: number;
}

export async function makeChange(view: AdminView, { changes, conditions, isKnown, done }: ChangeRequest): Promise<Answer> {
  const allowed = allowedChanges(view, changes, isKnown);
  if (!allowed.ok) return allowed.fault;
  return answerOf(view, await view.configuration.transact(allowed.value, { origin: 'API', ...conditions }), done);
}

export function answerOf(view: Pick<AdminView, 'configuration'>, outcome: ChangeOutcome, done = 200): Answer {
  switch (outcome.kind) {
    case 'changed':
    case 'unchanged':
    case 'good': {
      const { version, etag } = view.configuration.state;
      const { listeners, pools, atStart } = outcome.kind === 'unchanged' ? nothing : outcome.difference;
      const isDry = outcome.kind === 'good';
      const report = { changed: outcome.kind === 'changed', dryRun: isDry, version, etag, listeners, pools, atStart };
      return jsonAnswer(isDry ? 200 : done, report, { ETag: `"${etag}"` });
    }
    case 'refused':
      return jsonAnswer(422, { error: 'The document would have mistakes. Nothing was changed.', issues: outcome.issues.map(issueText) });
    case 'failed':
      return jsonAnswer(409, { error: `The change cannot come in force, and nothing was changed: ${outcome.reason}` });
    case 'conflict':
      return conflict(outcome.etag);
    case 'no-such-version':
      return jsonAnswer(404, { error: 'There is no such version: "evenkeel history" tells those that are kept. Nothing was changed.' });
    case 'busy':
      return jsonAnswer(503, { error: `Nothing was changed: ${outcome.reason}` }, { 'Retry-After': '1' });
  }
}

const noParts = { added: [], changed: [], removed: [] };
const nothing = { listeners: noParts, pools: noParts, atStart: [] };
