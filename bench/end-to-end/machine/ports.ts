// Finds ports that are free and stay free: they lie below the range from which the kernel takes the ports of outgoing connections.

import { createServer } from 'node:net';

let next = 18_000;

export async function freePort(): Promise<number> {
  for (; next < 32_000; next += 1) {
    if (await isFree(next)) {
      next += 1;
      return next - 1;
    }
  }
  throw new Error('no free port between 18000 and 32000');
}

export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
