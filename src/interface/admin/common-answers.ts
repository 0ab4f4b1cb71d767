// What any operation may answer, whatever it is for: said before it runs, or when it cannot.
import type * as z from 'zod';
import type { AnyOperation } from './operation.ts';
import { problem } from './schemas/problem.ts';

export interface DescribedAnswer {
  readonly schema: z.ZodType;
  readonly description: string;
}

const withBody = {
  413: 'The body is longer than any such change.',
  415: 'The body is not sent as JSON.',
};

const withToken = {
  401: 'No token was shown where there are some, or one that is not known.',
};

const withWords = {
  400: 'The path, the query or the body is malformed, or not what is described.',
};

const changing = {
  403: 'The token may look and change nothing; or the change would reach out of the document, and nobody shows a token here.',
};

const always = {
  421: 'The request was sent to another name than localhost or an address.',
  500: 'The operation failed; the log says why.',
};

/** By status. Those of the operation itself come first. */
export function answersOf(operation: AnyOperation): Readonly<Record<string, DescribedAnswer>> {
  const { path, method, isOpen = false, streams = false, answers } = operation;
  const takesBody = method !== 'GET' && method !== 'DELETE';
  const common: Readonly<Record<string, string>> = {
    ...always,
    ...(path.includes('{') || method !== 'GET' ? withWords : {}),
    ...(takesBody ? withBody : { 413: 'The request has a body.' }),
    ...(isOpen ? {} : withToken),
    ...(method === 'GET' ? {} : changing),
    ...(streams ? { 503: 'As many streams are read already as may be.' } : {}),
  };
  const its = Object.entries(answers).map(([status, schema]) => [status, { schema, description: descriptionOf(status) }] as const);
  const others = Object.entries(common).map(([status, description]) => [status, { schema: problem, description }] as const);
  return Object.fromEntries([...others, ...its]);
}

const meanings: Readonly<Record<string, string>> = {
  200: 'Done.',
  201: 'Done; it is new.',
  204: 'Done.',
  400: 'The request is not what is described.',
  404: 'There is no such thing; the answer says which there are.',
  409: 'It cannot be done as things are.',
  412: 'What is in force is not what the request was made for; the answer has its ETag.',
  422: 'The document would have mistakes, and nothing was changed; the answer tells all of them.',
  503: 'Not now.',
};

const descriptionOf = (status: string): string => meanings[status] ?? 'See the summary.';
