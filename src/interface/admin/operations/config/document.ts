// The document that is in force, as it is written: the file with what the API put over it.
import { stepsOf } from '../../../../control-plane/configuration/reading/pointer.ts';
import { secretlessAt, withoutSecrets } from '../../configuring/secrets.ts';
import { defineOperation, jsonAnswer } from '../../operation.ts';
import { configuration } from '../../schemas/configuration.ts';

export const readConfig = defineOperation({
  method: 'GET',
  path: '/api/v1/config',
  summary:
    'The document that is in force as it is written, its version and ETag, what the API put over the file (`layer`), and what differs from the file ' +
    '(`drift`). Values from elsewhere stand as they are referred to.',
  isTagged: true,
  answers: { 200: configuration },
  answer: ({ configuration: { state } }) => {
    const { version, etag, at, origin, file, written, layer, pinned, drift } = state;
    const report = {
      ...{ version, etag, at, origin, file: file ?? null, pinned: pinned ?? null },
      drift: drift === undefined ? null : { listeners: drift.listeners, pools: drift.pools, atStart: drift.atStart },
      layer: layer.map(({ value, idle, ...entry }) => ({
        ...entry,
        ...(value === undefined ? { removed: true } : { value: secretlessAt(stepsOf(entry.path) ?? [], value) }),
        idle: idle ?? null,
      })),
      document: withoutSecrets(written),
    };
    return jsonAnswer(200, report, { ETag: `"${etag}"` });
  },
});
