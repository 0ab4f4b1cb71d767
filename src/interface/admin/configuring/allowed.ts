// Changes that somebody asks for, before anything else looks at them: whether they are of what may be changed here, and by whom, and with the secrets
// filled in that were not shown.
import type { Change } from '../../../control-plane/changing/layer.ts';
import { stepsOf } from '../../../control-plane/configuration/reading/pointer.ts';
import type { Result } from '../../../foundation/basics/result.ts';
import { fault, success } from '../../../foundation/basics/result.ts';
import type { AdminView, Answer } from '../operation.ts';
import { jsonAnswer } from '../operation.ts';
import { reachesOut } from './reach.ts';
import { placeholder, withSecrets } from './secrets.ts';

/** The rest is read when the program starts, and says who may ask here. */
const changeable: ReadonlySet<string> = new Set(['pools', 'listeners', 'overload', 'shutdown']);

/** `isKnown` is whether whoever asks is not just anybody on this machine. */
export function allowedChanges(
  { configuration: { state } }: Pick<AdminView, 'configuration'>,
  changes: readonly Change[],
  isKnown: boolean,
): Result<readonly Change[], Answer> {
  const issues: string[] = [];
  const allowed: Change[] = [];
  for (const [index, change] of changes.entries()) {
    const steps = stepsOf(change.path) ?? [];
    if (!changeable.has(steps[0] ?? '')) {
      issues.push(`changes[${index}].path: ${wrongPath(change.path)}`);
    } else if (change.op === 'delete') {
      allowed.push(change);
    } else if (change.value === undefined) {
      issues.push(`changes[${index}].value: missing; expected what stands at ${change.path} from then on`);
    } else {
      const out = isKnown ? undefined : reachesOut(change.value, state.written, steps);
      if (out !== undefined) return fault(forbidden(out));
      const filled = withSecrets(change.value, state.written, steps);
      if (filled === undefined) issues.push(`changes[${index}].value: ${noSecret}`);
      else allowed.push({ ...change, value: filled.value });
    }
  }
  return issues.length === 0
    ? success(allowed)
    : fault(jsonAnswer(400, { error: 'This cannot be changed so. Nothing was changed.', issues }));
}

const wrongPath = (path: string): string =>
  `expected a path that begins with /pools/, /listeners/, /overload or /shutdown, got ${JSON.stringify(path)}; what else the document says is read ` +
  'at the start and stands in its file';

const noSecret = `"${placeholder}" stands for a secret that is in force at the same place, and there is none; write \${env:NAME} or \${file:PATH}`;

const forbidden = (path: string): Answer =>
  jsonAnswer(403, {
    error:
      `${path}: this would run a program, or read a file or the environment, or open a socket file, and everybody on this machine may ask here without a token. Write it into ` +
      'the file, give the admin server a token, or bind it to a unix: path.',
  });
