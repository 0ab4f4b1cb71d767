// One part of the document as something that can be read, put and deleted by itself: the three operations on it.
import * as z from 'zod';
import { issueText } from '../../../control-plane/configuration/issue.ts';
import { nearestName } from '../../../foundation/algorithms/nearest-name.ts';
import { readBodyText } from '../json-body.ts';
import type { AdminView, Answer, Answers, NamesIn } from '../operation.ts';
import { defineOperation, jsonAnswer } from '../operation.ts';
import { changed } from '../schemas/change.ts';
import { problem } from '../schemas/problem.ts';
import { makeChange } from './change.ts';
import { conditionsOf } from './conditions.ts';
import type { Steps } from './parts.ts';
import { namesBeside, partAt, pathOf } from './parts.ts';
import { secretlessAt } from './secrets.ts';

export interface ResourceParts<Path extends `/${string}`, Schema extends z.ZodType, Put extends Answers> {
  readonly path: Path;
  /** `pool`: names it in sentences. */
  readonly what: string;
  readonly schema: Schema;
  readonly steps: (parameters: Readonly<Record<NamesIn<Path>, string>>) => Steps;
  /** What a `PUT` may answer: one of `putAnswers`. */
  readonly answers: Put;
  /** Ends the sentence of the summary. */
  readonly notes?: Partial<Readonly<Record<'read' | 'put' | 'remove', string>>>;
}

/** As much as a document may have: a pool of ten thousand endpoints is half a megabyte. */
export const longestChange = 4 * 1024 * 1024;

export const etagField = z.string().meta({ examples: ['"12-9f31c2aa"'] });
export const changeQuery = {
  dryRun: z.enum(['true', 'false']).describe('Only checks it, and tells what would be different.'),
  persist: z.enum(['true', 'false']).describe('Keeps it over a restart; takes `history.folder`.'),
};

const refused = { 409: problem, 412: problem, 422: problem, 503: problem };
export const putAnswers = {
  /** Of what stands for itself. */
  outer: { 200: changed, 201: changed, ...refused },
  /** Of what stands in something that may be missing. */
  inner: { 200: changed, 201: changed, 404: problem, ...refused },
  /** Of what is there as soon as that is. */
  fixed: { 200: changed, 404: problem, ...refused },
} as const;

// The types of what is returned are inferred: a client's types are made from them.
export function resource<const Path extends `/${string}`, Schema extends z.ZodType, Put extends Answers>(
  parts: ResourceParts<Path, Schema, Put>,
) {
  return { read: readOf(parts), put: putOf(parts), remove: removeOf(parts) };
}

type WithoutPut<Path extends `/${string}`, Schema extends z.ZodType> = Omit<ResourceParts<Path, Schema, Answers>, 'answers'>;

function readOf<const Path extends `/${string}`, Schema extends z.ZodType>({
  path,
  what,
  schema,
  steps,
  notes = {},
}: WithoutPut<Path, Schema>) {
  return defineOperation({
    method: 'GET',
    path,
    summary: `The ${what} as it is written, in the document that is in force. ${notes.read ?? ''}`.trimEnd(),
    isTagged: true,
    answers: { 200: schema, 404: problem },
    answer: ({ configuration }, { parameters }) => {
      const { written, etag } = configuration.state;
      const way = steps(parameters);
      const part = partAt(written, way);
      return part === undefined ? missing({ configuration }, way, what) : jsonAnswer(200, secretlessAt(way, part), { ETag: `"${etag}"` });
    },
  });
}

function putOf<const Path extends `/${string}`, Schema extends z.ZodType, Put extends Answers>({
  path,
  what,
  schema,
  steps,
  answers,
  notes = {},
}: ResourceParts<Path, Schema, Put>) {
  return defineOperation({
    method: 'PUT',
    path,
    summary: `Puts the ${what}: anew, or in the place of the one that is there. ${notes.put ?? ''}`.trimEnd(),
    query: changeQuery,
    headers: { 'if-match': etagField, 'if-none-match': etagField },
    body: schema,
    longestBody: longestChange,
    isTagged: true,
    answers,
    answer: async (view, { parameters, body, query, header, isKnown }) => {
      const way = steps(parameters);
      const value = readValue(body);
      if ('status' in value) return value;
      const changes = [{ op: 'put', path: pathOf(way), value: value.value } as const];
      for (;;) {
        const exists = partAt(view.configuration.state.written, way) !== undefined;
        const outer = missingAround(view, way);
        if (outer !== undefined) return outer;
        const conditions = conditionsOf(view, { query, header }, exists);
        if (!conditions.ok) return conditions.fault;
        const answer = await makeChange(view, { changes, conditions: conditions.value, isKnown, done: exists ? 200 : 201 });
        // Each time round somebody else was first, so this ends.
        if (answer.status !== 412 || !conditions.value.isOfExistence) return answer;
      }
    },
  });
}

function removeOf<const Path extends `/${string}`, Schema extends z.ZodType>({ path, what, steps, notes = {} }: WithoutPut<Path, Schema>) {
  return defineOperation({
    method: 'DELETE',
    path,
    summary: `Takes the ${what} away. ${notes.remove ?? ''}`.trimEnd(),
    query: changeQuery,
    headers: { 'if-match': etagField },
    isTagged: true,
    answers: { 200: changed, 404: problem, 409: problem, 412: problem, 422: problem, 503: problem },
    answer: async (view, { parameters, query, header, isKnown }) => {
      const way = steps(parameters);
      if (partAt(view.configuration.state.written, way) === undefined) return missing(view, way, what);
      const conditions = conditionsOf(view, { query, header });
      if (!conditions.ok) return conditions.fault;
      return makeChange(view, { changes: [{ op: 'delete', path: pathOf(way) }], conditions: conditions.value, isKnown });
    },
  });
}

/** What it says is judged with the whole document. */
function readValue(body: string): Answer | { readonly value: unknown } {
  const read = readBodyText(body);
  const issues = read.ok ? read.value.issues : read.fault;
  if (!read.ok || issues.length > 0)
    return jsonAnswer(400, { error: 'The body is not JSON as it should be. Nothing was changed.', issues: issues.map(issueText) });
  return { value: read.value.source.value };
}

type Kind = 'pool' | 'endpoint' | 'listener';
const kindAt = (steps: Steps): Kind | undefined => {
  if (steps.length === 2) return steps[0] === 'pools' ? 'pool' : steps[0] === 'listeners' ? 'listener' : undefined;
  return steps.length === 4 && steps[2] === 'endpoints' ? 'endpoint' : undefined;
};

/** Of an endpoint its pool, of routes their listener. */
function missingAround(view: AdminView, steps: Steps): Answer | undefined {
  const around = steps.slice(0, 2);
  if (steps.length <= 2 || partAt(view.configuration.state.written, around) !== undefined) return undefined;
  return missing(view, around, kindAt(around) ?? 'part');
}

function missing(view: Pick<AdminView, 'configuration'>, steps: Steps, what: string): Answer {
  const { written } = view.configuration.state;
  const around = steps.slice(0, 2);
  const isInner = steps.length > 2 && partAt(written, around) === undefined;
  const way = isInner ? around : steps;
  const kind = kindAt(way);
  const name = way.at(-1) ?? '';
  if (kind === undefined) return jsonAnswer(404, { error: `The document says nothing of ${what}: its defaults hold.` });
  const names = namesBeside(written, way);
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? '' : ` Did you mean ${JSON.stringify(nearest)}?`;
  return jsonAnswer(404, { error: `There is no ${kind} ${JSON.stringify(name)}.${hint}`, [`${kind}s`]: names });
}
