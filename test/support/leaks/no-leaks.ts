// Makes exchanges of every kind with random ends on both sides, and then looks whether anything is left of them.
import assert from 'node:assert/strict';
import type { Abilities } from '../../../src/data-plane/sockets/native-stream.ts';
import { seeded } from '../../../src/foundation/basics/random.ts';
import { balanced, eventually } from '../balanced.ts';
import { ScriptedEndpoint } from '../scripted-endpoint.ts';
import { canCountDescriptors, openDescriptors } from './open-descriptors.ts';
import { fickleEndpoint, randomClient } from './random-exchanges.ts';
import { WheelWatch } from './wheel-watch.ts';

const clientsAtOnce = 20;

export async function assertNoLeaks(parts: { exchanges: number; seed: number; abilities?: Abilities }): Promise<void> {
  const descriptors = openDescriptors();
  using wheels = new WheelWatch();
  {
    await using first = await ScriptedEndpoint.open(fickleEndpoint(parts.seed + 1));
    await using second = await ScriptedEndpoint.open(fickleEndpoint(parts.seed + 2));
    // Times are short so that whatever waits for one of them is over soon, and idle connections too.
    await using here = await balanced({
      endpoints: [first, second],
      pool: { timeouts: { response: '2s', body: '2s', tunnel: '2s' }, connections: { idleTimeout: '1s' } },
      listener: { timeouts: { head: '1s', body: '1s', send: '1s', keepAlive: '1s' } },
      abilities: parts.abilities,
    });
    const random = seeded(parts.seed);
    let made = 0;
    const makeExchanges = async (): Promise<void> => {
      while (made < parts.exchanges) made += await randomClient(here, random);
    };
    await Promise.all(Array.from({ length: clientsAtOnce }, makeExchanges));

    const held = (): object => ({
      connections: here.listener.openConnections,
      exchanges: here.listener.exchangesInFlight,
      tunnels: here.listener.tunnels,
      inFlight: [here.endpoint(0).inFlight, here.endpoint(1).inFlight],
      timers: wheels.running,
    });
    const nothing = { connections: 0, exchanges: 0, tunnels: 0, inFlight: [0, 0], timers: 0 };
    await eventually(() => JSON.stringify(held()) === JSON.stringify(nothing), 'nothing is held').catch(() => undefined);
    assert.deepEqual(held(), nothing);
    for (const endpoint of [here.endpoint(0), here.endpoint(1)])
      assert.equal(endpoint.attempts, endpoint.succeeded + endpoint.failed + endpoint.ignored, 'every attempt had one end');
    assert.ok(here.listener.status2xx > parts.exchanges / 10, 'many were answered');
    assert.ok(here.listener.clientsGone > parts.exchanges / 100 && here.listener.brokenAnswers > 0, 'and many were not');
  }
  if (canCountDescriptors) await eventually(() => openDescriptors() <= descriptors, 'every descriptor is closed');
}
