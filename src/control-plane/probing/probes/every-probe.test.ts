// What holds for every probe in the list, with the least settings that it takes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../../../../test/support/balanced.ts';
import { asking, isLeft, leavesNothingOpen, rude } from '../../../../test/support/probing/probed-server.ts';
import { healthSettings } from '../../../domain/health/health-settings.ts';
import { probeKinds } from '../../../domain/health/probe-settings.ts';
import type { Probe } from '../probe.ts';
import { probes } from '../probes.ts';

const written = {
  http: '/healthz',
  tcp: { expect: 'all is well' },
  tls: true,
  grpc: true,
  postgres: true,
  mysql: true,
  redis: true,
  command: ['/bin/sleep', '1000'],
} as const;

// Settings and probes are paired by their name, which the compiler does not follow.
const all = (await Promise.all(Object.entries(probes).map(async ([name, load]) => [name, await load()]))) as unknown as readonly (readonly [
  string,
  Probe<string, object>,
])[];
const settingsOf = (name: string): object =>
  name === 'agent' ? { send: '' } : healthSettings.parse({ [name]: written[name as keyof typeof written] } as never).probe;

test('every kind of probe that a document may name is there under this name', () => {
  assert.deepEqual(all.map(([name]) => name).sort(), [...probeKinds, 'agent'].sort());
});

for (const [name, probe] of all) {
  describe(name, () => {
    test('is named as it is exported, and says in a sentence what passes', () => {
      assert.equal(probe.name, name);
      assert.match(probe.summary, /^[A-Z].*\.$/);
    });

    test('leaves an endpoint that says nothing when the time is up, and says what it waited for', {
      skip: process.platform === 'win32',
    }, async () => {
      await leavesNothingOpen(async () => {
        await using server = await rude(() => {});
        const asked = asking(probe, server.target, settingsOf(name));
        const isThere = (): boolean => name === 'command' || server.sockets.length > 0;
        await eventually(() => isThere() && asked.step() !== '' && asked.step() !== 'connecting', 'the probe waits');
        assert.match(asked.step(), /^[a-z]+ing /);
        asked.abort();
        assert.notEqual((await asked.result).passed, true);
        if (name !== 'command') await isLeft(server);
      });
    });

    test('never rejects, whatever its settings', async () => {
      const target = { id: 'nowhere', address: { kind: 'unix', path: '/nowhere/app.sock' } } as const;
      // Nothing is right about these; what is to be seen is that the promise holds.
      for (const settings of [{}, { command: ['\0'], path: '\0', send: 1, service: 1 }]) {
        const { passed, ...rest } = await asking(probe, target, settings).result;
        assert.notEqual(passed, true);
        assert.match('reason' in rest ? rest.reason : '', /\w/);
      }
    });
  });
}
