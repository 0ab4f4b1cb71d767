// A body of JSON, read by its description: all of its mistakes are told at once, with their places, as those of a document are.
import type * as z from 'zod';
import { explain } from '../../control-plane/configuration/explain.ts';
import type { Issue } from '../../control-plane/configuration/issue.ts';
import { fileIssue, issueOf, issueText } from '../../control-plane/configuration/issue.ts';
import type { ReadText } from '../../control-plane/configuration/reading/text-source.ts';
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
  // An empty object is told what may stand in it.
  const read = readBodyText(body.trim() === '' ? '{}' : body);
  if (!read.ok) return read;
  const { source, issues } = read.value;
  const parsed = schema.safeParse(source.value);
  if (parsed.success && issues.length === 0) return success(parsed.data);
  const findings = parsed.success ? [] : parsed.error.issues.flatMap((issue) => explain(issue, source.value));
  return fault([...issues, ...findings.map((finding) => issueOf(source, finding))]);
}

/** Far more than a document has. Whatever steps down a value calls itself for each level. */
const deepest = 100;

/** JSON strictly: a key that stands twice is a mistake. */
export function readBodyText(text: string): Result<ReadText, readonly Issue[]> {
  const read = readText({ file: 'body', text, format: 'json' });
  const message = read.ok ? formFault(read.value.source.value) : undefined;
  return message === undefined ? read : fault([fileIssue('body', message)]);
}

function formFault(value: unknown): string | undefined {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= deepest; depth++) {
    const sections = level.filter((inner): inner is object => typeof inner === 'object' && inner !== null);
    if (sections.length === 0) return undefined;
    // The descriptions of bodies step over this one, and would ignore it.
    if (sections.some((inner) => Object.hasOwn(inner, '__proto__'))) return 'unknown key "__proto__"';
    level = sections.flatMap((inner): readonly unknown[] => Object.values(inner));
  }
  return `brackets are nested deeper than any document needs: ${deepest} levels at most`;
}
