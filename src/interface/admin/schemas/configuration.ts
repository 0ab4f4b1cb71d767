// How what is in force is told: the document as it is written, where it comes from and what lies over the file.
import * as z from 'zod';
import { differenceShape } from './change.ts';
import { time } from './pool.ts';
import { writtenDocument } from './written.ts';

export const layerEntry = z.object({
  path: z.string(),
  value: z.unknown().optional().describe('What stands there from then on.'),
  removed: z.literal(true).optional().describe('In place of a value: nothing stands there.'),
  at: time,
  origin: z.string(),
  persist: z.boolean(),
});
const entry = layerEntry.extend({
  idle: z.string().nullable().describe('Why it changes nothing now; it waits until it can.'),
});

export const configuration = z
  .object({
    version: z.int(),
    etag: z.string().describe('Without quotes. In If-Match it stands in double ones.'),
    at: time,
    origin: z.string().describe('Who or what brought it in force.'),
    file: z.string().nullable(),
    pinned: z.int().nullable().describe('The version that is held in the place of the file, after a rollback.'),
    drift: z.object(differenceShape).nullable().describe('Parts in which what is in force differs from the file as it was read last.'),
    layer: z.array(entry),
    document: writtenDocument,
  })
  .meta({ title: 'Configuration' });
