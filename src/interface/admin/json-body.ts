// A body of JSON, read by its description: all of its mistakes are told at once, with their places, as those of a document are.
import type * as z from 'zod';
import { explain } from '../../control-plane/configuration/explain.ts';
import type { Issue } from '../../control-plane/configuration/issue.ts';
import { issueOf, issueText } from '../../control-plane/configuration/issue.ts';
import { readText } from '../../control-plane/configuration/reading/text-source.ts';
import type { Result } from '../../foundation/basics/result.ts';
import { fault, success } from '../../foundation/basics/result.ts';
import type { Answer } from './operation.ts';
import { jsonAnswer } from './operation.ts';

/** `what` ends the sentence "The body is no …". */
export function readJson<Schema extends z.ZodType>(schema: Schema, body: string, what: string): Result<z.output<Schema>, Answer> {
  const read = readIssues(schema, body);
  if (read.ok) return read;
  return fault(jsonAnswer(400, { error: `The body is no ${what}. Nothing was changed.`, issues: read.fault.map(issueText) }));
}

function readIssues<Schema extends z.ZodType>(schema: Schema, body: string): Result<z.output<Schema>, readonly Issue[]> {
  // The reader of documents would speak of listeners and pools. An empty object is told what may stand in it.
  const read = readText({ file: 'body', text: body.trim() === '' ? '{}' : body, format: 'json' });
  if (!read.ok) return read;
  const { source, issues } = read.value;
  const parsed = schema.safeParse(source.value);
  if (parsed.success && issues.length === 0) return success(parsed.data);
  const findings = parsed.success ? [] : parsed.error.issues.flatMap((issue) => explain(issue, source.value));
  return fault([...issues, ...findings.map((finding) => issueOf(source, finding))]);
}
