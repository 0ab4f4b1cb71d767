// What is said when something cannot be done.
import * as z from 'zod';

const names = z.array(z.string()).optional();

export const problem = z
  .object({
    error: z.string().describe('What is wrong, and what to do about it.'),
    issues: names.describe('Every mistake by itself, with its place.'),
    paths: names.describe('Those that there are, where another one was asked for.'),
    pools: names.describe('Those that there are, where another one was named.'),
    endpoints: names.describe('Those that there are, where another one was named.'),
    listeners: names.describe('Those that there are, where another one was named.'),
    etag: z.string().optional().describe('Of what is in force, where something else was expected.'),
  })
  .meta({ title: 'Problem' });
export type Problem = z.infer<typeof problem>;

export const plainText = (examples: readonly string[]): z.ZodString => z.string().meta({ examples: [...examples] });
