// Conditions of a change: what must be in force for it to be made (RFC 9110, section 13.1), and whether it is to be made at all.
import type { Result } from '../../../foundation/basics/result.ts';
import { fault, success } from '../../../foundation/basics/result.ts';
import type { AdminView, Answer, OperationRequest } from '../operation.ts';
import { jsonAnswer } from '../operation.ts';

export interface Conditions {
  readonly ifMatch: string | undefined;
  /** Nothing more was asked for than that it is there, or is not: whatever else changes meanwhile, it is looked at anew. */
  readonly isOfExistence: boolean;
  readonly dryRun: boolean;
  readonly persist: boolean;
}

type Asked = Pick<OperationRequest<string>, 'query' | 'header'>;

/** `exists` is whether there is now what the path names. */
export function conditionsOf(view: AdminView, { query, header }: Asked, exists = true): Result<Conditions, Answer> {
  const { etag } = view.configuration.state;
  const flags = flagsOf(query);
  if (!flags.ok) return flags;
  const lists = { match: header('if-match'), none: header('if-none-match') };
  for (const list of Object.values(lists)) {
    if (list !== undefined && !/^\s*(\*|(W\/)?"[^"]*"(\s*,\s*(W\/)?"[^"]*")*)\s*$/.test(list)) {
      return fault(
        jsonAnswer(400, {
          error: 'If-Match and If-None-Match take "*", or ETags in double quotes as they were given: If-Match: "12-9f31c2aa".',
        }),
      );
    }
  }
  const isHere = (list: string): boolean => (isAny(list) ? exists : list.split(',').some((each) => each.trim() === `"${etag}"`));
  // Whatever is like it counts here, RFC 9110, section 13.1.2.
  if (lists.none !== undefined && isHere(lists.none.replaceAll('W/"', '"'))) return fault(conflict(etag, 'It is there already'));
  if (lists.match !== undefined && !isHere(lists.match)) return fault(conflict(etag));
  // What was looked at here must still be so when it is made.
  const ifMatch = lists.match !== undefined || lists.none !== undefined ? etag : undefined;
  const { persist } = flags.value;
  if (persist && view.configuration.document.history.folder === undefined) {
    return fault(
      jsonAnswer(409, {
        error: 'Nothing can outlive the program without a folder for it: give the document history: { folder: ./state }.',
      }),
    );
  }
  const isOfExistence = [lists.match, lists.none].every((list) => list === undefined || isAny(list));
  return success({ ...flags.value, ifMatch, isOfExistence });
}

const isAny = (list: string): boolean => list.trim() === '*';

export const conflict = (etag: string, why = 'Something else is in force than what this was made for'): Answer =>
  jsonAnswer(412, { error: `${why}, and nothing was changed. Read it anew, and decide again.`, etag }, { ETag: `"${etag}"` });

function flagsOf(query: URLSearchParams): Result<Pick<Conditions, 'dryRun' | 'persist'>, Answer> {
  const wrong = ['dryRun', 'persist'].find((name) => !['true', 'false', null].includes(query.get(name)));
  if (wrong !== undefined) return fault(jsonAnswer(400, { error: `"${wrong}" is true or false.` }));
  return success({ dryRun: query.get('dryRun') === 'true', persist: query.get('persist') === 'true' });
}
