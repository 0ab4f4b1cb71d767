// An admin server over a supervisor of line-speaking workers, closed with the test.
import assert from 'node:assert/strict';
import type { AdminSettings } from '../../../src/control-plane/configuration/admin-settings.ts';
import type { WrittenDocument } from '../../../src/control-plane/configuration/document.ts';
import { parseAddress } from '../../../src/domain/settings/addresses.ts';
import { startAdminServer } from '../../../src/interface/admin/admin-server.ts';
import { supervised } from '../supervised.ts';
import { configurationOf } from './configuration.ts';

export interface OpenAdminOptions extends Partial<Omit<AdminSettings, 'bind'>> {
  readonly bind?: string;
  readonly document?: Partial<WrittenDocument>;
}

export async function openAdmin({ bind = '127.0.0.1:0', document = {}, ...settings }: OpenAdminOptions = {}) {
  const { supervisor, log } = supervised(document);
  const parsed = parseAddress(bind);
  assert.ok(parsed !== undefined);
  const admin = await startAdminServer({
    bind: parsed,
    ...settings,
    supervisor,
    configuration: await configurationOf(supervisor),
    log,
    version: '1',
  });
  return {
    supervisor,
    log,
    address: admin.address,
    [Symbol.asyncDispose]: async () => {
      await supervisor.stop();
      await admin.close();
    },
  };
}
