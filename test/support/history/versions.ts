// Versions of a document for tests of histories.
import type { Version } from '../../../src/control-plane/changing/history/history.ts';
import type { LayerEntry } from '../../../src/control-plane/changing/layer.ts';
import { dataOf } from '../../../src/control-plane/configuration/reading/written.ts';

const none = { added: [], changed: [], removed: [] };

/** `endpoints` make it long. */
export function versionOf(number: number, endpoints = 1, changed: Partial<Version> = {}): Version {
  const list = Array.from({ length: endpoints }, (_, index) => `10.${number % 256}.${index >> 8}.${index & 255}:80`);
  const written = { listeners: [{ bind: ':8080', pool: 'web' }], pools: { web: { endpoints: list } } };
  return {
    number,
    at: '2026-11-21T12:00:00.000Z',
    origin: 'SIGHUP',
    words: 'Pools: changed web.',
    etag: `${number}-0123abcd`,
    changes: 0,
    difference: { listeners: none, pools: { ...none, changed: ['web'] }, atStart: [], isNone: false },
    written: dataOf('evenkeel.yaml', written, '/etc/evenkeel'),
    layer: [],
    ...changed,
  };
}

export const entryOf = (path: string, value: unknown, persist = true): LayerEntry => ({
  path,
  value,
  persist,
  at: '2026-11-21T12:00:00.000Z',
  origin: 'API',
});
