// The versions that were in force, and one of them by itself.
import * as z from 'zod';
import { differenceShape } from './change.ts';
import { layerEntry } from './configuration.ts';
import { time } from './pool.ts';
import { writtenDocument } from './written.ts';

const version = z.object({
  version: z.int(),
  at: time,
  origin: z.string().describe('Who or what brought it in force: `start`, `SIGHUP`, `reload`, `apply`, `API`, `rollback to 3`.'),
  what: z.string().describe('What was different from the version before, in words.'),
  etag: z.string(),
  pinned: z.int().nullable().describe('The version that a rollback held in the place of the file.'),
  changes: z.int().describe('So many places the API had changed.'),
});

export const historySchema = z
  .object({
    version: z.int().describe('The one in force.'),
    file: z.string().nullable(),
    fileNow: z
      .enum(['same', 'changed', 'unreadable'])
      .nullable()
      .describe('Whether the file says what it said when it was read last; null unless `?file=true` asks for it.'),
    folder: z.string().nullable().describe('Where versions are kept; null for memory.'),
    keep: z.int(),
    pinned: z.int().nullable(),
    drift: z.object(differenceShape).nullable(),
    layer: z.array(z.string()).describe('The places that the API changed.'),
    versions: z.array(version).describe('The newest first.'),
  })
  .meta({ title: 'History' });
export type HistoryReport = z.infer<typeof historySchema>;

const place = z.object({
  path: z.string(),
  before: z.unknown().optional().describe('Absent where nothing stood.'),
  after: z.unknown().optional().describe('Absent where nothing stands any more.'),
});

export const versionSchema = version
  .extend({
    difference: z.object(differenceShape).describe('From the version that was in force before.'),
    places: z.array(place).nullable().describe('What is written otherwise than in the version before, as far as that one is kept.'),
    layer: z.array(layerEntry),
    document: writtenDocument,
  })
  .meta({ title: 'Version' });
export type VersionReport = z.infer<typeof versionSchema>;
