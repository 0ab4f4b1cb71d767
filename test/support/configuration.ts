// What is in force under a supervisor that a test started by itself, for an admin server that asks nothing of it.
import { Configuration } from '../../src/control-plane/changing/configuration.ts';
import { MemoryHistory } from '../../src/control-plane/changing/history/memory-history.ts';
import type { Supervisor } from '../../src/control-plane/supervising/supervisor.ts';
import { RecordedLog } from './recorded-log.ts';

export function configurationOf(supervisor: Supervisor): Promise<Configuration> {
  const document = { ...supervisor.document, admin: undefined, history: { keep: 9 } };
  return Configuration.open({
    start: { document, written: { file: 'test', value: { pools: {}, listeners: [] }, folder: '/', folders: {} } },
    change: (next) => supervisor.change(next),
    history: new MemoryHistory(9),
    log: new RecordedLog(),
  });
}
