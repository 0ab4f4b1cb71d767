// Makes exchanges of every kind with random ends on both sides, and then looks whether anything is left of them.
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Abilities } from '../../../src/data-plane/sockets/native-stream.ts';
import { seeded } from '../../../src/foundation/basics/random.ts';
import { balanced, eventually } from '../balanced.ts';
import { ScriptedEndpoint } from '../scripted-endpoint.ts';
import { canCountDescriptors, openDescriptors } from './open-descriptors.ts';
import { fickleEndpoint, randomClient } from './random-exchanges.ts';
import { WheelWatch } from './wheel-watch.ts';

const clientsAtOnce = 20;

// What a full collection leaves is what is held; Node.js has one only when asked by this flag.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void; // What the flag makes of the name.

function usedHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

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
    const makeExchanges = async (goal: number): Promise<void> => {
      while (made < goal) {
        made += await randomClient(here, random);
        for (const endpoint of [first, second]) endpoint.dropClosed();
      }
    };
    const makeTogether = (goal: number): Promise<unknown> => Promise.all(Array.from({ length: clientsAtOnce }, () => makeExchanges(goal)));
    // What is made once and kept is made by then.
    await makeTogether(parts.exchanges / 4);
    const heap = usedHeap();
    await makeTogether(parts.exchanges);

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
    const grown = (usedHeap() - heap) / 2 ** 20;
    assert.ok(grown < 16, `the heap grew by ${grown} MiB`);
    for (const endpoint of [here.endpoint(0), here.endpoint(1)])
      assert.equal(endpoint.attempts, endpoint.succeeded + endpoint.failed + endpoint.ignored, 'every attempt had one end');
    assert.ok(here.listener.status2xx > parts.exchanges / 10, 'many were answered');
    assert.ok(here.listener.clientsGone > parts.exchanges / 100 && here.listener.brokenAnswers > 0, 'and many were not');
  }
  if (canCountDescriptors) await eventually(() => openDescriptors() <= descriptors, 'every descriptor is closed');
}
