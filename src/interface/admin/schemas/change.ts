// What came of a change of the document, or would come of it.
import * as z from 'zod';

const parts = z.object({ added: z.array(z.string()), changed: z.array(z.string()), removed: z.array(z.string()) });

export const differenceShape = {
  listeners: parts,
  pools: parts,
  atStart: z.array(z.string()).describe('Settings that differ and wait for the next start.'),
};

export const changed = z
  .object({
    changed: z.boolean(),
    dryRun: z.boolean().describe('It was only checked: nothing is different.'),
    version: z.int().describe('In force.'),
    etag: z.string().describe('Of what is in force, without quotes.'),
    ...differenceShape,
  })
  .meta({ title: 'Changed' });
