// A change of the document asked for over the API: made as a whole or not at all, and answered with what came of it.
import type { ChangeOutcome } from '../../../control-plane/changing/outcomes.ts';
import { issueText } from '../../../control-plane/configuration/issue.ts';
import type { AdminView, Answer, OperationRequest } from '../operation.ts';
import { jsonAnswer } from '../operation.ts';
import type { Conditions } from './conditions.ts';
import { conflict } from './conditions.ts';
import type { Steps } from './parts.ts';
import { pathOf } from './parts.ts';
import { reachesOut } from './reach.ts';
import { placeholder, withSecrets } from './secrets.ts';

export type PartChange =
  | { readonly op: 'put'; readonly steps: Steps; readonly value: unknown }
  | { readonly op: 'delete'; readonly steps: Steps };

export interface ChangeRequest {
  readonly changes: readonly PartChange[];
  readonly conditions: Conditions;
  readonly isKnown: OperationRequest<string>['isKnown'];
  /** What is answered when it is done; 200 unless it says otherwise. */
  readonly done?: { readonly status: number; readonly headers: Readonly<Record<string, string>> };
}

export async function makeChange(view: AdminView, { changes, conditions, isKnown, done }: ChangeRequest): Promise<Answer> {
  const { written } = view.configuration.state;
  const whole: PartChange[] = [];
  for (const change of changes) {
    if (change.op === 'delete') {
      whole.push(change);
      continue;
    }
    const path = pathOf(change.steps);
    const out = isKnown ? undefined : reachesOut(change.value, written, change.steps);
    if (out !== undefined) return forbidden(out);
    const filled = withSecrets(change.value, written, change.steps);
    if (filled === undefined) {
      return jsonAnswer(400, {
        error: `${path}: "${placeholder}" stands for a secret that is in force there, and there is none. Write \${env:NAME} or \${file:PATH}.`,
      });
    }
    whole.push({ ...change, value: filled.value });
  }
  const outcome = await view.configuration.transact(
    whole.map(({ steps, ...change }) => ({ ...change, path: pathOf(steps) })),
    { origin: 'API', ...conditions },
  );
  return answerOf(view, outcome, done);
}

const forbidden = (path: string): Answer =>
  jsonAnswer(403, {
    error:
      `${path}: this would run a program, or read a file or the environment, and everybody on this machine may ask here without a token. Write it into ` +
      'the file, give the admin server a token, or bind it to a unix: path.',
  });

export function answerOf(view: AdminView, outcome: ChangeOutcome, done: ChangeRequest['done'] = { status: 200, headers: {} }): Answer {
  switch (outcome.kind) {
    case 'changed':
    case 'unchanged':
    case 'good': {
      const { version, etag } = view.configuration.state;
      const { listeners, pools, atStart } = outcome.kind === 'unchanged' ? nothing : outcome.difference;
      const isDry = outcome.kind === 'good';
      const report = { changed: outcome.kind === 'changed', dryRun: isDry, version, etag, listeners, pools, atStart };
      return jsonAnswer(isDry ? 200 : done.status, report, { ETag: `"${etag}"`, ...(isDry ? {} : done.headers) });
    }
    case 'refused':
      return jsonAnswer(422, { error: 'The document would have mistakes. Nothing was changed.', issues: outcome.issues.map(issueText) });
    case 'failed':
      return jsonAnswer(409, { error: `The change cannot come in force, and nothing was changed: ${outcome.reason}` });
    case 'conflict':
      return conflict(outcome.etag);
    case 'no-such-version':
      return jsonAnswer(404, { error: 'There is no such version.' });
    case 'busy':
      return jsonAnswer(503, { error: `Nothing was changed: ${outcome.reason}` }, { 'Retry-After': '1' });
  }
}

const noParts = { added: [], changed: [], removed: [] };
const nothing = { listeners: noParts, pools: noParts, atStart: [] };
