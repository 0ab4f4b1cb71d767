// The versions of the document that were in force: the list of them, and one by itself.
import * as z from 'zod';
import type { Configuration } from '../../../control-plane/changing/configuration.ts';
import type { Difference } from '../../../control-plane/changing/difference.ts';
import type { VersionHead } from '../../../control-plane/changing/history/history.ts';
import type { LayerEntry } from '../../../control-plane/changing/layer.ts';
import { applyLayer } from '../../../control-plane/changing/layer.ts';
import type { WrittenChange } from '../../../control-plane/changing/written-changes.ts';
import { writtenChanges } from '../../../control-plane/changing/written-changes.ts';
import { stepsOf } from '../../../control-plane/configuration/reading/pointer.ts';
import type { Section } from '../../../control-plane/configuration/reading/written.ts';
import { pathOf } from '../configuring/parts.ts';
import { secretlessAt, withoutSecrets } from '../configuring/secrets.ts';
import { defineOperation, jsonAnswer } from '../operation.ts';
import type { HistoryReport, VersionReport } from '../schemas/history.ts';
import { historySchema, versionSchema } from '../schemas/history.ts';
import { problem } from '../schemas/problem.ts';

export const history = defineOperation({
  method: 'GET',
  path: '/api/v1/history',
  summary:
    'The last versions that were in force, the newest first: when, by whom, and what was different. `?file=true` also reads the file and tells ' +
    'whether it has changed since it was read last.',
  query: { file: z.enum(['true', 'false']) },
  answers: { 200: historySchema },
  answer: async ({ configuration }, { query }) => {
    const fileNow = query.get('file') === 'true' ? await configuration.fileNow() : undefined;
    const { version, file, pinned, drift, layer } = configuration.state;
    const { folder, keep } = configuration.history;
    const report: HistoryReport = {
      version,
      file: file ?? null,
      fileNow: fileNow ?? null,
      folder: folder ?? null,
      keep,
      pinned: pinned ?? null,
      drift: drift === undefined ? null : partsOf(drift),
      layer: layer.map(({ path }) => path),
      versions: configuration.history.heads.map(headReport).reverse(),
    };
    return jsonAnswer(200, report);
  },
});

export const versionOfHistory = defineOperation({
  method: 'GET',
  path: '/api/v1/history/{version}',
  summary: 'One version: what was different from the one before, place by place, and the document as it was written.',
  answers: { 200: versionSchema, 404: problem, 409: problem },
  answer: async ({ configuration }, { parameters }) => {
    const number = /^\d{1,12}$/.test(parameters.version) ? Number(parameters.version) : Number.NaN;
    const found = await configuration.history.read(number);
    if (found.kind === 'no-such-version') return jsonAnswer(404, { error: noSuchVersion(configuration, parameters.version) });
    if (found.kind === 'damaged') return jsonAnswer(409, { error: `${found.reason}.` });
    const { difference, layer, written, ...head } = found.version;
    const document = applyLayer(written, layer).data.value;
    const before = await documentBefore(configuration, number);
    const report: VersionReport = {
      ...headReport(head),
      difference: partsOf(difference),
      places: before === undefined ? null : writtenChanges(before, document).map(placeReport),
      layer: layer.map(layerReport),
      // As it stood in force, without what is nobody's business.
      document: withoutSecrets(document) as VersionReport['document'],
    };
    return jsonAnswer(200, report);
  },
});

/** For an operator. */
export function noSuchVersion({ history: { heads } }: Configuration, asked: string | number): string {
  const [first, last] = [heads[0]?.number, heads.at(-1)?.number];
  return `There is no version ${asked}: those from ${first} to ${last} are kept. Nothing was changed.`;
}

async function documentBefore({ history: kept }: Configuration, number: number): Promise<Section | undefined> {
  const before = kept.heads.findLast((head) => head.number < number);
  if (before === undefined) return undefined;
  const found = await kept.read(before.number);
  return found.kind === 'found' ? applyLayer(found.version.written, found.version.layer).data.value : undefined;
}

const headReport = ({ number, at, origin, words, etag, pinned, changes }: VersionHead): HistoryReport['versions'][number] => ({
  version: number,
  at,
  origin,
  what: words,
  etag,
  pinned: pinned ?? null,
  changes,
});

const partsOf = ({ listeners, pools, atStart }: Difference): NonNullable<HistoryReport['drift']> => ({
  listeners: { added: [...listeners.added], changed: [...listeners.changed], removed: [...listeners.removed] },
  pools: { added: [...pools.added], changed: [...pools.changed], removed: [...pools.removed] },
  atStart: [...atStart],
});

function placeReport({ steps, before, after }: WrittenChange): NonNullable<VersionReport['places']>[number] {
  return {
    path: pathOf(steps),
    ...(before === undefined ? {} : { before: secretlessAt(steps, before) }),
    ...(after === undefined ? {} : { after: secretlessAt(steps, after) }),
  };
}

const layerReport = ({ path, value, ...entry }: LayerEntry): VersionReport['layer'][number] => ({
  path,
  ...entry,
  ...(value === undefined ? { removed: true } : { value: secretlessAt(stepsOf(path) ?? [], value) }),
});
