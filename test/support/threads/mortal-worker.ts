// A worker with the product's own data plane that dies when a test says so: `new BroadcastChannel(mortalChannel).postMessage(number)`.
import { isMainThread, workerData } from 'node:worker_threads';
import { serveInThread } from '../../../src/control-plane/supervising/serve-in-thread.ts';
import { createDataPlane } from '../../../src/data-plane/serving/data-plane.ts';

export const mortalChannel = 'evenkeel-mortal-worker';
export const mortalEntry = new URL(import.meta.url);

if (!isMainThread) {
  const channel = new BroadcastChannel(mortalChannel);
  channel.unref();
  channel.onmessage = ({ data }) => {
    if (data === workerData.worker) throw new Error('told to die');
  };
  serveInThread(createDataPlane);
}
