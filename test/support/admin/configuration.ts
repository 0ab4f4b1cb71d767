// What is in force under a supervisor that a test started by itself, for its admin server: its document in few words, and one version of it.
import { Configuration } from '../../../src/control-plane/changing/configuration.ts';
import { MemoryHistory } from '../../../src/control-plane/changing/history/memory-history.ts';
import { dataOf } from '../../../src/control-plane/configuration/reading/written.ts';
import type { Supervisor } from '../../../src/control-plane/supervising/supervisor.ts';
import { RecordedLog } from '../recorded-log.ts';

export async function configurationOf(supervisor: Supervisor): Promise<Configuration> {
  const document = { ...supervisor.document, admin: undefined, history: { keep: 9 } };
  const pools = Object.entries(document.pools).map(([name, { endpoints }]) => [name, { endpoints: endpoints.map(({ id }) => id) }]);
  const listeners = document.listeners.map(({ name, bind, routes }) => ({
    name,
    bind: bind.text,
    routes: routes.map(({ pool }) => ({ pool })),
  }));
  const written = { listeners, pools: Object.fromEntries(pools), overload: {}, shutdown: {} };
  const configuration = await Configuration.open({
    start: { document, written: dataOf('test', written, '/') },
    change: (next) => supervisor.change(next),
    history: new MemoryHistory(9),
    log: new RecordedLog(),
  });
  await configuration.begin();
  return configuration;
}
