// Asks a probe once, as the prober does, and gives what it says in a form that is easy to compare.
import type { Probe, ProbeTarget } from '../../../src/control-plane/probing/probe.ts';
import type { Script } from '../scripted-endpoint.ts';
import { ScriptedEndpoint } from '../scripted-endpoint.ts';

/** Far above what the slowest machine needs. */
const patience = 30_000;

/** `pass`, or the reason. `address` as a document writes it. */
export async function ask<Settings>(
  probe: Probe<string, Settings>,
  address: string,
  settings: Settings,
  signal: AbortSignal = AbortSignal.timeout(patience),
): Promise<string> {
  const result = await probe.run(targetOf(address), settings, { signal, step: () => {} });
  return result.passed === true ? 'pass' : result.reason;
}

/** The same, of a server that is a script. Rejects when the script fails. */
export async function askScript<Settings>(probe: Probe<string, Settings>, settings: Settings, script: Script): Promise<string> {
  const outcome = Promise.withResolvers<void>();
  await using server = await ScriptedEndpoint.open(async (peer) => {
    try {
      await script(peer);
      outcome.resolve();
    } catch (error) {
      outcome.reject(error);
      throw error;
    }
  });
  const [said] = await Promise.all([ask(probe, server.address, settings), outcome.promise]);
  return said;
}

function targetOf(id: string): ProbeTarget {
  const [, path] = /^unix:(.+)$/.exec(id) ?? [];
  if (path !== undefined) return { id, address: { kind: 'unix', path } };
  const [, host = '', port] = /^(.+):(\d+)$/.exec(id) ?? [];
  return { id, address: { kind: 'tcp', host, port: Number(port) } };
}
